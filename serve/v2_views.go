package serve

import (
	"slices"
	"strings"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
)

// Each model is two of the Open Inference Protocol: NAME takes texts and gives values in units, NAME.tensors
// is the network itself.
const tensorsSuffix = ".tensors"

// Outputs of NAME beside those of its manifest.
const (
	statusOutput  = "status"
	errorOutput   = "error"
	offsetsSuffix = "_offsets"
)

// v2Name takes a model's name of the protocol apart.
func v2Name(name string) (base string, tensors bool) { return strings.CutSuffix(name, tensorsSuffix) }

// tensorView describes a tensor. Shape: -1 is any size.
type tensorView struct {
	Name     string
	DType    graph.DType
	Shape    []int64
	PerOwner string // of NAME's outputs: graph, atom, …; empty: it is none of the manifest's
	Unit     string
}

// v2View is a model of the protocol.
type v2View struct {
	name            string
	platform        string
	inputs, outputs []tensorView
}

// viewV2 describes a snapshot as either of its models.
func viewV2(s *snapshot, tensors bool) v2View {
	if tensors {
		v := v2View{name: s.name + tensorsSuffix, platform: "onnxruntime_onnx"}
		in, out := s.model.Network().Signature()
		v.inputs, v.outputs = viewTensors(in), viewTensors(out)
		return v
	}
	v := v2View{name: s.name, platform: "molserve_onnx"}
	v.inputs = []tensorView{{Name: strings.ToUpper(string(textKind(s.model.Manifest()))), DType: v2.Bytes, Shape: []int64{-1}}}
	var owners []string
	for _, o := range s.model.Outputs() {
		v.outputs = append(v.outputs, tensorView{Name: o.Name, DType: graph.Float64, Shape: append([]int64{-1}, tail(s.model, &o)...), PerOwner: o.Per, Unit: o.Unit})
		if perOwner(o.Per) && !slices.Contains(owners, o.Per) {
			owners = append(owners, o.Per)
		}
	}
	v.outputs = append(v.outputs, tensorView{Name: statusOutput, DType: v2.Bytes, Shape: []int64{-1}}, tensorView{Name: errorOutput, DType: v2.Bytes, Shape: []int64{-1}})
	for _, per := range owners {
		v.outputs = append(v.outputs, tensorView{Name: per + offsetsSuffix, DType: graph.Int64, Shape: []int64{-1}})
	}
	return v
}

// perOwner tells outputs of which a molecule has as many rows as atoms, edges or pairs, and not one.
func perOwner(per string) bool { return per != graph.PerGraph && per != graph.PerBatch }

// textKind is what the rows of NAME's input are: SMILES if the model takes them, else XYZ, else what it takes.
func textKind(m *onnx.Manifest) preprocess.Kind {
	for _, k := range []preprocess.Kind{preprocess.SMILES, preprocess.XYZ} {
		if slices.Contains(m.Accepts, string(k)) {
			return k
		}
	}
	return preprocess.Kind(m.Accepts[0])
}

func viewTensors(infos []onnx.TensorInfo) (views []tensorView) {
	for _, t := range infos {
		views = append(views, tensorView{Name: t.Name, DType: t.DType, Shape: t.Shape})
	}
	return views
}

// tail is the shape of one row of an output, as far as the network's file tells it.
func tail(m Predictor, o *onnx.Output) []int64 {
	switch {
	case o.Tensor == "" && o.Symmetry == "vector": // forces
		return []int64{3}
	case o.Tensor == "" && o.Symmetry == "tensor": // virial
		return []int64{3, 3}
	}
	_, outputs := m.Network().Signature()
	i := slices.IndexFunc(outputs, func(t onnx.TensorInfo) bool { return t.Name == o.Tensor })
	lead := 1
	switch {
	case o.Per == graph.PerBatch:
		lead = 0
	case o.Per == graph.PerAtom && m.Manifest().Layout == graph.Padded:
		lead = 2
	}
	if i < 0 || len(outputs[i].Shape) < lead {
		return nil
	}
	shape := outputs[i].Shape[lead:]
	if o.Column != nil && len(shape) > 0 {
		shape = shape[:len(shape)-1]
	}
	return shape
}
