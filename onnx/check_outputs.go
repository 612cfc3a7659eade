package onnx

import (
	"fmt"
	"slices"

	"molserve/preprocess"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// reservedOutputs are what the Open Inference Protocol answers with beside the manifest's outputs.
var reservedOutputs = []string{"status", "error", "atom_offsets", "edge_offsets", "pair_offsets"}

func checkOutputs(m *Manifest, f *Faults) {
	if len(m.Outputs) == 0 {
		f.add("/outputs", "is empty")
	}
	names := map[string]bool{}
	for i := range m.Outputs {
		o, at := &m.Outputs[i], fmt.Sprintf("/outputs/%d", i)
		checkName(o.Name, at+"/name", names, f)
		if slices.Contains(reservedOutputs, o.Name) {
			f.add(at+"/name", "%q is reserved: an answer has one besides", o.Name)
		}
		if o.Tensor == "" {
			f.add(at+"/tensor", "is empty")
		}
		if o.Column != nil && *o.Column < 0 {
			f.add(at+"/column", "%d is negative", *o.Column)
		}
		owners.check(f, at+"/per", o.Per)
		if o.Per == graph.PerEdge && m.Layout == graph.Padded {
			f.add(at+"/per", "edges have no place in layout \"padded\"")
		}
		if o.Per == graph.PerPair && !slices.ContainsFunc(m.Inputs, func(in Input) bool { return in.Field == "pair_index" }) {
			f.add(at+"/per", "no input has field pair_index, the pairs that are asked about")
		}
		if o.Extensive && o.Per != graph.PerGraph {
			f.add(at+"/extensive", "is for outputs per graph, which is what adds up")
		}
		roles.check(f, at+"/role", o.Role)
		checkSymmetry(m, o, at+"/symmetry", f)
		checkTransform(m, o, at+"/transform", f)
		checkOf(m, o, at, f)
	}
	checkForces(m, f)
}

// checkSymmetry wants a word or an irreps string, that the graph's coordinates can bear out.
func checkSymmetry(m *Manifest, o *Output, at string, f *Faults) {
	s, err := o.Irreps()
	if o.Symmetry == tensor33 { // of the virial, which no manifest lists
		_, err = geometry.ParseIrreps(o.Symmetry)
	}
	switch {
	case err != nil:
		f.add(at, "%q is none of %s, and no irreps: %s", o.Symmetry, list([]string{invariant, pseudoscalar, vector3}), err)
	case o.Symmetry != invariant && m.Graph.Edges == string(preprocess.Bonds):
		f.add(at, "%q needs coordinates; edges %q has none", o.Symmetry, m.Graph.Edges)
	case s != nil && s.Dim() == 0:
		f.add(at, "%q has no columns", o.Symmetry)
	case o.Column != nil && (o.Symmetry == vector3 || s.Dim() > 1):
		f.add(at, "%q does not fit the one number of a column", o.Symmetry)
	}
}

// Irreps is how a row of the output turns, when its symmetry is an irreps string; nil for a word.
func (o *Output) Irreps() (geometry.Irreps, error) {
	switch o.Symmetry {
	case invariant, pseudoscalar, vector3, tensor33:
		return nil, nil
	}
	s, err := geometry.ParseIrreps(o.Symmetry)
	if err == nil && s == nil {
		err = fmt.Errorf("it is empty")
	}
	return s, err
}

// checkOf holds an edge force against its energy, of which it is the gradient.
func checkOf(m *Manifest, o *Output, at string, f *Faults) {
	if o.Role != edgeForce {
		if o.Of != "" {
			f.add(at+"/of", "is for outputs of role %q", edgeForce)
		}
		return
	}
	if o.Per != graph.PerEdge || o.Symmetry != vector3 || o.Column != nil {
		f.add(at+"/role", "an edge force is per edge, a vector, and its whole tensor")
	}
	if o.Transform != nil {
		f.add(at+"/transform", "an edge force takes the scale of its energy")
	}
	i := slices.IndexFunc(m.Outputs, func(e Output) bool { return e.Name == o.Of })
	if i < 0 || o.Of == "" {
		f.add(at+"/of", "%q names no output", o.Of)
		return
	}
	e := &m.Outputs[i]
	if e.Per != graph.PerGraph || e.Symmetry != invariant || e.Role != "value" || e.Transform != nil && (e.Transform.Sigmoid || e.Transform.Softmax) {
		f.add(at+"/of", "%q is not an energy: an invariant value per graph", o.Of)
	}
	if want := e.Unit + "/Å"; o.Unit != want {
		f.add(at+"/unit", "is %q, the gradient of %s is in %q", o.Unit, o.Of, want)
	}
}

// checkForces wants that forces can be made from the gradient of one energy, and that their names are free.
func checkForces(m *Manifest, f *Faults) {
	gradients, vectors := 0, 0
	for i, o := range m.Outputs {
		if o.Role != edgeForce {
			continue
		}
		if gradients++; gradients > 1 {
			f.add(fmt.Sprintf("/outputs/%d/role", i), "a second edge force; one energy has forces")
		}
	}
	if gradients == 0 {
		direct := slices.ContainsFunc(m.Outputs, func(o Output) bool { return o.Name == forcesName })
		if m.Task.Level == "forces" && !direct {
			f.add("/task/level", "is \"forces\", but no output has role %q or name %q", edgeForce, forcesName)
		}
		return
	}
	for i, o := range m.Outputs {
		if o.Name == forcesName || o.Name == virialName {
			f.add(fmt.Sprintf("/outputs/%d/name", i), "%q is what is made from the edge force", o.Name)
		}
	}
	for i, in := range m.Inputs {
		if in.Field == "edge_vectors" {
			vectors++
		} else if slices.Contains(fieldsOfPlaces, in.Field) {
			f.add(fmt.Sprintf("/inputs/%d/field", i), "%s depends on the places too; the edge force would miss it", in.Field)
		}
	}
	if vectors != 1 {
		f.add("/inputs", "%d have field edge_vectors; an edge force is the gradient by one", vectors)
	}
}
