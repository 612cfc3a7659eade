package molecule

import (
	"errors"
	"slices"
	"testing"
)

// path builds a chain of n carbons.
func path(n int) *Molecule {
	m := New(n)
	for i := range n {
		m.AddAtom(Atom{Z: 6, Offset: -1})
		if i > 0 {
			m.AddBond(Bond{Begin: int32(i - 1), End: int32(i), Type: Single, StereoAtoms: [2]int32{-1, -1}})
		}
	}
	return m
}

func TestRanksOfAChain(t *testing.T) {
	m := perceive(t, path(6), Implicit)
	tied, err := CanonicalRanks(m, false)
	if err != nil || !slices.Equal(tied, []int32{0, 2, 4, 4, 2, 0}) {
		t.Errorf("ties: %v, %v", tied, err)
	}
	broken, err := CanonicalRanks(m, true)
	if err != nil || !slices.Equal(broken, []int32{0, 2, 4, 5, 3, 1}) {
		t.Errorf("broken: %v, %v", broken, err)
	}
}

func TestRanksOfNothing(t *testing.T) {
	if ranks, err := CanonicalRanks(New(0), true); err != nil || len(ranks) != 0 {
		t.Errorf("%v, %v", ranks, err)
	}
}

// TestBrokenTiesNumberTheAtoms: ranks with broken ties are a permutation that refines those with ties.
func TestBrokenTiesNumberTheAtoms(t *testing.T) {
	for _, m := range []*Molecule{path(50), ring(Single, Single, Single, Single, Single, Single, Single)} {
		perceive(t, m, Implicit)
		tied, err1 := CanonicalRanks(m, false)
		broken, err2 := CanonicalRanks(m, true)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		sorted := slices.Sorted(slices.Values(broken))
		for i, rank := range sorted {
			if int(rank) != i {
				t.Fatalf("%v is no permutation", broken)
			}
		}
		for i := range tied {
			for j := range tied {
				if tied[i] < tied[j] && broken[i] >= broken[j] {
					t.Fatalf("atoms %d and %d changed sides", i, j)
				}
			}
		}
	}
}

// TestRanksOfGiantsAreBounded: a long chain is ranked or refused, soon.
func TestRanksOfGiantsAreBounded(t *testing.T) {
	m := path(100_000)
	_, err := CanonicalRanks(m, true)
	var refusal *Error
	if err != nil && (!errors.As(err, &refusal) || refusal.Code != CodeTooLarge) {
		t.Errorf("%v", err)
	}
}
