package preprocess

import (
	"molserve/preprocess/featurize"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// Spec says how a model's graphs are built. A model's manifest is where it comes from.
type Spec struct {
	Featurizer string             // name of the feature table, such as chemprop_v2
	Hydrogens  molecule.Hydrogens // default: implicit
	MaxAtoms   int                // most atoms a molecule may have; default 1,000
	Elements   []uint8            // atomic numbers that the model knows; empty: all
	Edges      Edges              // how edges are drawn
	NodeWidth  int                // numbers in a node row of a raw graph; default: the featurizer's, or any
	EdgeWidth  int                // the same of an edge row
	Wants      Wants              // what else the model asks for
}

// Edges says how the edges of a graph are drawn. The zero value takes the molecule's bonds.
type Edges struct {
	Kind     EdgeKind
	Cutoff   float64 // radius: Å
	K        int     // knn
	MaxEdges int     // most edges a graph may have, loops left out; default 1,000,000

	SelfLoops bool           // an edge i → i for each node, behind the others
	LoopRule  graph.LoopRule // what their features are; default: zeros
	LoopRow   []float32      // [D] their features, in place of a rule
}

// EdgeKind names a rule, as the manifest does.
type EdgeKind string

// The rules. The zero value is Bonds.
const (
	Bonds    EdgeKind = "bonds"
	Radius   EdgeKind = "radius"
	Complete EdgeKind = "complete"
	KNN      EdgeKind = "knn"
)

// geometric tells whether edges are drawn between coordinates.
func (e *Edges) geometric() bool { return e.Kind != "" && e.Kind != Bonds }

// defaultMaxAtoms is what MaxAtoms stands for when it is zero.
const defaultMaxAtoms = 1000

func (s *Spec) maxAtoms() int {
	if s.MaxAtoms > 0 {
		return s.MaxAtoms
	}
	return defaultMaxAtoms
}

// Build turns a record into a graph. What it refuses is a *molecule.Error.
func Build(r Record, s *Spec) (*graph.Graph, error) {
	g, err := build(r, s)
	if err != nil {
		return nil, err
	}
	if err := s.Wants.record(g, &r); err != nil {
		return nil, err
	}
	if s.Edges.SelfLoops {
		g.AddLoops(s.Edges.LoopRule, s.Edges.LoopRow)
	}
	return g, nil
}

// build makes the graph of what the record says by itself.
func build(r Record, s *Spec) (*graph.Graph, error) {
	if s.Edges.geometric() {
		return buildStructure(r, s)
	}
	f, err := s.featurizer()
	if err != nil {
		return nil, err
	}
	if r.Kind == RawGraph {
		return graph.ParseRaw(r.Text, s.rawOptions(f))
	}
	m, err := Read(r, s)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1, "%s records need a featurizer; the model has none", r.Kind)
	}
	g, err := f.Graph(m)
	if err != nil {
		return nil, err
	}
	s.Wants.Molecule(g, m)
	return g, nil
}

// buildStructure builds what has coordinates.
func buildStructure(r Record, s *Spec) (*graph.Graph, error) {
	switch r.Kind {
	case SDF:
		return buildConformer(r, s)
	case XYZ, Atoms:
	default:
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1, "%s has no coordinates; the model draws edges by distance and takes %s, %s and %s",
			r.Kind, XYZ, SDF, Atoms)
	}
	f, err := readStructure(r, s)
	if err != nil {
		return nil, err
	}
	return BuildStructure(f, s)
}

// featurizer looks the feature table up; nil for a model that has none.
func (s *Spec) featurizer() (*featurize.Featurizer, error) {
	if s.Featurizer == "" {
		return nil, nil
	}
	return featurize.Named(s.Featurizer)
}

// rawOptions are the bounds of a raw graph, and the widths of f where s names none.
func (s *Spec) rawOptions(f *featurize.Featurizer) graph.RawOptions {
	o := graph.RawOptions{MaxAtoms: s.maxAtoms(), MaxEdges: s.Edges.MaxEdges, NodeWidth: s.NodeWidth, EdgeWidth: s.EdgeWidth}
	if o.MaxEdges == 0 {
		o.MaxEdges = geometry.DefaultMaxEdges
	}
	if f != nil && o.NodeWidth == 0 {
		o.NodeWidth, o.EdgeWidth = f.AtomWidth, f.BondWidth
	}
	return o
}

// Read turns a record into a perceived molecule.
func Read(r Record, s *Spec) (*molecule.Molecule, error) {
	switch r.Kind {
	case SMILES:
	case SDF:
		return readMolfile(r, s)
	default:
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1,
			"%s has coordinates and no bonds; the model needs bonds, and bonds are never guessed", r.Kind)
	}
	m, err := smiles.Parse(r.Text, smiles.Options{MaxAtoms: s.MaxAtoms, Hydrogens: s.Hydrogens})
	if err != nil {
		return nil, err
	}
	known := s.known()
	for i, a := range m.Atoms {
		if !known[a.Z] {
			return nil, refuseElement(i, a.Z, int(a.Offset))
		}
	}
	return m, nil
}

// known marks the elements that the model was trained on; all of them when it names none.
func (s *Spec) known() *[256]bool {
	if len(s.Elements) == 0 {
		return &everyElement
	}
	known := new([256]bool)
	for _, z := range s.Elements {
		known[z] = true
	}
	return known
}

var everyElement = func() (all [256]bool) {
	for z := range all {
		all[z] = true
	}
	return all
}()

// refuseElement refuses atom i by the name of its element.
func refuseElement(i int, z uint8, offset int) *molecule.Error {
	return molecule.Refuse(molecule.CodeUnsupported, offset, "atom %d is %s, an element that the model does not know", i, molecule.Symbol(z))
}
