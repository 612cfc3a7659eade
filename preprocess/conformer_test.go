package preprocess

import (
	"errors"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/standardize"
)

// water is a conformer, its label in columns 21 and 22.
const water = `water
  drawn             3D

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.1200 O   0  0
    0.0000    0.7600   -0.4700 H   0  0
    0.0000   -0.7600   -0.4700 H   0  0
  1  2  1  0
  1  3  1  0
M  END
`

func TestMolfilesAreGraphsOfBondsAndOfPlaces(t *testing.T) {
	r := Record{Kind: SDF, Text: water}
	g, err := Build(r, &Spec{Featurizer: "chemprop_v2"})
	if err != nil || g.N != 1 || g.E != 0 {
		t.Fatalf("%+v %v: hydrogens fold as those of a SMILES", g, err)
	}
	g, err = Build(r, &Spec{Edges: Edges{Kind: Radius, Cutoff: 1.2}})
	if err != nil || g.N != 3 || g.E != 4 || g.Positions[1] != [3]float64{0, 0.76, -0.47} {
		t.Fatalf("%+v %v", g, err)
	}
	hydroxide := strings.Replace(strings.Replace(strings.Replace(water, "O   0  0", "O   0  5", 1), "  3  2", "  2  1", 1), "  1  3  1  0\n", "", 1)
	rows := strings.SplitAfter(hydroxide, "\n")
	g, err = Build(Record{Kind: SDF, Text: strings.Join(append(rows[:6:6], rows[7:]...), "")}, &Spec{Edges: Edges{Kind: Complete}})
	if err != nil || g.N != 2 || g.Charge != -1 {
		t.Fatalf("%+v %v: the charge is that of the atoms", g, err)
	}
}

func TestModelsOfPlacesTakeNoDrawings(t *testing.T) {
	flat := strings.NewReplacer("3D", "2D", "0.1200", "0.0000", "-0.4700", " 0.0000").Replace(water)
	bare := strings.NewReplacer("O  ", "C  ").Replace(water)
	far := strings.Replace(water, "    0.0000    0.7600", "    0.0000 9000000.0", 1)
	for text, code := range map[string]molecule.Code{flat: molecule.CodeUnsupported, bare: molecule.CodeUnsupported, far: molecule.CodeFormat} {
		_, err := Build(Record{Kind: SDF, Text: text, Line: 100}, &Spec{Edges: Edges{Kind: Radius, Cutoff: 5}})
		var refusal *molecule.Error
		if !errors.As(err, &refusal) || refusal.Code != code || refusal.Line < 104 || refusal.Line > 106 {
			t.Errorf("%+v, want %s", err, code)
		}
	}
	_, err := Build(Record{Kind: SDF, Text: water}, &Spec{Featurizer: "chemprop_v2", Elements: []uint8{6}})
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Line != 5 {
		t.Errorf("unknown element: %+v", err)
	}
}

func TestMolfilesAreStandardizedAndRefusedByLine(t *testing.T) {
	salt := strings.NewReplacer("O   0  0", "O   0  5", "    0.7600   -0.4700 H   0  0", "    0.7600   -0.4700 Na  0  3", "  3  2", "  3  1", "  1  2  1  0\n", "").Replace(water)
	r := Record{Kind: SDF, Text: salt, Line: 11, Standardize: standardize.Steps}
	g, err := Build(r, &Spec{Featurizer: "chemprop_v2", Elements: []uint8{8}})
	if err != nil || g.N != 1 || g.Charge != 0 || len(g.Changes) != 2 {
		t.Errorf("%+v %v", g, err)
	}
	high := strings.Replace(salt, "M  END", "M  CHG  1   2   7\nM  END", 1)
	_, err = Build(Record{Kind: SDF, Text: high, Line: 11}, &Spec{Featurizer: "pyg"})
	var refusal *molecule.Error
	if !errors.As(err, &refusal) || refusal.Line != 16 || refusal.Offset != -1 {
		t.Errorf("a value that the featurizer has no index for: %+v", err)
	}
	if _, err = Build(r, &Spec{Edges: Edges{Kind: Complete}}); !errors.As(err, &refusal) || refusal.Code != molecule.CodeUnsupported {
		t.Errorf("a model of places: %+v", err)
	}
}
