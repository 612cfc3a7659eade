package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// goldenFile counts what golden.json lacks: cases, probes, a single atom, mixed sizes, tensors of the manifest.
func goldenFile(_ context.Context, s *subject) (outcome, error) {
	if s.goldenErr != nil {
		return outcome{}, s.goldenErr
	}
	var f faults
	g := s.golden
	if len(g.Cases) < leastCases {
		f.add("%d cases, fewer than %d", len(g.Cases), leastCases)
	}
	if n := distinct(g.Probe); n < leastProbes {
		f.add("%d distinct probes, fewer than %d", n, leastProbes)
	}
	for i, c := range g.Cases {
		s.checkCase(&f, i, c)
	}
	s.checkVariety(&f)
	if len(f) > 0 {
		return f.outcome(), nil
	}
	s.usable = true
	return outcome{detail: fmt.Sprintf("%d cases, %d probes", len(g.Cases), len(g.Probe))}, nil
}

func distinct(records []preprocess.Record) int {
	seen := map[string]bool{}
	for _, r := range records {
		seen[string(r.Kind)+" "+r.Text] = true
	}
	return len(seen)
}

// checkCase holds a case against the manifest's inputs and outputs.
func (s *subject) checkCase(f *faults, i int, c goldenCase) {
	if len(c.Records) == 0 || len(c.Values) != len(c.Records) {
		f.add("case %d has %d values for %d records", i, len(c.Values), len(c.Records))
	}
	var inputs []string
	for _, in := range s.manifest.Inputs {
		inputs = append(inputs, in.Tensor)
		if t, ok := c.Tensors[in.Tensor]; ok && t.DType != in.DType {
			f.add("case %d: %s is %s, not %s", i, in.Tensor, t.DType, in.DType)
		}
	}
	slices.Sort(inputs)
	if got := sortedKeys(c.Tensors); !slices.Equal(got, inputs) {
		f.add("case %d has tensors %v, not %v", i, got, inputs)
	}
	if got, want := sortedKeys(c.Outputs), tensorNames(s.manifest); !slices.Equal(got, want) {
		f.add("case %d has outputs %v, not %v", i, got, want)
	}
}

func sortedKeys(m map[string]goldenTensor) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// checkVariety asks for a graph of one node and for a batch of unequal graphs.
func (s *subject) checkVariety(f *faults) {
	if len(s.refused) > 0 {
		return // the next check says so
	}
	single, mixed := false, false
	for _, graphs := range s.cases {
		for _, g := range graphs {
			single = single || g.N == 1
			mixed = mixed || g.N != graphs[0].N
		}
	}
	if !single {
		f.add("no case has a single atom")
	}
	if !mixed {
		f.add("no case has molecules of different sizes")
	}
}

// records counts those that the Go reader refuses.
func records(_ context.Context, s *subject) (outcome, error) {
	if len(s.refused) > 0 {
		s.usable = len(s.all()) > 1
		return s.refused.outcome(), nil
	}
	return outcome{detail: fmt.Sprintf("%d records built", len(s.all()))}, nil
}

// goldenTensors counts the numbers that Go's tensors have different from the training library's.
// Tables, integers and masks must be equal; where a square root went in, one step of float32 is allowed.
func goldenTensors(_ context.Context, s *subject) (outcome, error) {
	var f finding
	steps := 0.0
	for i, c := range s.golden.Cases {
		if s.cases[i] == nil {
			return outcome{}, fmt.Errorf("case %d has a record that Go refuses", i)
		}
		built, err := s.model.Bind(graph.Collate(s.cases[i], s.manifest.Layout, s.roomOf(c)))
		if err != nil {
			return outcome{}, fmt.Errorf("case %d: %w", i, err)
		}
		for j, in := range s.manifest.Inputs {
			want := c.Tensors[in.Tensor].Tensor
			n, err := f.tensor(fmt.Sprintf("case %d, %s", i, in.Tensor), &built[j], &want, allowedULPs(in))
			if err != nil {
				return outcome{}, err
			}
			steps = max(steps, n)
		}
	}
	return f.say("%d numbers, furthest apart by %g ulp of float32", f.compared, steps), nil
}

// roomOf is the padding that a case of the padded layout was written with.
func (s *subject) roomOf(c goldenCase) graph.Padding {
	first := c.Tensors[s.manifest.Inputs[0].Tensor]
	if s.manifest.Layout != graph.Padded || len(first.Shape) < 2 {
		return graph.Padding{}
	}
	return graph.Padding{Slots: int(first.Shape[1])}
}

// allowedULPs is 1 for fields that a square root, a sine or an exponential goes into.
func allowedULPs(in onnx.Input) float64 {
	if in.Normalisation != "" && in.Normalisation != "none" {
		return 1
	}
	return 0
}

// tensor counts the numbers further apart than allowed and returns how far, in steps of float32.
func (f *finding) tensor(name string, got, want *graph.Tensor, allowed float64) (steps float64, err error) {
	if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) {
		return 0, fmt.Errorf("%s: Go makes %s, golden.json has %s", name, got, want)
	}
	for k := range got.Len() {
		f.compared++
		n := 0.0
		if got.At(k) != want.At(k) {
			n = ulps(float32(got.At(k)), float32(want.At(k)))
		}
		steps = max(steps, n)
		if got.At(k) == want.At(k) || (n <= allowed && allowed > 0) {
			continue
		}
		if f.worst++; f.where == "" {
			f.where = fmt.Sprintf("%s%v: Go makes %v, golden.json has %v", name, index(k, got.Shape), got.At(k), want.At(k))
		}
	}
	return steps, nil
}

// index is the multi-index of element k.
func index(k int, shape []int64) []int {
	at := make([]int, len(shape))
	for d := len(shape) - 1; d >= 0; d-- {
		at[d], k = k%int(shape[d]), k/int(shape[d])
	}
	return at
}

// goldenOutputs runs the tensors of golden.json and compares with the outputs of float64 torch.
func goldenOutputs(ctx context.Context, s *subject) (outcome, error) {
	var f finding
	for i, c := range s.golden.Cases {
		in := make([]graph.Tensor, len(s.manifest.Inputs))
		for j, port := range s.manifest.Inputs {
			in[j] = c.Tensors[port.Tensor].Tensor
		}
		out, err := s.model.RunTensors(ctx, in)
		if err != nil {
			return outcome{}, fmt.Errorf("case %d: %w", i, err)
		}
		for name, want := range c.Outputs {
			got, place := out[name], fmt.Sprintf("case %d, %s", i, name)
			if !slices.Equal(got.Shape, want.Shape) {
				return outcome{}, fmt.Errorf("%s: the network gives %s, golden.json has %s", place, &got, &want)
			}
			f.closeTo(values64(&got), values64(&want.Tensor), func() string { return place })
		}
	}
	return f.say("%d numbers of %d cases", f.compared, len(s.golden.Cases)), nil
}

// goldenValues predicts the records, from text to units, and compares with the training library. Both
// are taken back through transform, so that one bound holds whatever the unit is.
func goldenValues(ctx context.Context, s *subject) (outcome, error) {
	var f finding
	for i, c := range s.golden.Cases {
		rows, err := s.model.PredictRecords(ctx, c.Records, onnx.Options{})
		if err != nil {
			return outcome{}, fmt.Errorf("case %d: %w", i, err)
		}
		for j, r := range rows {
			if r.Err != nil {
				return outcome{}, fmt.Errorf("case %d record %d: %w", i, j, r.Err)
			}
			if err := s.seeValues(&f, fmt.Sprintf("case %d record %d", i, j), r.Values, c.Values[j]); err != nil {
				return outcome{}, err
			}
		}
	}
	return f.say("%d values of %d cases, from text to units", f.compared, len(s.golden.Cases)), nil
}

// seeValues compares one record's values, in the order of the manifest's outputs.
func (s *subject) seeValues(f *finding, place string, got []onnx.Value, want numbers) error {
	for k, v := range got {
		if len(v.Data) > len(want) {
			return errors.New(place + " has too few values in golden.json")
		}
		o := s.manifest.Outputs[k]
		for m, x := range v.Data {
			f.see(relative(before(o, x), before(o, want[m])), func() string {
				return fmt.Sprintf("%s, %s: %v against %v %s", place, o.Name, x, want[m], o.Unit)
			})
		}
		want = want[len(v.Data):]
	}
	if len(want) > 0 {
		return fmt.Errorf("%s has %d values too many in golden.json", place, len(want))
	}
	return nil
}

// before undoes an output's transform.
func before(o onnx.Output, v float64) float64 {
	if o.Transform == nil {
		return v
	}
	return (v - o.Transform.Shift) / o.Transform.Scale
}
