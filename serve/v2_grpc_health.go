package serve

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	grpcstatus "google.golang.org/grpc/status"

	"molserve/serve/v2/pb"
)

// grpcHealth is grpc.health.v1, of the server ("") and of the one service.
type grpcHealth struct {
	grpc_health_v1.UnimplementedHealthServer
	service *grpcService
}

func (h *grpcHealth) now() *grpc_health_v1.HealthCheckResponse {
	if h.service.server.isReady() {
		return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}
	}
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_NOT_SERVING}
}

func (h *grpcHealth) Check(_ context.Context, q *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if q.Service != "" && q.Service != pb.GRPCInferenceService_ServiceDesc.ServiceName {
		return nil, grpcstatus.Error(codes.NotFound, "there is no such service")
	}
	return h.now(), nil
}

// watchInterval is how soon a watcher learns of a change.
const watchInterval = 500 * time.Millisecond

// Watch sends the health now and whenever it changes. A service that is not there stays SERVICE_UNKNOWN.
func (h *grpcHealth) Watch(q *grpc_health_v1.HealthCheckRequest, st grpc.ServerStreamingServer[grpc_health_v1.HealthCheckResponse]) error {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	last := grpc_health_v1.HealthCheckResponse_ServingStatus(-1)
	for {
		r, err := h.Check(st.Context(), q)
		if err != nil {
			r = &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVICE_UNKNOWN}
		}
		if r.Status != last {
			last = r.Status
			if err := st.Send(r); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-st.Context().Done():
			return st.Context().Err()
		case <-h.service.draining:
			return errStopping
		}
	}
}
