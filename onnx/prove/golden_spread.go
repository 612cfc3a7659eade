package prove

import (
	"math"
	"slices"

	"molserve/onnx"
)

// margin is how many times the bound the golden numbers of an output must be apart: what differs by less shows
// no more than its first digit.
const margin = 10

// unspread are the roles of outputs that may be one number for all molecules.
var unspread = []string{"variance", "attention"}

// checkSpread wants golden outputs that a network which answers the same to everything would miss. Errors
// below 1 are absolute, so that a network of tiny numbers, scaled up afterwards, would hold whatever it says.
func (s *subject) checkSpread(f *faults) {
	bound := margin * s.manifest.Tolerance.Golden
	for i := range s.manifest.Outputs {
		o := &s.manifest.Outputs[i]
		if slices.Contains(unspread, o.Role) {
			continue
		}
		least, most := math.Inf(-1), math.Inf(1) // of a constant within the bound of all
		for _, c := range s.golden.Cases {
			for _, b := range columnNumbers(c.Outputs[o.Tensor], o) {
				least, most = max(least, b-bound*max(1, math.Abs(b))), min(most, b+bound*max(1, math.Abs(b)))
			}
		}
		if least <= most {
			f.add("the golden numbers of %s are alike within %g: any constant network would pass; let the network give numbers of about 1 and scale less", o.Name, bound)
		}
	}
}

// columnNumbers are the numbers of an output in its tensor.
func columnNumbers(t goldenTensor, o *onnx.Output) []float64 {
	all := values64(&t.Tensor)
	if o.Column == nil || len(t.Shape) == 0 {
		return all
	}
	var some []float64
	for k := *o.Column; k < len(all); k += int(t.Shape[len(t.Shape)-1]) {
		some = append(some, all[k])
	}
	return some
}
