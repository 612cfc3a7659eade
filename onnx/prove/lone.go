package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

// oneAtom runs a graph of one node and no edges alone, several of it, and among others: the sizes at
// which exported networks reshape wrongly, divide by nothing, or end the process.
func oneAtom(ctx context.Context, s *subject) (outcome, error) {
	lone, name, err := s.lone()
	if err != nil {
		return outcome{}, err
	}
	others := bonded(s.all())
	f, err := s.inCompany(ctx, [][]*graph.Graph{{lone}, {lone, lone, lone}, {lone, others[0]}, {others[0], lone, others[1]}})
	return f.say("%s alone, thrice, and among others", name), err
}

// bonded puts graphs with edges before those without: among lone atoms a lone atom is in no company.
func bonded(graphs []*graph.Graph) []*graph.Graph {
	return append(withEdges(graphs), slices.DeleteFunc(slices.Clone(graphs), func(g *graph.Graph) bool { return g.E > 0 })...)
}

// lone returns methane where the model reads SMILES and knows carbon, else the first node of a probe.
func (s *subject) lone() (*graph.Graph, string, error) {
	if len(s.all()) < 2 {
		return nil, "", errors.New("there are no molecules to take an atom from")
	}
	if slices.Contains(s.manifest.Accepts, string(preprocess.SMILES)) {
		g, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: "C"}, s.model.Spec())
		if err == nil && g.N == 1 { // where hydrogens are no atoms
			return g, "methane", nil
		}
	}
	return withNodes(&graph.Graph{}, s.all()[0], 1), "the first atom of a molecule", nil
}

// isolatedAtoms adds nodes without edges to molecules, as counter-ions are, and compares them and the
// molecules beside them.
func isolatedAtoms(ctx context.Context, s *subject) (outcome, error) {
	graphs := s.all()
	var batches [][]*graph.Graph
	for i := 0; i+1 < min(s.sample(), len(graphs)); i += 2 {
		salt := withNodes(graphs[i], graphs[i], 1+i%3)
		batches = append(batches, []*graph.Graph{salt, graphs[i+1]}, []*graph.Graph{graphs[i+1], salt, graphs[i]})
	}
	f, err := s.inCompany(ctx, batches)
	return f.say("%d batches of molecules with one to three isolated atoms", len(batches)), err
}

// inCompany runs batches and compares each graph with what is expected of it.
func (s *subject) inCompany(ctx context.Context, batches [][]*graph.Graph) (*finding, error) {
	f := &finding{}
	want, err := s.expected(ctx, slices.Concat(batches...))
	if err != nil {
		return f, err
	}
	for _, batch := range batches {
		got, err := s.run(ctx, batch, graph.Padding{})
		if err != nil {
			return f, err
		}
		s.close(got, want[:len(batch)], "place", f)
		want = want[len(batch):]
	}
	return f, nil
}

// outOfReach is between the added atoms of a structure, Å.
const outOfReach = 1e3

// withNodes returns g with k more nodes and no more edges; the nodes have the features of like's first.
func withNodes(g, like *graph.Graph, k int) *graph.Graph {
	u := *g
	u.N, u.NodeWidth, u.EdgeWidth = g.N+k, like.NodeWidth, like.EdgeWidth
	u.NodeFeatures, u.Numbers = slices.Clone(g.NodeFeatures), slices.Clone(g.Numbers)
	if g.N == 0 { // what is sent of a whole molecule
		u.Auxiliary, u.Charge, u.Multiplicity, u.Pairs, u.Rings = like.Auxiliary, like.Charge, like.Multiplicity, like.Pairs[:0], like.Rings[:0]
	}
	if like.Velocities != nil {
		u.Velocities = append(slices.Clip(g.Velocities), make([]vec, k)...)
	}
	for range k {
		u.NodeFeatures = append(u.NodeFeatures, like.NodeFeatures[:like.NodeWidth]...)
		u.Numbers = append(u.Numbers, like.Numbers[0])
		if like.Positions != nil {
			u.Positions = append(slices.Clip(u.Positions), vec{outOfReach * float64(len(u.Positions)+1)})
		}
	}
	return &u
}

// unknownElement predicts an atom of each element that the manifest does not list, and counts those
// that are answered instead of refused.
func unknownElement(ctx context.Context, s *subject) (outcome, error) {
	var records []preprocess.Record
	for z := uint8(1); z <= heaviest; z++ {
		if !slices.Contains(s.manifest.Chemistry.Elements, molecule.Symbol(z)) {
			r, err := s.atomRecord(z)
			if err != nil {
				return outcome{}, err
			}
			records = append(records, r)
		}
	}
	rows, err := s.model.PredictRecords(ctx, records, onnx.Options{})
	if err != nil {
		return outcome{}, err
	}
	var taken faults
	for i, r := range rows {
		if r.Err == nil || r.Err.Code != molecule.CodeUnsupported {
			taken.add("%s: %s", records[i].Text, verdict(r))
		}
	}
	if len(taken) > 0 {
		return taken.outcome(), nil
	}
	return outcome{detail: fmt.Sprintf("%d elements, each refused", len(records))}, nil
}

// atomRecord writes a lone atom in a kind that the model takes.
func (s *subject) atomRecord(z uint8) (preprocess.Record, error) {
	for _, kind := range s.manifest.Accepts {
		switch preprocess.Kind(kind) {
		case preprocess.SMILES:
			return preprocess.Record{Kind: preprocess.SMILES, Text: "[" + molecule.Symbol(z) + "]"}, nil
		case preprocess.Atoms:
			return structure{Numbers: []uint8{z}, Positions: []vec{{}}}.record(), nil
		case preprocess.SDF:
			return preprocess.Record{Kind: preprocess.SDF, Text: loneAtom(molecule.Symbol(z))}, nil
		case preprocess.XYZ:
			return preprocess.Record{Kind: preprocess.XYZ, Text: "1\n\n" + molecule.Symbol(z) + " 0 0 0\n"}, nil
		}
	}
	return preprocess.Record{}, fmt.Errorf("no check writes an element in any of %v", s.manifest.Accepts)
}

// loneAtom is a molfile of one atom without hydrogens, in three dimensions.
func loneAtom(symbol string) string {
	return "\n  molserve          3D\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 " +
		fmt.Sprintf("%-3s 0  0  0  0  0 15  0  0  0  0  0  0\nM  END\n", symbol)
}

// heaviest is the last element of the periodic table.
const heaviest = 118

func verdict(r onnx.Row) string {
	if r.Err == nil {
		return "answered"
	}
	return r.Err.Error()
}
