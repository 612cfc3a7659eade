package preprocess

import (
	"molserve/preprocess/featurize"
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
}

// Build turns a record into a graph. What it refuses is a *molecule.Error.
func Build(r Record, s *Spec) (*graph.Graph, error) {
	m, err := Read(r, s)
	if err != nil {
		return nil, err
	}
	f, err := featurize.Named(s.Featurizer)
	if err != nil {
		return nil, err
	}
	return f.Graph(m)
}

// Read turns a record into a perceived molecule.
func Read(r Record, s *Spec) (*molecule.Molecule, error) {
	if r.Kind != SMILES {
		return nil, molecule.Refuse(molecule.CodeUnsupported, -1, "%s records are not read yet", r.Kind)
	}
	m, err := smiles.Parse(r.Text, smiles.Options{MaxAtoms: s.MaxAtoms, Hydrogens: s.Hydrogens})
	if err != nil {
		return nil, err
	}
	return m, checkElements(m, s.Elements)
}

// checkElements refuses the first atom whose element the model was not trained on.
func checkElements(m *molecule.Molecule, known []uint8) error {
	if len(known) == 0 {
		return nil
	}
	var ok [256]bool
	for _, z := range known {
		ok[z] = true
	}
	for i, a := range m.Atoms {
		if !ok[a.Z] {
			return molecule.Refuse(molecule.CodeUnsupported, int(a.Offset),
				"atom %d is %s, an element that the model does not know", i, molecule.Symbol(a.Z))
		}
	}
	return nil
}
