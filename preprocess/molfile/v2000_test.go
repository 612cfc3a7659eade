package molfile

import "testing"

const ethanol = `ethanol
     RDKit          2D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.2990    0.7500    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    2.5981   -0.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  2  3  1  0
M  END
`

func TestParseReadsABlock(t *testing.T) {
	r, err := Parse(ethanol, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Mol.Title != "ethanol" || r.Mol.Formula() != "C2H6O" || r.Dim != 2 {
		t.Errorf("%s %s %d", r.Mol.Title, r.Mol.Formula(), r.Dim)
	}
}
