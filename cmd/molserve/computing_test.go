package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/proto"
)

// providersOf runs a command that only shows what --provider came to.
func providersOf(t *testing.T, args ...string) (text string, err error) {
	t.Helper()
	root := rootCommand()
	for _, c := range root.Commands() {
		if c.Name() == "check" {
			c.RunE = func(cmd *cobra.Command, _ []string) error {
				text = cmd.Flags().Lookup("provider").Value.String()
				return nil
			}
		}
	}
	root.SetArgs(append([]string{"check"}, args...))
	return text, root.Execute()
}

func TestProvidersComeFromFlagsVariablesAndFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(file, []byte("provider: ['tensorrt,trt_fp16_enable=0', cuda]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect := func(want string, args ...string) {
		t.Helper()
		if got, err := providersOf(t, args...); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", args, got, err, want)
		}
	}
	expect("")
	expect("tensorrt,trt_fp16_enable=0,cuda,use_tf32=0", "--config", file)
	t.Setenv("MOLSERVE_PROVIDER", "cuda,device_id=1,xnnpack")
	expect("cuda,device_id=1,use_tf32=0,xnnpack", "--config", file)
	expect("cuda,use_tf32=1,qnn", "--config", file, "--provider", "cuda,use_tf32=1", "--provider", "qnn")
}

func TestWrongProvidersAreWrongUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--provider", "device_id=1"}, {"--provider", ""}, {"--provider", "cuda,cuda"}, {"--provider", "cuda", "--provider", "CUDAExecutionProvider"},
		{"--provider", "cpu,cuda"}, {"--rewrite", "no"}, {"--rewrite", ""},
	} {
		if _, err := providersOf(t, args...); exitCode(err) != exitUsage {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestEveryCommandThatComputesRefusesAProviderThatIsNotThere(t *testing.T) {
	input := filepath.Join(t.TempDir(), "in.smi")
	if err := os.WriteFile(input, []byte("CCO\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", "esol-gcn"}, {"serve", "--addr", "127.0.0.1:0", "--admin-addr", "off"}, {"predict", "--model", "esol-gcn", input}, {"runtime", "doctor"},
	} {
		for extra, want := range map[string]string{
			"--provider=nonsense":                   "does not have it, but",
			"--provider-library=/nowhere/plugin.so": "load execution providers: /nowhere/plugin.so",
		} {
			root := rootCommand()
			root.SetOut(new(strings.Builder))
			root.SetArgs(append(args, extra, "--models", shippedModels))
			if err := root.ExecuteContext(t.Context()); exitCode(err) != exitFailed || !strings.Contains(err.Error(), want) {
				t.Errorf("%q %s: %v", args, extra, err)
			}
		}
	}
}

func TestCheckSaysWhatFellBackToTheCPU(t *testing.T) {
	onnxtest.Start(t)
	if err := (onnx.Preparation{Providers: []onnx.Provider{{Name: "azure"}}}).Check(); err != nil {
		t.Skip(err) // this ONNX Runtime has no provider of Azure's
	}
	out, code := runCheck(t, "--models", shippedModels, "--provider", "azure", "esol-gcn")
	for _, want := range []string{"computed by: azure > cpu; ", "nodes: 33 by CPUExecutionProvider\n", "fell back to the CPU: 8 MatMul (first "} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q in\n%s", code, want, out)
		}
	}
	here, _ := runCheck(t, "--models", shippedModels, "--in-process", "--provider", "azure", "esol-gcn")
	if tail := "computed by"; after(here, tail) != after(out, tail) {
		t.Errorf("in a child\n%s\nhere\n%s", after(out, tail), after(here, tail))
	}
}

func after(text, word string) string {
	_, text, _ = strings.Cut(text, word)
	return text
}

// slow is a network of esol-dmpnn's tensors with a sum that is rewritten and one that is left: the file does
// not say its shapes.
func slow(t *testing.T) string {
	t.Helper()
	network, err := os.ReadFile("../../onnx/prove/testdata/rewritable.onnx")
	if err != nil {
		t.Fatal(err)
	}
	m, err := proto.Parse(network, proto.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Initializers = append(m.Graph.Initializers, proto.Int64Tensor("ones", []int64{1, 1}), proto.Int64Tensor("cell", []int64{0}), proto.Int64Tensor("square", []int64{1, 1}))
	m.Graph.Nodes = append(m.Graph.Nodes,
		&proto.Node{Name: "index", Op: "Reshape", In: []string{"cell", "square"}, Out: []string{"at"}},
		&proto.Node{Name: "updates", Op: "ConstantOfShape", In: []string{"ones"}, Out: []string{"zero"}},
		&proto.Node{Name: "odd sum", Op: "ScatterElements", In: []string{"V", "at", "zero"}, Out: []string{"unread"},
			Attrs: []*proto.Attr{{Name: "reduction", String: []byte("add")}}})
	return modelWith(t, m.Bytes())
}

// modelWith is a copy of esol-dmpnn with another network, whose reference is not asked.
func modelWith(t *testing.T, network []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(shippedModels, "esol-dmpnn", "1"))); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(network)
	manifest["architecture"] = nil
	manifest["files"].(map[string]any)["model.onnx"] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "bytes": len(network)}
	if text, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"manifest.json": text, "model.onnx": network} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCheckSaysWhatWasRewrittenAndWhatWasLeft(t *testing.T) {
	dir := slow(t) // whose golden answers are others
	out, _ := runCheck(t, dir)
	if !strings.Contains(out, "\nrewritten: ") || !strings.Contains(out, "left as it is: odd sum: ScatterElements stays (") {
		t.Error(out)
	}
	out, _ = runCheck(t, "--rewrite", "off", dir)
	if strings.Contains(out, "rewritten") || strings.Contains(out, "left as it is") || !strings.Contains(out, "golden outputs") {
		t.Error(out)
	}
}
