package inspect

import (
	"errors"
	"io"

	"molserve/preprocess"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
	"molserve/preprocess/xyz"
)

// source returns what makes the next graph.
func (o BatchOptions) source(r io.Reader) (func() (*graph.Graph, error), error) {
	if o.Input == "xyz" {
		in := o.frames(r)
		return func() (*graph.Graph, error) {
			f, err := in.Next()
			if err != nil {
				return nil, err
			}
			return o.structureGraph(f)
		}, nil
	}
	name := o.Features
	if name == "" {
		name = bondsOf
	}
	f, err := featurize.Named(name)
	if err != nil {
		return nil, err
	}
	lines := stream.NewLines(r, max(longestLine, 2*o.MaxBytes))
	return func() (*graph.Graph, error) {
		line, err := lines.Next()
		if err != nil {
			return nil, err
		}
		return o.moleculeGraph(string(line), f)
	}, nil
}

// structureGraph draws the edges of a frame; without a cutoff there are none.
func (o BatchOptions) structureGraph(f *xyz.Frame) (*graph.Graph, error) {
	here := *f
	here.PBC = o.periodic(f)
	if o.Cutoff == 0 {
		g := &graph.Graph{N: f.N(), Numbers: f.Numbers, Positions: f.Positions, Cell: f.Cell, Periodic: here.PBC}
		w := o.wants()
		return g, w.Frame(g, f)
	}
	limit := max(f.N(), 1) // the reader held it to its own
	g, err := preprocess.BuildStructure(&here, &preprocess.Spec{MaxAtoms: limit, Wants: o.wants(),
		Edges: preprocess.Edges{Kind: preprocess.Radius, Cutoff: o.Cutoff, MaxEdges: o.MaxEdges}})
	var refusal *molecule.Error
	if errors.As(err, &refusal) && refusal.Line == 0 {
		refusal.Line = f.Line
	}
	return g, err
}

// bondsOf is a featurizer whose edges are drawn where none is named; its rows are dropped.
const bondsOf = "chemprop_v2"

// moleculeGraph makes the graph of a line of SMILES.
func (o BatchOptions) moleculeGraph(line string, f *featurize.Featurizer) (*graph.Graph, error) {
	m, err := o.molecule(line)
	if err != nil {
		return nil, err
	}
	g, err := f.Graph(m)
	if err != nil {
		return nil, err
	}
	if o.Features == "" {
		g.NodeWidth, g.EdgeWidth, g.NodeFeatures, g.EdgeFeatures = 0, 0, nil, nil
	}
	w := o.wants()
	w.Molecule(g, m)
	return g, nil
}
