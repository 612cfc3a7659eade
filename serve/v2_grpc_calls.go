package serve

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	v2 "molserve/serve/v2"
	"molserve/serve/v2/pb"
)

func (g *grpcService) ServerLive(context.Context, *pb.ServerLiveRequest) (*pb.ServerLiveResponse, error) {
	return &pb.ServerLiveResponse{Live: true}, nil
}

func (g *grpcService) ServerReady(context.Context, *pb.ServerReadyRequest) (*pb.ServerReadyResponse, error) {
	return &pb.ServerReadyResponse{Ready: g.server.isReady()}, nil
}

// ModelReady says false of a model that exists and cannot answer now, and fails for one that does not.
func (g *grpcService) ModelReady(_ context.Context, q *pb.ModelReadyRequest) (*pb.ModelReadyResponse, error) {
	i, err := g.server.leaseV2(q.Name, q.Version)
	if err != nil {
		if code := explain(err).code; code == codeLoading || code == codeUnloaded {
			return &pb.ModelReadyResponse{}, nil
		}
		return nil, err
	}
	i.snap.release()
	return &pb.ModelReadyResponse{Ready: true}, nil
}

func (g *grpcService) ServerMetadata(context.Context, *pb.ServerMetadataRequest) (*pb.ServerMetadataResponse, error) {
	return &pb.ServerMetadataResponse{Name: serverName, Version: versionV2, Extensions: extensionsV2}, nil
}

func (g *grpcService) ModelMetadata(_ context.Context, q *pb.ModelMetadataRequest) (*pb.ModelMetadataResponse, error) {
	i, err := g.server.leaseV2(q.Name, q.Version)
	if err != nil {
		return nil, err
	}
	defer i.snap.release()
	r := &pb.ModelMetadataResponse{Name: i.view.name, Versions: spellAll(g.server.versionsV2(i.entry)), Platform: i.view.platform, Properties: i.view.propertiesV2()}
	r.Inputs, r.Outputs = protoTensors(i.view.inputs), protoTensors(i.view.outputs)
	return r, nil
}

func protoTensors(views []tensorView) (out []*pb.ModelMetadataResponse_TensorMetadata) {
	for _, t := range views {
		out = append(out, &pb.ModelMetadataResponse_TensorMetadata{Name: t.Name, Datatype: v2.Datatype(t.DType), Shape: t.Shape})
	}
	return out
}

func (g *grpcService) ModelConfig(_ context.Context, q *pb.ModelConfigRequest) (*pb.ModelConfigResponse, error) {
	i, err := g.server.leaseV2(q.Name, q.Version)
	if err != nil {
		return nil, err
	}
	defer i.snap.release()
	c := &pb.ModelConfig{Name: i.view.name, Platform: i.view.platform, Backend: serverName}
	for _, t := range configTensors(i.view.inputs) {
		c.Input = append(c.Input, &pb.ModelInput{Name: t.Name, DataType: pb.DataType(pb.DataType_value[t.Type]), Dims: t.Dims})
	}
	for _, t := range configTensors(i.view.outputs) {
		c.Output = append(c.Output, &pb.ModelOutput{Name: t.Name, DataType: pb.DataType(pb.DataType_value[t.Type]), Dims: t.Dims})
	}
	return &pb.ModelConfigResponse{Config: c}, nil
}

func (g *grpcService) ModelStatistics(ctx context.Context, q *pb.ModelStatisticsRequest) (*pb.ModelStatisticsResponse, error) {
	list, err := g.server.statisticsV2(ctx, q.Name, q.Version)
	if err != nil {
		return nil, err
	}
	r := &pb.ModelStatisticsResponse{}
	for k := range list {
		r.ModelStats = append(r.ModelStats, list[k].proto())
	}
	return r, nil
}

// proto is the entry that json is too.
func (t *statistic) proto() *pb.ModelStatistics {
	d := func(d duration) *pb.StatisticDuration { return &pb.StatisticDuration{Count: d.Count, Ns: d.NS} }
	m := &pb.ModelStatistics{Name: t.name, Version: strconv.Itoa(t.version), LastInference: uint64(t.Last), InferenceCount: t.Success.Count,
		ExecutionCount: t.Success.Count, InferenceStats: &pb.InferStatistics{Success: d(t.Success), Fail: d(t.Fail), Queue: d(t.Queue),
			ComputeInput: d(t.Input), ComputeInfer: d(t.Run), ComputeOutput: d(t.Output), CacheHit: d(duration{}), CacheMiss: d(duration{})}}
	if t.Run.Count > 0 {
		m.BatchStats = []*pb.InferBatchStatistics{{BatchSize: 1, ComputeInput: d(t.Input), ComputeInfer: d(t.Run), ComputeOutput: d(t.Output)}}
	}
	return m
}

func (g *grpcService) RepositoryIndex(ctx context.Context, q *pb.RepositoryIndexRequest) (*pb.RepositoryIndexResponse, error) {
	if q.RepositoryName != "" {
		return nil, refuse(codeUnsupported, "named repositories: not supported")
	}
	r := &pb.RepositoryIndexResponse{}
	for _, e := range g.server.indexV2(ctx, q.Ready) {
		r.Models = append(r.Models, &pb.RepositoryIndexResponse_ModelIndex{Name: e.Name, Version: e.Version, State: e.State, Reason: e.Reason})
	}
	return r, nil
}

// The gRPC listener is public: models are loaded and unloaded on the admin listener.

func (g *grpcService) RepositoryModelLoad(ctx context.Context, q *pb.RepositoryModelLoadRequest) (*pb.RepositoryModelLoadResponse, error) {
	return nil, g.server.controlV2(ctx, false, q.ModelName, "load", slices.Sorted(maps.Keys(q.Parameters)))
}

func (g *grpcService) RepositoryModelUnload(ctx context.Context, q *pb.RepositoryModelUnloadRequest) (*pb.RepositoryModelUnloadResponse, error) {
	return nil, g.server.controlV2(ctx, false, q.ModelName, "unload", slices.Sorted(maps.Keys(q.Parameters)))
}

func (g *grpcService) ModelInfer(ctx context.Context, m *pb.ModelInferRequest) (*pb.ModelInferResponse, error) {
	s := g.server
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	size := int64(proto.Size(m))
	if !s.buffered.take(size) {
		return nil, refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
	}
	defer s.buffered.give(size)
	i, err := s.leaseV2(m.ModelName, m.ModelVersion)
	if err != nil {
		return nil, err
	}
	defer i.snap.release()
	i.notes = &callOf(ctx).notes
	i.notes.model, i.notes.version, i.notes.given = i.view.name, i.snap.version, m.Id
	begun := time.Now()
	q, err := v2.FromProto(m)
	s.took(ctx, stageRead, begun)
	if err != nil {
		return nil, err
	}
	r, err := s.answer(ctx, i, q)
	if err != nil {
		return nil, err
	}
	defer s.took(ctx, stageWrite, time.Now())
	return r.Proto(), nil
}

// ModelStreamInfer answers the requests of a stream one after the other, each with one reply. A request that
// fails has its error in its reply, and the stream goes on.
func (g *grpcService) ModelStreamInfer(st grpc.BidiStreamingServer[pb.ModelInferRequest, pb.ModelStreamInferResponse]) error {
	ctx, cancel := g.bound(st.Context())
	defer cancel()
	requests, ended := make(chan *pb.ModelInferRequest), make(chan error, 1)
	g.receivers.Go(func() { ended <- receive(ctx, st, requests) })
	for {
		select {
		case m := <-requests:
			if err := st.Send(g.reply(ctx, m)); err != nil {
				return err
			}
		case err := <-ended:
			return err
		case <-g.draining:
			return errStopping
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// receive passes requests on until the stream ends, or the handler of it does.
func receive(ctx context.Context, st grpc.BidiStreamingServer[pb.ModelInferRequest, pb.ModelStreamInferResponse], to chan<- *pb.ModelInferRequest) error {
	for {
		m, err := st.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case to <- m:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (g *grpcService) reply(ctx context.Context, m *pb.ModelInferRequest) *pb.ModelStreamInferResponse {
	r, err := g.inferObserved(ctx, m)
	if err != nil {
		return &pb.ModelStreamInferResponse{ErrorMessage: explain(err).message, InferResponse: &pb.ModelInferResponse{ModelName: m.ModelName, ModelVersion: m.ModelVersion, Id: m.Id}}
	}
	if m.Parameters["triton_enable_empty_final_response"].GetBoolParam() {
		r.Parameters = map[string]*pb.InferParameter{"triton_final_response": {ParameterChoice: &pb.InferParameter_BoolParam{BoolParam: true}}}
	}
	return &pb.ModelStreamInferResponse{InferResponse: r}
}
