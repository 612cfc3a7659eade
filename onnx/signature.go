package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess/graph"
)

// matchSignature holds what a network takes and gives against the manifest. Every difference is
// reported at once, at its place in the manifest.
func matchSignature(m *Manifest, in, out []TensorInfo) error {
	return signatureFaults(m, in, out).err()
}

func signatureFaults(m *Manifest, in, out []TensorInfo) (f Faults) {
	for i := range m.Inputs {
		matchInput(&m.Inputs[i], in, fmt.Sprintf("/inputs/%d", i), &f)
	}
	for _, t := range in {
		if !slices.ContainsFunc(m.Inputs, func(i Input) bool { return i.Tensor == t.Name }) {
			f.add("/inputs", "none is for the network's input %q", t.Name)
		}
	}
	for i := range m.Outputs {
		matchOutput(&m.Outputs[i], m.Layout, out, fmt.Sprintf("/outputs/%d", i), &f)
	}
	return f
}

// find returns the tensor of that name, or reports that there is none.
func find(name string, infos []TensorInfo, at string, f *Faults) *TensorInfo {
	i := slices.IndexFunc(infos, func(t TensorInfo) bool { return t.Name == name })
	if i < 0 {
		f.add(at+"/tensor", "the network has no %q; it has %s", name, list(names(infos)))
		return nil
	}
	return &infos[i]
}

// matchInput wants the same type, rank and sizes. A size that the network fixes where the manifest has
// a symbol is an export gone wrong: the network would refuse any batch but one.
func matchInput(in *Input, infos []TensorInfo, at string, f *Faults) {
	t := find(in.Tensor, infos, at, f)
	if t == nil {
		return
	}
	if t.DType != in.DType {
		f.add(at+"/dtype", "is %s, the network takes %s", in.DType, t.DType)
	}
	if len(t.Shape) != len(in.Shape) {
		f.add(at+"/shape", "has %d dimensions, the network takes %d: %v", len(in.Shape), len(t.Shape), t.Shape)
		return
	}
	for i, size := range t.Shape {
		if size >= 0 && (in.Shape[i].Symbol != "" || in.Shape[i].Size != size) {
			f.add(fmt.Sprintf("%s/shape/%d", at, i), "is %s, the network takes %d only", in.Shape[i], size)
		}
	}
}

// matchOutput wants numbers in a shape that can be given back to graphs, atoms or edges.
func matchOutput(o *Output, l graph.Layout, infos []TensorInfo, at string, f *Faults) {
	t := find(o.Tensor, infos, at, f)
	if t == nil {
		return
	}
	if t.DType == graph.Bool {
		f.add(at+"/tensor", "%q is %s, not numbers", o.Tensor, t.DType)
	}
	lead := o.leading(l)
	if len(t.Shape) < lead || o.Column != nil && len(t.Shape) != lead+1 {
		f.add(at+"/tensor", "%q has %d dimensions %v, which %s", o.Tensor, len(t.Shape), t.Shape, o.rankRule(l))
		return
	}
	for i, size := range t.Shape[:lead] {
		if size >= 0 {
			f.add(at+"/tensor", "%q fixes dimension %d, the number of %ss, to %d", o.Tensor, i, o.Per, size)
		}
	}
	if last := len(t.Shape) - 1; o.turning() > 0 && o.Column == nil &&
		(last < lead || t.Shape[last] >= 0 && t.Shape[last] != int64(o.turning())) {
		f.add(at+"/symmetry", "is %s, %d numbers; the network gives %q as %v", o.Symmetry, o.turning(), o.Tensor, t.Shape)
	}
	if last := len(t.Shape) - 1; o.Transform != nil && o.Transform.Softmax && (last < lead || t.Shape[last] == 1) {
		f.add(at+"/transform/softmax", "is over a row, and the network gives %q one number a row, %v: every answer would be 1", o.Tensor, t.Shape)
	}
	if o.Column != nil && t.Shape[lead] >= 0 && int64(*o.Column) >= t.Shape[lead] {
		f.add(at+"/column", "is %d, the network gives %d columns", *o.Column, t.Shape[lead])
	}
}

// turning is how many numbers of a row turn together: 3 of a vector, all of an irreps string, 0 of invariants.
func (o *Output) turning() int {
	if o.Symmetry == vector3 {
		return 3
	}
	s, _ := o.Irreps()
	return s.Dim()
}

// leading counts the dimensions of the output's tensor that name its owner: [G], [N], [E], [B], [B,n], or none per batch.
func (o *Output) leading(l graph.Layout) int {
	if o.Per == graph.PerBatch {
		return 0
	}
	if o.Per == graph.PerAtom && l == graph.Padded {
		return 2
	}
	return 1
}

func (o *Output) rankRule(l graph.Layout) string {
	if o.Column != nil {
		return fmt.Sprintf("must be %d for a column per %s", o.leading(l)+1, o.Per)
	}
	return fmt.Sprintf("must be at least %d per %s", o.leading(l), o.Per)
}
