package onnx

import (
	"slices"

	"molserve/preprocess/graph"
)

// What Go makes of an edge force.
const (
	forcesName = "forces"
	virialName = "virial"
	tensor33   = "tensor" // symmetry of a 3×3 matrix W: under a rotation R it is R W Rᵀ
)

// Served lists what a prediction has: the manifest's outputs in their order without edge forces, and
// after them what is made of an edge force:
//
//	forces  per atom, a vector       F_i = −∂E/∂r_i, in the energy's unit per Å
//	virial  per graph, a 3×3 matrix  W = −∂E/∂ε, in the energy's unit; periodic structures alone have one
func (m *Manifest) Served() []Output {
	var out []Output
	for _, r := range m.readers() {
		out = append(out, r.Output)
	}
	return out
}

// readers are how the served outputs are read out of the network's.
func (m *Manifest) readers() []reader {
	var out, derived []reader
	for _, o := range m.Outputs {
		if o.Role != edgeForce {
			out = append(out, reader{Output: o, energies: o.Transform.energyTable()})
			continue
		}
		scale := m.gradientScale(&o)
		derived = append(derived,
			reader{Output: Output{Name: forcesName, Unit: o.Unit, Per: graph.PerAtom, Symmetry: vector3, Role: "value"}, gradient: &o, scale: scale},
			reader{Output: Output{Name: virialName, Unit: m.energyOf(&o).Unit, Per: graph.PerGraph, Symmetry: tensor33, Role: "value"}, gradient: &o, scale: scale})
	}
	return append(out, derived...)
}

// energyOf is the output whose gradient o is.
func (m *Manifest) energyOf(o *Output) *Output {
	i := slices.IndexFunc(m.Outputs, func(e Output) bool { return e.Name == o.Of })
	if i < 0 {
		return &Output{} // of a manifest that was not checked
	}
	return &m.Outputs[i]
}

// gradientScale takes the tensor of an edge force, the gradient of the energy's tensor by the input
// edge_vectors, to ∂E/∂Vec in units: by the scale of the energy, and by −1 for vectors of the other sign.
func (m *Manifest) gradientScale(o *Output) float64 {
	scale := 1.0
	if t := m.energyOf(o).Transform; t != nil {
		scale = t.Scale
	}
	for _, in := range m.Inputs {
		if in.Field == "edge_vectors" && in.Sign == swapped {
			scale = -scale
		}
	}
	return scale
}

// reader takes a served output out of a batch's tensors.
type reader struct {
	Output
	energies *energyTable
	gradient *Output // forces and virial: the edge force that they are made of
	scale    float64 // of the gradient's tensor
}

// source is the output whose tensor is read.
func (r *reader) source() *Output {
	if r.gradient != nil {
		return r.gradient
	}
	return &r.Output
}

// value is what g has of the output, in units; t holds the rows of g, [N,…] per atom, [E,…] per edge.
func (r *reader) value(g *graph.Graph, t *graph.Tensor) Value {
	switch {
	case r.gradient == nil:
		return r.plain(g, t)
	case r.Name == forcesName:
		return forces(g, t, r.scale)
	}
	return virial(g, t, r.scale)
}

// plain takes the output's columns out of t.
func (r *reader) plain(g *graph.Graph, t *graph.Tensor) Value {
	owners, shape := 1, t.Shape
	if r.Per != graph.PerGraph && r.Per != graph.PerBatch {
		owners, shape = int(t.Shape[0]), t.Shape[1:]
	}
	width, first, end := 1, 0, 1 // of a row of t; columns that are taken
	for _, d := range shape {
		width *= int(d)
	}
	if r.Column != nil {
		first, end = *r.Column, *r.Column+1
	} else {
		end = width
	}
	v := Value{Shape: r.shape(t), Data: make([]float64, 0, owners*(end-first))}
	for i := range owners {
		for c := first; c < end; c++ {
			v.Data = append(v.Data, t.At(i*width+c))
		}
		r.Transform.apply(v.Data[i*(end-first):], r.energy(g, i))
	}
	return v
}

// shape is that of the value: t's without the dimension of a column; nil for a number.
func (r *reader) shape(t *graph.Tensor) []int {
	var shape []int
	for _, d := range t.Shape {
		shape = append(shape, int(d))
	}
	if r.Column != nil {
		shape = shape[:len(shape)-1]
	}
	if len(shape) == 0 {
		return nil
	}
	return shape
}

// energy is Σ e(Z) of the atoms of owner i.
func (r *reader) energy(g *graph.Graph, i int) float64 {
	switch {
	case r.energies == nil:
		return 0
	case r.Per == graph.PerAtom:
		return r.energies.of(g.Numbers[i : i+1])
	}
	return r.energies.of(g.Numbers)
}
