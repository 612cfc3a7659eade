package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

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
		if s.cases[i] == nil {
			return outcome{}, fmt.Errorf("case %d has a record that Go refuses", i)
		}
		rows, err := s.model.PredictRecords(ctx, c.Records, onnx.Options{})
		if err != nil {
			return outcome{}, fmt.Errorf("case %d: %w", i, err)
		}
		for j, r := range rows {
			if r.Err != nil {
				return outcome{}, fmt.Errorf("case %d record %d: %w", i, j, r.Err)
			}
			one := predicted{s.cases[i][j], r.Values, fmt.Sprintf("case %d record %d", i, j)}
			if err := s.seeValues(&f, one, c.Values[j]); err != nil {
				return outcome{}, err
			}
		}
	}
	return f.say("%d values of %d cases, from text to units", f.compared, len(s.golden.Cases)), nil
}

// predicted is what one record became.
type predicted struct {
	graph  *graph.Graph
	values []onnx.Value // of the model's outputs
	place  string
}

// seeValues compares one record's values with all that golden.json has of it: by name, or all in the
// order of the model's outputs.
func (s *subject) seeValues(f *finding, p predicted, want goldenValue) error {
	if want.named != nil {
		return s.seeNamed(f, p, want.named)
	}
	rest := want.all
	for k, v := range p.values {
		if len(v.Data) > len(rest) {
			return errors.New(p.place + " has too few values in golden.json")
		}
		s.seeValue(f, &s.model.Outputs()[k], p, v.Data, rest[:len(v.Data)])
		rest = rest[len(v.Data):]
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s has %d values too many in golden.json", p.place, len(rest))
	}
	return nil
}

// seeNamed wants every output whose role is value, but the virial, which golden.json may leave out.
func (s *subject) seeNamed(f *finding, p predicted, want map[string]numbers) error {
	seen := 0
	for k, v := range p.values {
		o := &s.model.Outputs()[k]
		w, ok := want[o.Name]
		switch {
		case ok && len(w) != len(v.Data):
			return fmt.Errorf("%s has %d numbers of %s in golden.json, not %d", p.place, len(w), o.Name, len(v.Data))
		case ok:
			seen++
			s.seeValue(f, o, p, v.Data, w)
		case o.Role == "value" && o.Name != "virial":
			return fmt.Errorf("%s has no %s in golden.json", p.place, o.Name)
		}
	}
	if seen != len(want) {
		return fmt.Errorf("%s has values in golden.json that the model does not serve", p.place)
	}
	return nil
}

// seeValue compares one output, both sides taken back through its transform. Forces and virials, which no
// tensor is, count by their share of forceBound.
func (s *subject) seeValue(f *finding, o *onnx.Output, p predicted, got, want numbers) {
	share := 1.0
	if o.Tensor == "" {
		share = s.manifest.Tolerance.Golden / forceBound
	}
	for k, x := range got {
		atoms := p.graph.Numbers
		if o.Per == "atom" {
			atoms = atoms[k*len(atoms)/len(got):][:1]
		}
		f.see(share*relative(o.Transform.Undo(x, atoms...), o.Transform.Undo(want[k], atoms...)), func() string {
			return fmt.Sprintf("%s, %s: %v against %v %s", p.place, o.Name, x, want[k], o.Unit)
		})
	}
}
