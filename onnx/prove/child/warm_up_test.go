package child

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/proto"
)

// hungry is esol-dmpnn with a network that computes the same and needs 64 numbers for every pair of atoms of a
// batch besides: 16 MB for a batch of 250 atoms, 750 for the largest of golden.json together.
func hungry(t *testing.T) *onnx.Bundle {
	t.Helper()
	m, err := proto.Parse(read(t, "esol-dmpnn").File("model.onnx"), proto.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	g := m.Graph
	g.Initializers = append(g.Initializers, proto.Int64Tensor("many", []int64{64, 1, 1}), proto.Int64Tensor("one", []int64{1}))
	at := slices.IndexFunc(g.Nodes, func(n *proto.Node) bool { return n.Op == "Relu" })
	in, out := g.Nodes[at].In[0], g.Nodes[at].Out[0]
	eats := []*proto.Node{
		{Op: "Shape", In: []string{"V"}, Out: []string{"size"}},
		{Op: "ConstantOfShape", In: []string{"size"}, Out: []string{"blank"}}, // padding may hold NaN
		{Op: "Transpose", In: []string{"blank"}, Out: []string{"turned"}},
		{Op: "MatMul", In: []string{"blank", "turned"}, Out: []string{"pairs"}},
		{Op: "Expand", In: []string{"pairs", "many"}, Out: []string{"spread"}},
		{Op: "ReduceSum", In: []string{"spread"}, Out: []string{"sum"}},
		{Op: "Reshape", In: []string{"sum", "one"}, Out: []string{"flat"}},
		{Op: "Relu", In: []string{in}, Out: []string{"lean"}},
		{Op: "Add", In: []string{"lean", "flat"}, Out: []string{out}},
	}
	for _, n := range eats {
		n.Name = "eats " + n.Out[0]
	}
	g.Nodes = slices.Concat(g.Nodes[:at], eats, g.Nodes[at+1:])
	return spoiltModel(t, "esol-dmpnn", "model.onnx", m.Bytes())
}

func TestANetworkThatOutgrowsItsMemoryAtTheLargestShapeIsRefused(t *testing.T) {
	leavesNothing(t)
	b := hungry(t)
	c, err := (&Prover{Memory: 2 << 30}).Prove(t.Context(), b, gate)
	if err != nil || !c.OK {
		t.Fatalf("with 2 GiB: %v, %+v", err, c)
	}
	if w := c.WarmUp; w == nil || w.Graphs != 64 || w.Bytes < 500<<20 || w.Seconds <= 0 {
		t.Errorf("%+v", w)
	}
	c, err = (&Prover{Memory: 512 << 20}).Prove(t.Context(), b, gate)
	var crash *CrashError
	switch {
	case errors.As(err, &crash) && strings.Contains(crash.Said, "for -race mode"):
		t.Skip("the race detector runs out of addresses in a way of its own")
	case errors.Is(err, ErrMemory): // it was killed
		if !strings.Contains(err.Error(), `during the check "warm-up"`) {
			t.Error(err)
		}
	case err != nil || c.OK || len(c.Failed()) != 1 || c.Failed()[0].Name != "warm-up" || !strings.Contains(c.Failed()[0].Worst, "not enough memory"):
		t.Errorf("%v, %+v", err, c)
	}
}
