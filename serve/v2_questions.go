package serve

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
)

// What the server calls itself in the protocol, and which extensions it has.
const serverName = "molserve"

var extensionsV2 = []string{"binary_tensor_data", "classification", "model_configuration", "model_repository", "parameters", "statistics"}

const versionV2 = "2"

func (s *Server) serverV2(c *gin.Context, _ *notes) error {
	return writeJSON(c, http.StatusOK, map[string]any{"name": serverName, "version": versionV2, "extensions": extensionsV2})
}

func (s *Server) liveV2(c *gin.Context, _ *notes) error {
	return writeJSON(c, http.StatusOK, map[string]any{"name": serverName, "live": true})
}

func (s *Server) isReady() bool { return !s.stopping.Load() && s.registry.scanned.Load() }

func (s *Server) readyV2(c *gin.Context, _ *notes) error {
	if !s.isReady() {
		return writeJSON(c, http.StatusServiceUnavailable, map[string]any{"name": serverName, "live": true, "ready": false})
	}
	return writeJSON(c, http.StatusOK, map[string]any{"name": serverName, "live": true, "ready": true})
}

func (s *Server) modelReadyV2(c *gin.Context, _ *notes) error {
	i, err := s.leaseV2(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	i.snap.release()
	return writeJSON(c, http.StatusOK, map[string]any{"name": i.view.name, "ready": true})
}

// tensorV2 is a tensor of a model's metadata.
type tensorV2 struct {
	Name     string  `json:"name"`
	Datatype string  `json:"datatype"`
	Shape    []int64 `json:"shape"`
}

func tensorsV2(views []tensorView) (out []tensorV2) {
	for _, t := range views {
		out = append(out, tensorV2{t.Name, v2.Datatype(t.DType), t.Shape})
	}
	return out
}

// propertiesV2 tells what the outputs of NAME are in and of.
func (v *v2View) propertiesV2() map[string]string {
	p := map[string]string{}
	for _, t := range v.outputs {
		if t.PerOwner != "" {
			p[t.Name+".unit"], p[t.Name+".per"] = t.Unit, t.PerOwner
		}
	}
	return p
}

func (s *Server) modelV2(c *gin.Context, _ *notes) error {
	i, err := s.leaseV2(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	defer i.snap.release()
	v := &i.view
	return writeJSON(c, http.StatusOK, struct {
		Name       string            `json:"name"`
		Versions   []string          `json:"versions"`
		Platform   string            `json:"platform"`
		Inputs     []tensorV2        `json:"inputs"`
		Outputs    []tensorV2        `json:"outputs"`
		Properties map[string]string `json:"properties,omitempty"`
	}{v.name, spellAll(s.versionsV2(i.entry)), v.platform, tensorsV2(v.inputs), tensorsV2(v.outputs), v.propertiesV2()})
}

// configTypes are the words of Triton's model configuration.
var configTypes = map[graph.DType]string{graph.Bool: "TYPE_BOOL", graph.Int64: "TYPE_INT64", graph.Float32: "TYPE_FP32", graph.Float64: "TYPE_FP64", v2.Bytes: "TYPE_STRING"}

type configTensor struct {
	Name string  `json:"name"`
	Type string  `json:"data_type"`
	Dims []int64 `json:"dims"`
}

func configTensors(views []tensorView) (out []configTensor) {
	for _, t := range views {
		out = append(out, configTensor{t.Name, configTypes[t.DType], t.Shape})
	}
	return out
}

// configV2 is the part of Triton's model configuration that is true here, and that perf_analyzer reads.
func (s *Server) configV2(c *gin.Context, _ *notes) error {
	i, err := s.leaseV2(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	defer i.snap.release()
	return writeJSON(c, http.StatusOK, map[string]any{"name": i.view.name, "platform": i.view.platform, "backend": serverName,
		"max_batch_size": 0, "input": configTensors(i.view.inputs), "output": configTensors(i.view.outputs)})
}

func (s *Server) statsV2(c *gin.Context, _ *notes) error {
	list, err := s.statisticsV2(c.Request.Context(), c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	views := []map[string]any{}
	for k := range list {
		views = append(views, list[k].json())
	}
	return writeJSON(c, http.StatusOK, map[string]any{"model_stats": views})
}

// json is an entry of model_stats. A request is one inference and one execution, as of any model whose
// max_batch_size is 0.
func (t *statistic) json() map[string]any {
	batches := []any{}
	if t.Run.Count > 0 {
		batches = append(batches, map[string]any{"batch_size": 1, "compute_input": t.Input, "compute_infer": t.tally.Run, "compute_output": t.Output})
	}
	return map[string]any{"name": t.name, "version": strconv.Itoa(t.version), "last_inference": t.Last,
		"inference_count": t.Success.Count, "execution_count": t.Success.Count,
		"inference_stats": map[string]duration{"success": t.Success, "fail": t.Fail, "queue": t.Queue, "compute_input": t.Input,
			"compute_infer": t.tally.Run, "compute_output": t.Output, "cache_hit": {}, "cache_miss": {}},
		"response_stats": map[string]any{}, "batch_stats": batches, "memory_usage": []any{}}
}
