package serve

import (
	"net/http"

	"google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"

	"molserve/serve/auth"
	"molserve/serve/v2/pb"
)

// open is the role of what everybody may ask.
const open auth.Role = 0

// routeRoles says what a route of either listener needs. A route that is not here is for nobody, once
// clients are asked who they are.
var routeRoles = map[string]auth.Role{
	"GET /health/live":     open,
	"GET /health/ready":    open,
	"GET /v2/health/live":  open,
	"GET /v2/health/ready": open,

	"POST /v1/models/:name/predict":                   auth.Infer,
	"POST /v1/models/:name/versions/:version/predict": auth.Infer,
	"POST /v2/models/:name/infer":                     auth.Infer,
	"POST /v2/models/:name/versions/:version/infer":   auth.Infer,

	"GET /openapi.json":                             auth.Read,
	"GET /v1/models":                                auth.Read,
	"GET /v1/models/:name":                          auth.Read,
	"GET /v1/models/:name/versions/:version":        auth.Read,
	"GET /v2":                                       auth.Read,
	"GET /v2/":                                      auth.Read,
	"GET /v2/models/stats":                          auth.Read,
	"GET /v2/models/:name":                          auth.Read,
	"GET /v2/models/:name/ready":                    auth.Read,
	"GET /v2/models/:name/config":                   auth.Read,
	"GET /v2/models/:name/stats":                    auth.Read,
	"GET /v2/models/:name/versions/:version":        auth.Read,
	"GET /v2/models/:name/versions/:version/ready":  auth.Read,
	"GET /v2/models/:name/versions/:version/config": auth.Read,
	"GET /v2/models/:name/versions/:version/stats":  auth.Read,
	"POST /v2/repository/index":                     auth.Read,

	"POST /v1/models/:name/versions/:version/activate": auth.Admin,
	"POST /v1/models/:name/versions/:version/load":     auth.Admin,
	"POST /v1/models/:name/versions/:version/unload":   auth.Admin,
	"POST /v1/models/:name/rollback":                   auth.Admin,
	"POST /v2/repository/models/:name/load":            auth.Admin,
	"POST /v2/repository/models/:name/unload":          auth.Admin,
	"GET /metrics":              auth.Admin,
	"GET /debug/pprof/*profile": auth.Admin,
}

// roleOf finds the role of a registered route. What there is not yet, such as shared memory, says so to
// those who may read.
func roleOf(method, path string) (r auth.Role, known bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if _, ok := unsupportedV2[path]; ok {
		return auth.Read, true
	}
	r, known = routeRoles[method+" "+path]
	return r, known
}

// callRoles is routeRoles of gRPC, by the full names of methods.
var callRoles = map[string]auth.Role{
	pb.GRPCInferenceService_ServerLive_FullMethodName:  open,
	pb.GRPCInferenceService_ServerReady_FullMethodName: open,
	grpc_health_v1.Health_Check_FullMethodName:         open,
	grpc_health_v1.Health_List_FullMethodName:          open,
	grpc_health_v1.Health_Watch_FullMethodName:         open,

	pb.GRPCInferenceService_ModelInfer_FullMethodName:       auth.Infer,
	pb.GRPCInferenceService_ModelStreamInfer_FullMethodName: auth.Infer,

	pb.GRPCInferenceService_ServerMetadata_FullMethodName:                  auth.Read,
	pb.GRPCInferenceService_ModelReady_FullMethodName:                      auth.Read,
	pb.GRPCInferenceService_ModelMetadata_FullMethodName:                   auth.Read,
	pb.GRPCInferenceService_ModelConfig_FullMethodName:                     auth.Read,
	pb.GRPCInferenceService_ModelStatistics_FullMethodName:                 auth.Read,
	pb.GRPCInferenceService_RepositoryIndex_FullMethodName:                 auth.Read,
	reflectionv1.ServerReflection_ServerReflectionInfo_FullMethodName:      auth.Read,
	reflectionv1alpha.ServerReflection_ServerReflectionInfo_FullMethodName: auth.Read,

	// What there is not says so to those who may read.
	pb.GRPCInferenceService_SystemSharedMemoryStatus_FullMethodName:     auth.Read,
	pb.GRPCInferenceService_SystemSharedMemoryRegister_FullMethodName:   auth.Read,
	pb.GRPCInferenceService_SystemSharedMemoryUnregister_FullMethodName: auth.Read,
	pb.GRPCInferenceService_CudaSharedMemoryStatus_FullMethodName:       auth.Read,
	pb.GRPCInferenceService_CudaSharedMemoryRegister_FullMethodName:     auth.Read,
	pb.GRPCInferenceService_CudaSharedMemoryUnregister_FullMethodName:   auth.Read,
	pb.GRPCInferenceService_TraceSetting_FullMethodName:                 auth.Read,
	pb.GRPCInferenceService_LogSettings_FullMethodName:                  auth.Read,

	pb.GRPCInferenceService_RepositoryModelLoad_FullMethodName:   auth.Admin,
	pb.GRPCInferenceService_RepositoryModelUnload_FullMethodName: auth.Admin,
}
