package prove

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/reference"
)

// subject is a model with everything that more than one check needs, made once.
type subject struct {
	model    *onnx.Model
	manifest *onnx.Manifest
	level    Level
	per      map[string]string    // of each output tensor: graph, atom, edge, pair or batch
	turns    map[string][]turning // of each output tensor and of forces

	geometric bool        // edges are drawn between places
	gradient  string      // tensor of the edge force; empty: there is none
	sign      float64     // of the gradient by r(Src) − r(Dst): −1 where the network reads the opposite
	energy    onnx.Output // whose gradient it is

	golden    *golden
	goldenErr error
	usable    bool             // golden has what the other checks need
	cases     [][]*graph.Graph // of golden.Cases; nil: a record was refused
	probes    []*graph.Graph   // of golden.Probe without the refused
	refused   faults           // records that Go does not build

	network    reference.Network // nil: none is named, or it does not open
	networkErr error

	answersOf map[*graph.Graph]answer // of the network, in batches of batchSize
	truthOf   map[*graph.Graph]answer // of the reference

	warmUp *WarmUp // of the check "warm-up"; nil: it has not run

	specimensOf, crystalsOf []*graph.Graph // nil: not made yet
}

// newSubject decodes and builds. Its error is ctx's cause; what is wrong with the model is in the subject.
func newSubject(ctx context.Context, m *onnx.Model, level Level) (*subject, error) {
	s := claims(m.Manifest(), level)
	s.model = m
	if a := s.manifest.Architecture; a != nil {
		spec := reference.Spec{Architecture: a.Name, Hyperparameters: a.Hyperparameters, Elements: m.Spec().Elements}
		s.network, s.networkErr = reference.Open(spec, m.File("weights.safetensors"))
	}
	if s.golden, s.goldenErr = readGolden(m.File("golden.json")); s.goldenErr != nil {
		return s, nil
	}
	return s, s.build(ctx)
}

// claims is a subject of what the manifest says alone.
func claims(m *onnx.Manifest, level Level) *subject {
	s := &subject{manifest: m, level: level, answersOf: map[*graph.Graph]answer{}, truthOf: map[*graph.Graph]answer{}}
	s.geometric = m.Graph.Edges != string(preprocess.Bonds)
	s.readOutputs()
	return s
}

// readOutputs notes what the manifest says of the output tensors.
func (s *subject) readOutputs() {
	s.per, s.turns, s.sign = map[string]string{}, map[string][]turning{forces: {{irreps: vectorIrreps}}}, 1
	for i := range s.manifest.Outputs {
		o := &s.manifest.Outputs[i]
		s.per[o.Tensor] = o.Per
		s.turns[o.Tensor] = append(s.turns[o.Tensor], turningOf(o))
		if o.Role != "edge_force" {
			continue
		}
		s.gradient = o.Tensor
		s.energy = s.manifest.Outputs[slices.IndexFunc(s.manifest.Outputs, func(e onnx.Output) bool { return e.Name == o.Of })]
	}
	for _, in := range s.manifest.Inputs {
		if in.Field == "edge_vectors" && in.Sign == "dst_minus_src" {
			s.sign = -1
		}
	}
}

// scaleOf is how many units one step of an output's tensor is.
func scaleOf(o *onnx.Output) float64 {
	if o.Transform == nil {
		return 1
	}
	return o.Transform.Scale
}

// build makes the graphs of all records of golden.json. Its error is ctx's cause.
func (s *subject) build(ctx context.Context) error {
	var records []preprocess.Record
	for _, c := range s.golden.Cases {
		records = append(records, c.Records...)
	}
	if s.level > Golden {
		records = append(records, s.golden.Probe...)
	}
	graphs, rows, err := s.model.Build(ctx, records, onnx.Options{})
	if err != nil {
		return err
	}
	at := 0
	for i, c := range s.golden.Cases {
		n := len(c.Records)
		s.refuse(fmt.Sprintf("case %d record", i), records[at:at+n], rows[at:at+n])
		built := graphs[at : at+n : at+n]
		if slices.Contains(built, nil) {
			built = nil
		}
		s.cases = append(s.cases, built)
		at += n
	}
	s.refuse("probe", records[at:], rows[at:])
	s.probes = slices.DeleteFunc(graphs[at:], func(g *graph.Graph) bool { return g == nil })
	return nil
}

// refuse notes the records of rows that have an error.
func (s *subject) refuse(what string, records []preprocess.Record, rows []onnx.Row) {
	for i, r := range rows {
		if r.Err == nil {
			continue
		}
		why := r.Err.Error()
		if r.Cause != nil {
			why, _, _ = strings.Cut(r.Cause.Error(), "\n")
		}
		s.refused.add("%s %d %q: %s", what, i, records[i].Text, why)
	}
}

// all returns the graphs of cases and probes.
func (s *subject) all() []*graph.Graph { return append(slices.Concat(s.cases...), s.probes...) }

// parallel calls f(0) … f(n-1) on all processors and waits.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	group.Wait()
}

// answers returns what the network says of each graph, in batches of batchSize; it remembers.
func (s *subject) answers(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	for batch := range slices.Chunk(unknown(s.answersOf, graphs), s.perRun()) {
		said, err := s.run(ctx, batch, graph.Padding{})
		if err != nil {
			return nil, err
		}
		for i, g := range batch {
			s.answersOf[g] = said[i]
		}
	}
	return lookUp(s.answersOf, graphs), nil
}

// unknown returns the graphs that have no answer yet, each once.
func unknown(known map[*graph.Graph]answer, graphs []*graph.Graph) []*graph.Graph {
	var fresh []*graph.Graph
	seen := map[*graph.Graph]bool{}
	for _, g := range graphs {
		if known[g] == nil && !seen[g] {
			fresh, seen[g] = append(fresh, g), true
		}
	}
	return fresh
}

func lookUp(known map[*graph.Graph]answer, graphs []*graph.Graph) []answer {
	answers := make([]answer, len(graphs))
	for i, g := range graphs {
		answers[i] = known[g]
	}
	return answers
}
