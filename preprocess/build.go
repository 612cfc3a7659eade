package preprocess

import (
	"sync"

	"molserve/preprocess/featurize"
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/smiles"
	"molserve/preprocess/standardize"
)

// Spec says how a model's graphs are built. A model's manifest is where it comes from.
type Spec struct {
	Featurizer string             // name of the feature table, such as chemprop_v2
	Hydrogens  molecule.Hydrogens // default: implicit
	MaxAtoms   int                // most atoms a molecule may have; default 1,000
	MaxBytes   int                // longest SMILES; default 100,000
	MaxSDF     int                // longest record of an SD file, bytes; default 16 MiB
	Budget     molecule.Budget    // of the work on a molecule; default molecule.DefaultBudget
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
	return build(r, s, (*featurize.Featurizer).Graph)
}

// BuildCompact is Build for a graph that goes into a batch and nowhere else: feature rows may be in the
// form of graph.Hot.
func BuildCompact(r Record, s *Spec) (*graph.Graph, error) {
	if s.Edges.SelfLoops {
		return Build(r, s) // loops are appended to written rows
	}
	return build(r, s, (*featurize.Featurizer).Compact)
}

// former makes the graph of a molecule.
type former func(*featurize.Featurizer, *molecule.Molecule) (*graph.Graph, error)

func build(r Record, s *Spec, form former) (*graph.Graph, error) {
	if len(r.Standardize) > 0 && (s.Edges.geometric() || r.Kind != SMILES && r.Kind != SDF) {
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1, "standardize: molecules with bonds can be changed; structures and raw graphs stay as they are sent")
	}
	g, err := buildAlone(r, s, form)
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

// buildAlone makes the graph of what the record says by itself.
func buildAlone(r Record, s *Spec, form former) (*graph.Graph, error) {
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
	reader := readers.Get().(*smiles.Reader) // the molecule lives no longer than this call
	defer readers.Put(reader)
	m, err := s.read(r, reader.Parse)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1, "%s records need a featurizer; the model has none", r.Kind)
	}
	g, err := form(f, m)
	if err != nil && r.Kind == SDF {
		err = molfile.Place(err, r.Line)
	}
	if err != nil {
		return nil, err
	}
	s.Wants.Molecule(g, m)
	g.Changes = m.Changes
	return g, nil
}

var readers = sync.Pool{New: func() any { return new(smiles.Reader) }}

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
func Read(r Record, s *Spec) (*molecule.Molecule, error) { return s.read(r, smiles.Parse) }

// read is Read by a function that parses SMILES.
func (s *Spec) read(r Record, parse func(string, smiles.Options) (*molecule.Molecule, error)) (*molecule.Molecule, error) {
	var m *molecule.Molecule
	var err error
	switch r.Kind {
	case SMILES:
		m, err = parse(r.Text, smiles.Options{MaxBytes: s.MaxBytes, MaxAtoms: s.MaxAtoms, Hydrogens: s.Hydrogens, Budget: s.Budget})
		if err == nil && len(r.Standardize) > 0 {
			m, err = standardize.Apply(m, r.Standardize)
		}
	case SDF:
		m, err = readMolfile(r, s)
	default:
		err = molecule.Refuse(molecule.CodeUnsupported, -1,
			"%s has coordinates and no bonds; the model needs bonds, and bonds are never guessed", r.Kind)
	}
	if err != nil {
		return nil, err
	}
	return m, s.checkElements(m, r.Kind)
}

// checkElements refuses the first atom of an element that the model does not know, by its place in the text.
func (s *Spec) checkElements(m *molecule.Molecule, kind Kind) error {
	if len(s.Elements) == 0 {
		return nil
	}
	known := s.known()
	for i := range m.Atoms {
		a := &m.Atoms[i]
		switch {
		case known[a.Z]:
		case kind == SDF:
			refusal := refuseElement(i, a.Z, -1)
			refusal.Line = int(a.Offset)
			return refusal
		default:
			return refuseElement(i, a.Z, int(a.Offset))
		}
	}
	return nil
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
