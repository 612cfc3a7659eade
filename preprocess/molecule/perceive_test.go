package molecule

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// ring builds a ring of carbons whose bonds have the given types.
func ring(types ...BondType) *Molecule {
	m := New(len(types))
	for range types {
		m.AddAtom(Atom{Z: 6, Offset: -1})
	}
	for i, t := range types {
		m.AddBond(Bond{Begin: int32(i), End: int32((i + 1) % len(types)), Type: t, StereoAtoms: [2]int32{-1, -1}})
	}
	return m
}

func perceive(t *testing.T, m *Molecule, h Hydrogens) *Molecule {
	t.Helper()
	if err := Perceive(m, h); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBenzeneFromItsKekuleForm(t *testing.T) {
	m := perceive(t, ring(Double, Single, Double, Single, Double, Single), Implicit)
	for i := range m.Atoms {
		if a := m.Atoms[i]; !a.Aromatic || a.Hybridization != SP2 || m.TotalHs(i) != 1 {
			t.Errorf("atom %d: %+v", i, a)
		}
	}
	for k, b := range m.Bonds {
		if b.Type != AromaticBond || !b.Conjugated || !m.BondInRing(k) {
			t.Errorf("bond %d: %+v", k, b)
		}
	}
}

func TestCyclobutadieneIsNotAromatic(t *testing.T) {
	m := perceive(t, ring(Double, Single, Double, Single), Implicit)
	if m.Atoms[0].Aromatic {
		t.Error("4 electrons are aromatic")
	}
}

func TestOddRingHasNoKekuleForm(t *testing.T) {
	m := ring(AromaticBond, AromaticBond, AromaticBond, AromaticBond, AromaticBond)
	for i := range m.Atoms {
		m.Atoms[i].Aromatic = true
		m.Bonds[i].Aromatic = true
	}
	var refusal *Error
	if err := Perceive(m, Implicit); !errors.As(err, &refusal) || refusal.Code != CodeKekulize {
		t.Errorf("got %v", err)
	}
}

func TestFiveBondsOfCarbonAreRefused(t *testing.T) {
	m := New(6)
	m.AddAtom(Atom{Z: 6, Offset: 7})
	for range 5 {
		m.AddBond(Bond{End: int32(m.AddAtom(Atom{Z: 9})), Type: Single})
	}
	var refusal *Error
	if err := Perceive(m, Implicit); !errors.As(err, &refusal) || refusal.Code != CodeValence || refusal.Offset != 7 {
		t.Errorf("got %v", err)
	}
}

func TestAddedHydrogensComeLast(t *testing.T) {
	m := perceive(t, ring(Single, Single, Single), Explicit)
	if len(m.Atoms) != 9 || m.Formula() != "C3H6" || m.Degree(0) != 4 || m.TotalHs(0) != 0 {
		t.Fatalf("%d atoms, %s", len(m.Atoms), m.Formula())
	}
	for h := 3; h < 9; h++ {
		if b := m.Bonds[m.Incident(h)[0]]; int(b.Begin) != (h-3)/2 || m.AtomInRing(h) {
			t.Errorf("hydrogen %d hangs on atom %d", h, b.Begin)
		}
	}
}

func TestMassesAndFormula(t *testing.T) {
	m := New(3)
	m.AddAtom(Atom{Z: 8, NoImplicit: true, ExplicitHs: 1, Charge: -1})
	m.AddAtom(Atom{Z: 1, Isotope: 2, NoImplicit: true, Charge: 1})
	m.AddAtom(Atom{Z: 6, Isotope: 200, NoImplicit: true})
	if got, want := m.Mass(), 15.999+1.008+2.014101778+200; math.Abs(got-want) > 1e-9 {
		t.Errorf("mass %v, want %v", got, want)
	}
	if got, want := m.ExactMass(), 15.99491462+1.007825032+2.014101778+200; math.Abs(got-want) > 1e-9 {
		t.Errorf("exact mass %v, want %v", got, want)
	}
	if got := m.Formula(); got != "CH2O" {
		t.Errorf("formula %s", got)
	}
	if of, count := m.Fragments(); count != 3 || !slices.Equal(of, []int32{0, 1, 2}) {
		t.Errorf("fragments %v", of)
	}
}

func TestSymbolsAreRead(t *testing.T) {
	for z := 1; z <= MaxZ; z++ {
		if got, ok := AtomicNumber(Symbol(uint8(z))); !ok || int(got) != z {
			t.Errorf("%s is read as %d", Symbol(uint8(z)), got)
		}
	}
}

func TestSortBySizeSorts(t *testing.T) {
	for n := range 200 {
		rings := make([]foundRing, n)
		for r := range rings {
			rings[r].atoms = make([]int32, 3+(r*7919+n)%11)
		}
		sortBySize(rings)
		if !slices.IsSortedFunc(rings, func(a, b foundRing) int { return len(a.atoms) - len(b.atoms) }) {
			t.Fatalf("%d rings are not sorted", n)
		}
	}
}

// TestScratchIsNotShared perceives one molecule after another with the same scratch memory.
func TestScratchIsNotShared(t *testing.T) {
	first := perceive(t, ring(Single, Single, Single, Single, Single), Implicit)
	want := slices.Clone(first.Rings.SSSR[0])
	for range 10 {
		perceive(t, ring(Double, Single, Double, Single, Double, Single), Implicit)
	}
	if !slices.Equal(first.Rings.SSSR[0], want) || first.work != nil {
		t.Errorf("the ring %v became %v", want, first.Rings.SSSR[0])
	}
}
