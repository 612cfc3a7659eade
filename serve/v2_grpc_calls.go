package serve

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

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
