package onnx

import (
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// Spec says how the model's graphs are built.
func (m *Manifest) Spec() preprocess.Spec {
	s := preprocess.Spec{MaxAtoms: m.Chemistry.MaxAtoms, Hydrogens: hydrogenWords[m.Chemistry.Hydrogens], Elements: m.elements()}
	s.Edges.Kind = preprocess.EdgeKind(m.Graph.Edges)
	if m.Graph.Cutoff != nil {
		s.Edges.Cutoff = *m.Graph.Cutoff
	}
	if m.Graph.K != nil {
		s.Edges.K = *m.Graph.K
	}
	s.Edges.SelfLoops, s.Edges.LoopRule, s.Edges.LoopRow = m.Graph.SelfLoops, m.Graph.loopRule(), m.Graph.loopRow()
	for _, in := range m.Inputs {
		s.Wants.Field(in.Field)
		switch {
		case in.Field == auxiliaryField:
			s.Wants.Auxiliary = int(in.Shape[len(in.Shape)-1].Size)
		case in.Featurizer != "":
			s.Featurizer = in.Featurizer
		case in.Field == "node_features":
			s.NodeWidth = int(in.Shape[len(in.Shape)-1].Size)
		case in.Field == "edge_features", in.Field == "bond_features":
			s.EdgeWidth = int(in.Shape[len(in.Shape)-1].Size)
		}
	}
	return s
}

// elements are the atomic numbers of chemistry.elements.
func (m *Manifest) elements() []uint8 {
	var out []uint8
	for _, symbol := range m.Chemistry.Elements {
		if z, ok := molecule.AtomicNumber(symbol); ok {
			out = append(out, z)
		}
	}
	return out
}

// Field is the array of the batch that input i binds.
func (m *Manifest) Field(i int) graph.Field {
	in := &m.Inputs[i]
	f := graph.Field{Name: in.Field, DType: in.DType, Order: in.Order, Normalisation: in.Normalisation, SelfLoops: in.SelfLoops,
		Sign: in.Sign, Basis: in.Basis, Envelope: in.Envelope}
	if in.Field == "species" {
		f.Elements = m.elements()
	}
	if in.LMax != nil {
		f.LMax = *in.LMax
	}
	if in.Size != nil {
		f.Size = *in.Size
	}
	return f
}
