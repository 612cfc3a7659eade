package inspect

import (
	"errors"
	"io"

	"molserve/preprocess"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/stream"
	"molserve/preprocess/xyz"
)

// sited is a graph with the line of its file that its record begins at, from 1; 0 of SMILES, which have characters.
type sited struct {
	*graph.Graph
	line int
}

// source returns what makes the next graph, or io.EOF behind the last.
func (o BatchOptions) source(r io.Reader) (func() (sited, error), error) {
	if o.Input == "xyz" {
		return o.structures(o.frames(r)), nil
	}
	name := o.Features
	if name == "" {
		name = bondsOf
	}
	f, err := featurize.Named(name)
	if err != nil {
		return nil, err
	}
	switch o.Input {
	case "sdf":
		return o.records(o.sdf(r), f), nil
	case "mol":
		return o.records(o.molfile(r), f), nil
	}
	return o.lines(stream.NewLines(r, max(longestLine, 2*o.MaxBytes)), f), nil
}

// structures makes the graphs of frames.
func (o BatchOptions) structures(in *xyz.Reader) func() (sited, error) {
	return func() (sited, error) {
		f, err := in.Next()
		if err != nil {
			return sited{}, err
		}
		g, err := o.structureGraph(f)
		return sited{g, f.Line}, err
	}
}

// records makes the graphs of molfiles.
func (o BatchOptions) records(next molfiles, f *featurize.Featurizer) func() (sited, error) {
	return func() (sited, error) {
		r, err := next()
		if err != nil {
			return sited{}, err
		}
		g, err := o.bondGraph(r.Mol, f)
		return sited{g, r.Line}, molfile.Place(err, r.Line)
	}
}

// lines makes the graphs of SMILES.
func (o BatchOptions) lines(in *stream.Lines, f *featurize.Featurizer) func() (sited, error) {
	return func() (sited, error) {
		line, err := in.Next()
		if err != nil {
			return sited{}, err
		}
		m, err := o.molecule(string(line))
		if err != nil {
			return sited{}, err
		}
		g, err := o.bondGraph(m, f)
		return sited{g, 0}, err
	}
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

// bondGraph makes the graph of a molecule.
func (o BatchOptions) bondGraph(m *molecule.Molecule, f *featurize.Featurizer) (*graph.Graph, error) {
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
