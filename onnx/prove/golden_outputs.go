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
