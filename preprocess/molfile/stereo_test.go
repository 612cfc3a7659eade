package molfile_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
)

// goldenStereo is a line of testdata/stereo.jsonl, written by tests/parity/golden_molfile_stereo.py.
type goldenStereo struct {
	Why         string   `json:"why"`
	Block       string   `json:"block"`
	Keep        bool     `json:"keep"` // hydrogens stay atoms
	Z           []int    `json:"z"`
	Chi         []int    `json:"chi"`
	Permutation []int    `json:"permutation"`
	CIP         []string `json:"cip"`
	H           []int    `json:"h"`
	Bonds       [][3]any `json:"bonds"` // begin, end, stereo
}

func readGoldenStereo(t testing.TB) (list []goldenStereo) {
	t.Helper()
	file, err := os.Open("testdata/stereo.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan() // versions
	for lines.Scan() {
		var want goldenStereo
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		list = append(list, want)
	}
	return list
}

func (want *goldenStereo) parse(t *testing.T, block string) *molfile.Record {
	t.Helper()
	o := molfile.Options{}
	if want.Keep {
		o.Hydrogens = molecule.Keep
	}
	r, err := molfile.Parse(block, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, block)
	}
	return r
}

func TestStereoEqualsRDKit(t *testing.T) {
	for _, want := range readGoldenStereo(t) {
		t.Run(want.Why, func(t *testing.T) { want.check(t, want.parse(t, want.Block)) })
	}
}

func (want *goldenStereo) check(t *testing.T, r *molfile.Record) {
	m := r.Mol
	var z, chi, permutation, hs []int
	var cip []string
	for i, a := range m.Atoms {
		z, chi, hs = append(z, int(a.Z)), append(chi, int(a.Chiral)), append(hs, m.TotalHs(i))
		permutation, cip = append(permutation, int(a.Permutation)), append(cip, strings.Trim(string(a.CIP), "\x00"))
	}
	if len(r.Positions) != len(z) {
		t.Errorf("%d positions of %d atoms", len(r.Positions), len(z))
	}
	if !slices.Equal(z, want.Z) {
		t.Fatalf("elements %v, want %v", z, want.Z)
	}
	for what, pair := range map[string][2][]int{"tags": {chi, want.Chi}, "permutations": {permutation, want.Permutation}, "hydrogens": {hs, want.H}} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s %v, want %v\n%s", what, pair[0], pair[1], want.Block)
		}
	}
	if !slices.Equal(cip, want.CIP) {
		t.Errorf("labels %q, want %q", cip, want.CIP)
	}
	for k, b := range m.Bonds {
		if got := [3]any{float64(b.Begin), float64(b.End), b.Stereo.String()}; got != want.Bonds[k] {
			t.Errorf("bond %d is %v, want %v", k, got, want.Bonds[k])
		}
	}
}

// A drawing with all wedges turned over is the mirror image.
func TestWedgesTurnedOverMirrorTheMolecule(t *testing.T) {
	for _, want := range readGoldenStereo(t) {
		r := want.parse(t, want.Block)
		if r.Dim == 3 {
			continue
		}
		mirrored := want.parse(t, turnWedges(want.Block)).Mol
		for i, a := range r.Mol.Atoms {
			if got := mirrored.Atoms[i].Chiral; got != a.Chiral.Inverted() {
				t.Errorf("%s: atom %d has tag %d, its image %d", want.Why, i, a.Chiral, got)
			}
		}
		for k, b := range r.Mol.Bonds {
			if got := mirrored.Bonds[k].Stereo; got != turned(b.Stereo) {
				t.Errorf("%s: bond %d is %v, its image %v", want.Why, k, b.Stereo, got)
			}
		}
	}
}

// turnWedges swaps solid and hashed in the bond lines of a V2000 block.
func turnWedges(block string) string {
	lines := strings.Split(block, "\n")
	for x, line := range lines {
		if len(line) != 12 {
			continue
		}
		switch line[9:] {
		case "  1":
			lines[x] = line[:9] + "  6"
		case "  6":
			lines[x] = line[:9] + "  1"
		}
	}
	return strings.Join(lines, "\n")
}

func turned(s molecule.BondStereo) molecule.BondStereo {
	switch s {
	case molecule.StereoAtropCW:
		return molecule.StereoAtropCCW
	case molecule.StereoAtropCCW:
		return molecule.StereoAtropCW
	}
	return s
}
