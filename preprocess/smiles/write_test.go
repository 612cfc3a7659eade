package smiles

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"molserve/preprocess/molecule"
)

// handPicked has what drug-like molecules lack.
const handPicked = `C[C@H](O)[C@@H](O)C O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O C[C@H]1CC[C@@H](C)CC1 C[C@H]1CC[C@H](C)CC1 C12C3C4C1C5C2C3C45
C/C=C/C=C\C F/C=C(/Cl)C=C(F)/C=C\Br C1=C\CCCCCC/1 N/C=C/1CC/C(=C\F)C1 C(/F)=C/[C@@H](Cl)/C=C\F [H]/N=C(/C)F [H]/N=C(C)C [2H]C([2H])([3H])O [H][H] [H+] [H-].[Na+]
c1ccc2[nH]ccc2c1 c1ccc(-c2ccccc2)cc1 O=c1cc[nH]cc1 C[n+]1ccccc1 [cH-]1cccc1 [o+]1ccccc1 [se]1cccc1 [te]1cccc1 [si]1ccccc1 b1ccccc1 *1cc*cc1 C=*1csnc1C
C[S@](=O)c1ccccc1 C[S@@](=O)CC C[P@](F)Cl C1C[S@]1=O [C@@]1(F)(C)CCO1 C[N@+](CC)(CCC)c1ccccc1 C1CN[C@](O)(N)1 [C@H](F)(Cl)Br [C@@](F)(Cl)(Br)I
F[Pt@SP1](Cl)(Br)I F[Pt@SP2]([NH3])(Cl)Br [As@TB5](F)(Cl)(Br)(I)N [Co@OH7](F)(Cl)(Br)(I)(N)S [Co@OH3](F)(Cl)Br C[Co@OH12](F)(F)(F)(Cl)Cl NC(Br)=[C@AL1]=C(F)Cl
[CH3] C[CH]C [O] [N]=O [CH2:1][CH2:2] [C:0]C [12CH3:7] [Fe+3].[Cl-].[Cl-].[Cl-] [NH3]->[Cu]<-[NH3] C1CN->[Cu]<-N1 [Fe]<-n1ccccc1 O([Fe])([Fe])[Fe]
C~C C~1CCC1 C1~CCC1 C~C1C~CC1~C [Re]$[Re] C#N [C-]#[O+] CN(=O)=O OCl(=O)(=O)=O F[P-](F)(F)(F)(F)F O.O.[Na+].[Cl-] ** [U] [Og] CC.CC.C`

// goldenTexts are the SMILES of the golden records, without the odd ones.
func goldenTexts(t *testing.T) []string {
	texts := strings.Fields(handPicked)
	for _, row := range readGolden(t, "testdata/golden.jsonl", 200) {
		if row.Record["error"] == nil && row.Hydrogens == "implicit" {
			texts = append(texts, row.SMILES)
		}
	}
	return texts
}

func TestWrittenIsReadBack(t *testing.T) {
	for _, text := range goldenTexts(t) {
		m, err := Parse(text, Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if what := checkWritten(m); what != "" {
			t.Errorf("%s: %s", text, what)
		}
	}
}

// shuffled reads a SMILES and perceives it with its atoms and bonds in another order.
func shuffled(text string, r *rand.Rand) (*molecule.Molecule, error) {
	m, err := Read(text, Options{})
	if err != nil {
		return nil, err
	}
	n := len(m.Atoms)
	at := r.Perm(n)
	from := make([]int, n)
	for i, to := range at {
		from[to] = i
	}
	s := molecule.New(n)
	for _, i := range from {
		s.AddAtom(m.Atoms[i])
	}
	number := make([]int32, len(m.Bonds)) // old number of each bond
	for k, old := range r.Perm(len(m.Bonds)) {
		b := m.Bonds[old]
		b.Begin, b.End = int32(at[b.Begin]), int32(at[b.End])
		s.AddBond(b)
		number[k] = int32(old)
	}
	for i := range s.Atoms {
		now := make([]int32, 0, 6)
		for _, k := range s.Incident(i) {
			now = append(now, number[k])
		}
		a := &s.Atoms[i]
		if molecule.OddPermutation(now, m.Incident(from[i])) {
			a.Chiral = a.Chiral.Inverted()
		}
		if a.Permutation > 0 && a.Chiral >= molecule.ChiralSquarePlanar {
			a.Permutation = a.Chiral.Relist(a.Permutation, withMissing(m.Incident(from[i]), a.Chiral), withMissing(now, a.Chiral), false)
		}
	}
	return s, molecule.Perceive(s, molecule.Implicit)
}

func TestCanonicalTextHasNoOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, text := range goldenTexts(t) {
		m, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(text, err)
		}
		want, err := Write(m, WriteOptions{Canonical: true})
		if err != nil {
			t.Fatal(text, err)
		}
		for range 5 {
			s, err := shuffled(text, r)
			if err != nil {
				t.Errorf("%s shuffled: %v", text, err)
				break
			}
			if got, err := Write(s, WriteOptions{Canonical: true}); got != want {
				t.Errorf("%s: %s and %s (%v)", text, want, got, err)
				break
			}
		}
	}
}

func TestDifferentMoleculesHaveDifferentTexts(t *testing.T) {
	for _, pair := range [][2]string{
		{"C[C@H](F)Cl", "C[C@@H](F)Cl"}, {"F/C=C/F", `F/C=C\F`}, {"C[C@H]1CC[C@@H](C)CC1", "C[C@H]1CC[C@H](C)CC1"},
		{"F/C=C/C=C/F", `F/C=C/C=C\F`}, {"F[Pt@SP1](F)(Cl)Cl", "F[Pt@SP2](F)(Cl)Cl"}, {"[13CH4]", "C"}, {"[CH3:1]C", "CC"},
		{"OC1C(O)C(O)C(O)C(O)C1O", "O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O"},
		{"O[C@H]1[C@@H](O)[C@@H](O)[C@@H](O)[C@H](O)[C@H]1O", "O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O"},
		{"C[S@](=O)CC", "C[S@@](=O)CC"}, {"N->[Cu]", "[Cu]->N"}, {"[CH3]", "C"},
		{"C1CC2CCC1CC2.C1CC1", "C1CC2CCC1CC2.C1CCC1"},
	} {
		var texts [2]string
		for x, text := range pair {
			m, err := Parse(text, Options{})
			if err != nil {
				t.Fatal(text, err)
			}
			if texts[x], err = Write(m, WriteOptions{Canonical: true}); err != nil {
				t.Fatal(text, err)
			}
		}
		if texts[0] == texts[1] {
			t.Errorf("%v are both %s", pair, texts[0])
		}
	}
}

func TestWrittenText(t *testing.T) {
	for text, want := range map[string]string{
		"OCC": "CCO", "c1ccccc1C": "Cc1ccccc1", "[CH3][CH2][OH]": "CCO", "C1=CC=CC=C1": "c1ccccc1", "[Na+].[Cl-]": "[Cl-].[Na+]",
		"N1C=CC=C1": "c1ccc[nH]1", "[H]OC": "CO", "F/C(Cl)=C/F": "F/C(Cl)=C/F",
	} {
		m, err := Parse(text, Options{})
		if err != nil {
			t.Fatal(text, err)
		}
		if got, err := Write(m, WriteOptions{Canonical: true}); got != want || err != nil {
			t.Errorf("%s is written as %s (%v), want %s", text, got, err, want)
		}
	}
}

func TestWhatSMILESHasNoWordsForIsRefused(t *testing.T) {
	ring := molecule.New(3)
	for range 3 {
		ring.AddAtom(molecule.Atom{})
	}
	for i := range int32(3) {
		ring.AddBond(molecule.Bond{Begin: i, End: (i + 1) % 3})
	}
	zero := molecule.New(2)
	zero.AddAtom(molecule.Atom{Z: 6})
	zero.AddAtom(molecule.Atom{Z: 26})
	zero.AddBond(molecule.Bond{Begin: 0, End: 1, Type: molecule.ZeroBond})
	for name, m := range map[string]*molecule.Molecule{"ring of bonds without type": ring, "zero bond": zero} {
		var refusal *molecule.Error
		if text, err := Write(m, WriteOptions{}); !errors.As(err, &refusal) || refusal.Code != molecule.CodeUnsupported {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
	if text, err := Write(molecule.New(0), WriteOptions{Canonical: true}); text != "" || err != nil {
		t.Errorf("nothing is written as %q, %v", text, err)
	}
}

// TestWritingGiants: large and symmetric molecules are written soon, and read back.
func TestWritingGiants(t *testing.T) {
	wide := Options{MaxBytes: 1 << 30, MaxAtoms: 1 << 30}
	for name, text := range map[string]string{
		"chain":   strings.Repeat("C", 100_000),
		"water":   strings.Repeat("O.", 20_000) + "O",
		"butyl":   strings.Repeat("C(C(C)(C)C)", 2_000) + "C",
		"phenyl":  strings.Repeat("C(c1ccccc1)", 300) + "C",
		"star":    "[Fe]" + strings.Repeat("(CC)", 100) + "C",
		"centres": strings.Repeat("[C@H](C)", 480) + "C",
		"dienes":  "C" + strings.Repeat("/C=C/C", 2_000),
		"ladder":  "C1CC1" + strings.Repeat("C1CC1", 2_000),
		"ring":    "C1" + strings.Repeat("CC", 20_000) + "C1",
		"cage":    "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41",
		"grid":    grid(20, "C"),
	} {
		m, err := Parse(text, wide)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		start := time.Now()
		written, err := Write(m, WriteOptions{Canonical: true})
		t.Logf("%s: %d atoms in %v", name, len(m.Atoms), time.Since(start))
		back, err2 := Read(written, wide)
		if err := errors.Join(err, err2); err != nil || len(back.Atoms) != len(m.Atoms) || len(back.Bonds) != len(m.Bonds) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
