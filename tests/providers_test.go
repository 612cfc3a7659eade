package tests

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/onnx/prove/child"
	"molserve/serve"
)

// certificateOf reads what a server says of a model.
func (p *process) certificateOf(model string) (c prove.Certificate) {
	p.t.Helper()
	reply, err := http.Get(p.base + "/v1/models/" + model)
	if err != nil {
		p.t.Fatal(err)
	}
	defer reply.Body.Close()
	view := struct{ Certificate *prove.Certificate }{&c}
	if err := json.NewDecoder(reply.Body).Decode(&view); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// answers are the numbers of swapRequest.
func (p *process) answers() (numbers []float64) {
	p.t.Helper()
	a, err := askModel(http.DefaultClient, p.base+"/v1/models/"+swapModel+"/predict")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, row := range a.Predictions {
		numbers = append(numbers, row.Values.LogS)
	}
	return numbers
}

// The stock library has a provider besides the CPU's, which takes operators of its own only: all nodes fall
// back. A certificate of one provider is none of another.
func TestTheServerTellsWhatFellBackToTheCPU(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	first := startProcess(t, "--state", state)
	want := first.answers()
	if c := first.certificateOf(swapModel); c.Placement != nil || !strings.HasPrefix(c.Computing, "cpu; ") {
		t.Errorf("computed by %s: %+v", c.Computing, c.Placement)
	}
	for _, source := range []string{prove.Fresh, prove.Kept} {
		p := startProcess(t, "--state", state, "--provider", "azure")
		c := p.certificateOf(swapModel)
		if c.Source != source || !c.OK || !strings.HasPrefix(c.Computing, "azure > cpu; ") {
			t.Errorf("computed by %s, %s, wanted %s", c.Computing, c.Source, source)
		}
		if c.Placement == nil || c.Placement.Nodes["CPUExecutionProvider"] != 33 || len(c.Placement.FellBack) == 0 || c.Placement.FellBack[0].Operator != "MatMul" {
			t.Errorf("%+v", c.Placement)
		}
		for i, v := range p.answers() {
			if v != want[i] {
				t.Errorf("molecule %d: %v, of the CPU alone %v", i, v, want[i])
			}
		}
		if c.WarmUp == nil || c.WarmUp.Atoms < 500 {
			t.Errorf("the largest run: %+v", c.WarmUp)
		}
	}
}

// The log says it too.
func TestTheLogWarnsOfWhatFellBack(t *testing.T) {
	onnxtest.Start(t)
	how := onnx.Preparation{Providers: []onnx.Provider{{Name: "azure"}}}
	if err := how.Check(); err != nil {
		t.Skip(err)
	}
	var log strings.Builder
	for _, p := range []onnx.Preparation{{}, how} {
		if log.Len() > 0 {
			t.Errorf("on the CPU alone: %s", &log)
		}
		proof := serve.Proof{Child: child.Prover{Preparation: p}, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if _, err := load(t, &proof, filepath.Join("../exported_models", swapModel, "1")); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"level=WARN", "nodes fell back to the CPU", "model=esol-gcn@1", "CPUExecutionProvider:33", "[MatMul "} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in %s", want, &log)
		}
	}
}

// OpenVINO's own library of providers runs on the CPU too: 'make openvino' gets it. Its products are of whole
// float32 unless asked otherwise; in bfloat16, where a processor has it, no model holds.
func TestOpenVINOComputesEveryShippedModel(t *testing.T) {
	library := os.Getenv("MOLSERVE_OPENVINO_LIBRARY")
	if library == "" {
		t.Skip("MOLSERVE_OPENVINO_LIBRARY names no library; see 'make openvino'")
	}
	p := startServing(t, "../exported_models", "--provider-library", library, "--provider", "openvino")
	for _, model := range []string{"esol-dmpnn", "esol-gcn", "ethanol-egnn", "qm9-isomers-equivariant"} {
		c := p.certificateOf(model)
		if !c.OK || c.Placement == nil || len(c.Placement.FellBack) > 0 || c.Placement.Nodes["OpenVINOExecutionProvider"] < 30 {
			t.Errorf("%s: ok=%t, %+v", model, c.OK, c.Placement)
		}
		if !slices.ContainsFunc(c.Libraries, func(l prove.Library) bool { return l.Name == "libopenvino_intel_cpu_plugin.so" }) {
			t.Errorf("%s: the device's own library, which is opened by name, is none of %+v", model, c.Libraries)
		}
	}
	if n := len(p.answers()); n != 4 {
		t.Errorf("%d answers", n)
	}
	processor, _ := os.ReadFile("/proc/cpuinfo")
	if !strings.Contains(string(processor), "avx512_bf16") && !strings.Contains(string(processor), "amx_bf16") {
		return
	}
	out, err := exec.Command(p.cmd.Path, "check", "--models", "../exported_models", "--provider-library", library,
		"--provider", `openvino,load_config={"CPU":{}}`, swapModel).CombinedOutput()
	if rows := string(out); err == nil || !strings.Contains(rows, "golden outputs") || !strings.Contains(rows, "FAIL") || !strings.Contains(rows, "OpenVINOExecutionProvider") {
		t.Errorf("in bfloat16: %v\n%s", err, rows)
	}
}
