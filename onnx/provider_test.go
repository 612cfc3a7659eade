package onnx_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

func TestProvidersAreRead(t *testing.T) {
	type options = map[string]string
	for text, want := range map[string][]onnx.Provider{
		"cuda":                                 {{Name: "cuda"}},
		"CUDAExecutionProvider,device_id=1":    {{Name: "CUDAExecutionProvider", Options: options{"device_id": "1"}}},
		"tensorrt,trt_fp16_enable=0,cuda":      {{Name: "tensorrt", Options: options{"trt_fp16_enable": "0"}}, {Name: "cuda"}},
		`openvino,device_type=HETERO:GPU\,CPU`: {{Name: "openvino", Options: options{"device_type": "HETERO:GPU,CPU"}}},
		`openvino,cache_dir=C:\\a=b,x=`:        {{Name: "openvino", Options: options{"cache_dir": `C:\a=b`, "x": ""}}},
		"xnnpack,cpu":                          {{Name: "xnnpack"}, {Name: "cpu"}},
	} {
		got, err := onnx.ParseProviders(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestProvidersThatSayNothingAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     `provider "": want NAME[,key=value…]`,
		"device_id=0":                          "an option stands before the name",
		"cuda,,device_id=0":                    "want NAME",
		"cuda,=0":                              `option "=0": want key=value`,
		"cuda,a b=0":                           "want key=value",
		"cuda,a=0,a=1":                         "option a is set twice",
		"cuda,a=\x00":                          "a zero byte",
		"my provider":                          "want NAME",
		"cuda,CUDAExecutionProvider":           "is named twice",
		"cpu,cuda":                             "it is the last by itself",
		"cpu,arena=0":                          "takes no options",
		"1cuda":                                "want NAME",
		"cuda,a=" + strings.Repeat("b", 1<<14): "at most 16384 are taken",
		strings.Repeat("a", 100):               "want NAME",
		"cuda,device_id=0,\ntensorrt":          "want NAME",
	} {
		if got, err := onnx.ParseProviders(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzParseProviders(f *testing.F) {
	f.Add(`tensorrt,trt_fp16_enable=1,openvino,device_type=HETERO:GPU\,CPU`)
	f.Add(`cuda,use_tf32=1,a=\\`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := onnx.ParseProviders(text)
		if err != nil {
			return
		}
		var words []string
		for _, p := range list {
			words = append(words, p.String())
		}
		again, err := onnx.ParseProviders(strings.Join(words, ","))
		if err != nil || len(again) != len(list) {
			t.Fatalf("%q became %q: %v", text, words, err)
		}
		for i := range list {
			if again[i].String() != words[i] {
				t.Errorf("%q became %q", words[i], again[i].String())
			}
		}
	})
}

func TestProductsAreOfWholeFloat32UnlessAskedOtherwise(t *testing.T) {
	for text, want := range map[string]string{
		"cuda":                           "cuda,use_tf32=0",
		"CUDAExecutionProvider":          "cuda,use_tf32=0",
		"cuda,use_tf32=1,device_id=1":    "cuda,device_id=1,use_tf32=1",
		"openvino":                       `openvino,load_config={"CPU":{"INFERENCE_PRECISION_HINT":"f32"}\,"GPU":{"INFERENCE_PRECISION_HINT":"f32"}}`,
		`openvino,load_config={"CPU":1}`: `openvino,load_config={"CPU":1}`,
		"xnnpack":                        "xnnpack",
	} {
		list, err := onnx.ParseProviders(text)
		if err != nil || list[0].String() != want {
			t.Errorf("%s: %v, %v", text, list, err)
		}
	}
}

// stock are providers of the library that 'molserve runtime install' fetches: it has two. Azure's takes
// operators of its own only, so that all others fall back to the CPU.
func stock(t *testing.T, text string) onnx.Preparation {
	t.Helper()
	list, err := onnx.ParseProviders(text)
	if err != nil {
		t.Fatal(err)
	}
	all, err := onnx.Providers()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if !slices.ContainsFunc(all, func(name string) bool { return strings.HasPrefix(strings.ToLower(name), p.Name) }) {
			t.Skipf("ONNX Runtime %s has %v", onnx.Version(), all)
		}
	}
	return onnx.Preparation{Providers: list}
}

func openWith(t *testing.T, how onnx.Preparation, name string) *onnx.Model {
	t.Helper()
	m, err := how.Open(filepath.Join("..", "exported_models", name, "1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestNodesThatFellBackAreReported(t *testing.T) {
	how := stock(t, "azure")
	if err := how.Check(); err != nil {
		t.Fatal(err)
	}
	m := openWith(t, how, "esol-gcn")
	p, nodes := m.Placement(), 0
	for i, f := range p.FellBack {
		if nodes += f.Nodes; f.Operator == "" || f.First == "" || i > 0 && f.Nodes > p.FellBack[i-1].Nodes {
			t.Errorf("%+v", f)
		}
	}
	if len(p.Nodes) != 1 || nodes == 0 || p.Nodes["CPUExecutionProvider"] != nodes {
		t.Errorf("%d nodes fell back of %v", nodes, p.Nodes)
	}
	if p.FellBack[0].Operator != "MatMul" || p.FellBack[0].Nodes != 8 {
		t.Errorf("the most are %+v", p.FellBack[0])
	}
	if on := openWith(t, onnx.Preparation{}, "esol-gcn"); on.Placement() != nil {
		t.Errorf("on the CPU alone something fell back: %+v", on.Placement())
	}
}

func TestAnotherProviderRunsOneAtATime(t *testing.T) {
	here, other := openWith(t, onnx.Preparation{}, "esol-gcn"), openWith(t, stock(t, "azure"), "esol-gcn")
	if here.Concurrency() != onnx.Slots() || other.Concurrency() != 1 {
		t.Errorf("%d runs on the CPU, %d elsewhere", here.Concurrency(), other.Concurrency())
	}
	graphs, _, err := here.Build(t.Context(), []preprocess.Record{{Kind: preprocess.SMILES, Text: "CCO"}}, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := graph.Collate(graphs, here.Manifest().Layout, graph.Padding{})
	want, err := here.Run(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got, err := other.Run(context.Background(), b); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v, %v; want %v", got, err, want)
			}
		})
	}
	group.Wait()
}

func TestAProviderThatTheLibraryLacksIsRefusedWithThoseThatItHas(t *testing.T) {
	for _, name := range []string{"cuda", "tensorrt", "rocm", "my-own"} {
		list, err := onnx.ParseProviders(name)
		if err != nil {
			t.Fatal(err)
		}
		err = onnx.Preparation{Providers: list}.Check()
		if err == nil {
			t.Skip("this library has ", name)
		}
		for _, want := range []string{"provider " + name + ": ONNX Runtime " + onnx.Version(), onnx.Library(), "CPUExecutionProvider", "--provider-library"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}

func TestTheCPUAloneIsNamedOrNot(t *testing.T) {
	how := stock(t, "cpu")
	if err := how.Check(); err != nil || !how.OnCPU() {
		t.Errorf("%v", err)
	}
	list := []onnx.Provider{{Name: "cuda"}, {Name: "cuda"}}
	if err := (onnx.Preparation{Providers: list}).Check(); err == nil || !strings.Contains(err.Error(), "named twice") {
		t.Errorf("%v", err)
	}
}

func TestLibrariesThatBringNoProvidersAreRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "provider.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "none.so"): "none.so: cannot open shared object file",
		text:                                  "file too short",
		onnx.Library():                        "CreateEpFactories",
	} {
		if err := onnx.RegisterProviders(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if got := onnx.ProviderLibraries(); len(got) > 0 {
		t.Errorf("%v are registered", got)
	}
}

func TestWhatIsComputedSaysEverythingThatIsSet(t *testing.T) {
	seen := map[string]bool{}
	for _, how := range []onnx.Preparation{
		{}, {KeepNetwork: true},
		{Providers: []onnx.Provider{{Name: "cuda"}}},
		{Providers: []onnx.Provider{{Name: "cuda", Options: map[string]string{"device_id": "1"}}}},
		{Providers: []onnx.Provider{{Name: "cuda"}, {Name: "xnnpack"}}},
		{Providers: []onnx.Provider{{Name: "xnnpack"}, {Name: "cuda"}}},
	} {
		if text := how.Computing(); seen[text] {
			t.Errorf("%+v is %s, as another", how, text)
		} else {
			seen[text] = true
		}
	}
	same := onnx.Preparation{Providers: []onnx.Provider{{Name: "cpu"}}}
	if !seen[same.Computing()] {
		t.Errorf("%s is not the default", same.Computing())
	}
}
