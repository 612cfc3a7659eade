package rewrite_test

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/proto"
	"molserve/onnx/rewrite"
	"molserve/onnx/scan"
	"molserve/preprocess/graph"
)

// The networks are those of testdata/export.py.
func network(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rewritten scans and rewrites a network; nothing of it is Einsum afterwards.
func rewritten(t testing.TB, data []byte) rewrite.Result {
	t.Helper()
	m, err := scan.Scan(data, scan.Options{Einsum: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := rewrite.Network(m)
	if err != nil {
		t.Fatal(err)
	}
	if r.Bytes == nil {
		return r
	}
	if _, err := scan.Scan(r.Bytes, scan.Options{}); err != nil {
		t.Fatalf("the rewritten network is refused: %v", err)
	}
	return r
}

func session(t testing.TB, data []byte) onnx.Session {
	t.Helper()
	s, err := onnx.NewSession(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// batch is random inputs of the exported networks: n atoms, e edges, g graphs, the last of which may be empty.
func batch(t testing.TB, s onnx.Session, n, e, g int64) []graph.Tensor {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(n), uint64(e)))
	infos, _ := s.Signature()
	in := make([]graph.Tensor, len(infos))
	for i, info := range infos {
		switch info.Name {
		case "x":
			in[i].Reset(graph.Float32, n, info.Shape[1])
		case "edge_index":
			in[i].Reset(graph.Int64, 2, e)
			for k := range in[i].I64 {
				in[i].I64[k] = rng.Int64N(n)
			}
		case "batch":
			in[i].Reset(graph.Int64, n)
			for k := range in[i].I64 {
				in[i].I64[k] = int64(k) * g / (n + 1)
			}
		case "slots":
			in[i].Reset(graph.Float32, g)
		case "p", "q":
			in[i].Reset(graph.Float32, append([]int64{e}, info.Shape[1:]...)...)
		case "s":
			in[i].Reset(graph.Float32, 1)
		default:
			t.Fatalf("input %s", info.Name)
		}
		for k := range in[i].F32 {
			in[i].F32[k] = float32(rng.NormFloat64())
		}
	}
	return in
}

func run(t testing.TB, s onnx.Session, in []graph.Tensor) []graph.Tensor {
	t.Helper()
	out, err := s.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// einsumTol bounds what another order of float32 sums of at most 45 terms of size 1 may change.
const einsumTol = 1e-5

func TestRewrittenNetworksComputeTheSame(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes int
		tol     float64
		edges   bool // the original runs only with edges: torch declares a shape [0,0], or there is Einsum
	}{
		{"gin", 3, 0, false}, {"gcn", 2, 0, false}, {"gat", 5, 0, true}, {"scatter_add", 2, 0, false}, {"index_add", 0, 0, false},
		{"tensor_product", 5, einsumTol, true}, {"denormal", 1, 1e-37, false}, {"equations", 19, einsumTol, true}, {"empty", 1, einsumTol, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := network(t, c.name)
			kept := bytes.Clone(before)
			r := rewritten(t, before)
			if !bytes.Equal(before, kept) {
				t.Fatal("the bytes of the file were changed")
			}
			if len(r.Changes) != c.changes || (r.Bytes == nil) != (c.changes == 0) {
				t.Fatalf("%d changes: %+v; left: %+v", len(r.Changes), r.Changes, r.Left)
			}
			if r.Bytes == nil {
				return
			}
			old, changed := session(t, before), session(t, r.Bytes)
			for _, size := range [][3]int64{{17, 22, 3}, {31, 56, 5}, {40, 1, 2}, {1, 0, 1}, {6, 0, 2}} {
				in := batch(t, old, size[0], size[1], size[2])
				if size[1] == 0 && c.name == "gat" {
					continue // neither does: what torch declares stays
				}
				got := run(t, changed, in)
				if size[1] == 0 && c.edges {
					continue // that it runs at all is what is tested
				}
				compare(t, got, run(t, old, in), c.tol)
			}
		})
	}
}

func compare(t *testing.T, got, want []graph.Tensor, tol float64) {
	t.Helper()
	for i := range want {
		if got[i].String() != want[i].String() {
			t.Fatalf("output %d is %s, was %s", i, &got[i], &want[i])
		}
		scale := 1.0 // sums cancel: what they are of is as large as the largest of them
		for k := range want[i].Len() {
			scale = max(scale, math.Abs(want[i].At(k)))
		}
		for k := range want[i].Len() {
			a, b := got[i].At(k), want[i].At(k)
			if math.Abs(a-b) > tol*scale || math.IsNaN(a) != math.IsNaN(b) {
				t.Fatalf("output %d number %d is %g, was %g", i, k, a, b)
			}
		}
	}
}

func TestSumsOverNothingAreZero(t *testing.T) {
	s := session(t, rewritten(t, network(t, "empty")).Bytes)
	out := run(t, s, batch(t, s, 1, 0, 1))
	if out[0].String() != "float32[0 1 3 8]" {
		t.Errorf("got %s", &out[0])
	}
}

// A mean that the export lost is refused, not made fast.
func TestLostMeanIsRefused(t *testing.T) {
	_, err := scan.Scan(network(t, "mean"), scan.Options{})
	if err == nil || !strings.Contains(err.Error(), "has no reduction") || !strings.Contains(err.Error(), "index_add") {
		t.Errorf("got %v", err)
	}
}

func TestEinsumThatIsNotRewrittenIsRefused(t *testing.T) {
	for equation, want := range map[string]string{
		"e...,e->e": "has an ellipsis", "ii->i": "a diagonal", "i,j,k->k": "is of 3 operands, and the node has 2", "i,j->k": "in the result alone",
		"i1,j->i": "has the label",
	} {
		_, err := rewrite.Network(&proto.Model{Opsets: []proto.Opset{{Version: 18}}, Graph: &proto.Graph{Nodes: []*proto.Node{{
			Name: "here", Op: "Einsum", In: []string{"x", "y"}[:strings.Count(equation, ",")%2+1], Out: []string{"z"},
			Attrs: []*proto.Attr{{Name: "equation", String: []byte(equation)}}}}}})
		if strings.Contains(want, "3 operands") {
			want = "is of 3 operands"
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"here" (Einsum)`) {
			t.Errorf("%s: got %v, want %q", equation, err, want)
		}
	}
	old := &proto.Model{Opsets: []proto.Opset{{Version: 12}}, Graph: &proto.Graph{Nodes: []*proto.Node{{Op: "Einsum", In: []string{"x"}, Out: []string{"z"},
		Attrs: []*proto.Attr{{Name: "equation", String: []byte("ij->i")}}}}}}
	if _, err := rewrite.Network(old); err == nil || !strings.Contains(err.Error(), "opset before 13") {
		t.Errorf("opset 12: %v", err)
	}
}

func TestWhatIsNotUnderstoodIsLeft(t *testing.T) {
	data := network(t, "scatter_add")
	for name, change := range map[string]func(*proto.Model){
		"its axis is 1": func(m *proto.Model) { set(m, "ScatterElements", &proto.Attr{Name: "axis", Int: 1}) },
		"it has no reduction": func(m *proto.Model) {
			set(m, "ScatterElements", &proto.Attr{Name: "reduction", String: []byte("none")})
		},
		"the file does not say the shapes":            func(m *proto.Model) { m.Graph.Values = nil },
		"indices do not span the rows":                func(m *proto.Model) { value(m, "expand").Dims[1].Size = 4 },
		"as many rows are expanded as there are":      func(m *proto.Model) { value(m, "expand").Dims[0].Symbol = "K" },
		"are not expanded from one column":            func(m *proto.Model) { op(m, "Expand", "expand").Op = "Gather" },
		"is made by Transpose, not as one column":     func(m *proto.Model) { op(m, "Unsqueeze", "unsqueeze").Op = "Transpose" },
		"where its indices come from is not known":    func(m *proto.Model) { op(m, "Expand", "expand").In[0] = "edge_index" },
		"its data has one dimension: there is nothin": func(m *proto.Model) { value(m, "zeros_like").Dims = value(m, "zeros_like").Dims[:1] },
	} {
		m, err := scan.Scan(data, scan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		r, err := rewrite.Network(m)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Left) == 0 || !strings.Contains(r.Left[0].Why, name) {
			t.Errorf("%s: left %+v, changed %+v", name, r.Left, r.Changes)
		}
	}
}

func op(m *proto.Model, op, out string) *proto.Node {
	for _, n := range m.Graph.Nodes {
		if n.Op == op && n.Out[0] == out {
			return n
		}
	}
	panic(out)
}

func set(m *proto.Model, op string, a *proto.Attr) {
	for _, n := range m.Graph.Nodes {
		if n.Op == op {
			*n.Attr(a.Name) = *a
		}
	}
}

func value(m *proto.Model, name string) *proto.Value {
	for i := range m.Graph.Values {
		if m.Graph.Values[i].Name == name {
			return &m.Graph.Values[i]
		}
	}
	panic(name)
}

// What is shipped was exported for this server: there is nothing to change.
func TestShippedNetworksStayAsTheyAre(t *testing.T) {
	for _, name := range []string{"esol-dmpnn", "esol-gcn", "ethanol-egnn", "qm9-isomers-equivariant"} {
		data, err := os.ReadFile("../../exported_models/" + name + "/1/model.onnx")
		if err != nil {
			t.Fatal(err)
		}
		if r := rewritten(t, data); r.Bytes != nil {
			t.Errorf("%s: %+v", name, r.Changes)
		}
	}
}
