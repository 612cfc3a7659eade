package preprocess

import (
	"math"

	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/standardize"
	"molserve/preprocess/xyz"
)

// readMolfile reads the molecule of an sdf record and changes what is asked.
func readMolfile(r Record, s *Spec) (*molecule.Molecule, error) {
	c, err := parseMolfile(r, s, s.Hydrogens)
	if err == nil && len(r.Standardize) > 0 {
		c, err = standardize.Record(c, r.Standardize)
	}
	if err != nil {
		return nil, err
	}
	return c.Mol, nil
}

func parseMolfile(r Record, s *Spec, h molecule.Hydrogens) (*molfile.Record, error) {
	return molfile.Parse(r.Text, molfile.Options{MaxBytes: s.MaxSDF, MaxAtoms: s.maxAtoms(), Hydrogens: h, Budget: s.Budget, Line: r.Line})
}

// atomLine places a refusal at the line of atom i.
func atomLine(refusal *molecule.Error, c *molfile.Record, i int) *molecule.Error {
	refusal.Line = int(c.Mol.Atoms[i].Offset)
	return refusal
}

// buildConformer draws edges between the atoms of an sdf record. All hydrogens must be atoms of it, in
// three dimensions: coordinates are never made up.
func buildConformer(r Record, s *Spec) (*graph.Graph, error) {
	c, err := parseMolfile(r, s, molecule.Keep)
	if err != nil {
		return nil, err
	}
	if err := s.checkElements(c.Mol, r.Kind); err != nil {
		return nil, err
	}
	f, err := frameOf(c)
	if err != nil {
		return nil, err
	}
	g, err := BuildStructure(f, s)
	if err != nil {
		return nil, err
	}
	s.Wants.Molecule(g, c.Mol)
	return g, nil
}

// frameOf makes the structure of a conformer, whose atoms stand on lines that follow each other.
func frameOf(c *molfile.Record) (*xyz.Frame, error) {
	f := &xyz.Frame{Positions: c.Positions, Line: c.Line}
	for i, a := range c.Mol.Atoms {
		switch hs := c.Mol.TotalHs(i); {
		case c.Dim != 3:
			return nil, atomLine(molecule.Refuse(molecule.CodeUnsupported, -1,
				"the molfile is a drawing, flat (2D); the model needs coordinates in three dimensions"), c, i)
		case hs > 0:
			return nil, atomLine(molecule.Refuse(molecule.CodeUnsupported, -1,
				"atom %d (%s) has %d hydrogens without coordinates; the model needs each hydrogen as an atom", i, molecule.Symbol(a.Z), hs), c, i)
		}
		for _, x := range c.Positions[i] {
			if math.Abs(x) > maxCoordinate {
				return nil, atomLine(molecule.Refuse(molecule.CodeFormat, -1, "coordinate %g; coordinates must be within %g Å", x, maxCoordinate), c, i)
			}
		}
		f.Numbers = append(f.Numbers, a.Z)
	}
	if len(f.Numbers) > 0 {
		f.Line = max(int(c.Mol.Atoms[0].Offset)-2, 1) // of an XYZ file with the atoms on these lines
	}
	return f, nil
}

// maxCoordinate bounds the coordinates of a structure, Å, as in XYZ files.
const maxCoordinate = 1e6
