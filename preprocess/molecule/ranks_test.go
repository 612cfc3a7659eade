package molecule

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// plainRanks is RDKit's iterateCIPRanks as it stands: every atom, every round.
func plainRanks(m *Molecule, key []int32) []int32 {
	entries := make([][]int32, len(key))
	for i, k := range key {
		entries[i] = []int32{k}
	}
	ranks, classes := rankEntries(entries)
	for rounds := 0; rounds < len(key)/2+1 && classes < len(key); rounds++ {
		for i := range entries {
			entries[i] = append([]int32{ranks[i]}, plainNeighbours(m, i, ranks)...)
		}
		next, n := rankEntries(entries)
		if n == classes {
			break
		}
		ranks, classes = next, n
	}
	return ranks
}

func plainNeighbours(m *Molecule, i int, ranks []int32) []int32 {
	var around []int32
	for _, k := range m.incident[i] {
		j := m.Other(int(k), i)
		for range m.cipWeight(k, j) {
			around = append(around, ranks[j]+1)
		}
	}
	slices.Sort(around)
	slices.Reverse(around)
	return append(around, make([]int32, m.TotalHs(i))...)
}

// rankEntries numbers the classes of equal entries, lowest first.
func rankEntries(entries [][]int32) (ranks []int32, classes int) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, slices.Compare)
	sorted = slices.CompactFunc(sorted, slices.Equal)
	for _, e := range entries {
		r, _ := slices.BinarySearchFunc(sorted, e, slices.Compare)
		ranks = append(ranks, int32(r))
	}
	return ranks, len(sorted)
}

// randomMolecule has few elements and bond types, so that much of it is symmetrical.
func randomMolecule(r *rand.Rand) *Molecule {
	m := &Molecule{}
	n := 1 + r.IntN(30)
	for i := range n {
		m.AddAtom(Atom{Z: []uint8{6, 6, 6, 8, 15}[r.IntN(5)], ImplicitHs: uint8(r.IntN(3))})
		if i > 0 {
			m.AddBond(Bond{Begin: int32(r.IntN(i)), End: int32(i), Type: []BondType{Single, Single, Double}[r.IntN(3)]})
		}
	}
	for range r.IntN(4) {
		if i, j := r.IntN(n), r.IntN(n); i != j && m.BondBetween(i, j) < 0 {
			m.AddBond(Bond{Begin: int32(i), End: int32(j), Type: Single})
		}
	}
	return m
}

func TestRanksEqualThePlainAlgorithm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 1000 {
		m := randomMolecule(r)
		fast := newRanker(m)
		for range 2 { // a second time over the order that the first one left
			key := cipKeys(m)
			fast.refine(key)
			plain := plainRanks(m, key)
			for i := range plain {
				for j := range plain {
					if (plain[i] < plain[j]) != (fast.rank[i] < fast.rank[j]) {
						t.Fatalf("trial %d: atoms %d and %d: plain %v, fast %v", trial, i, j, plain, fast.rank)
					}
				}
			}
		}
	}
}

func TestUnmarkedMoleculeCostsNoMemory(t *testing.T) {
	m := randomMolecule(rand.New(rand.NewPCG(3, 4)))
	if n := testing.AllocsPerRun(10, func() { _ = assignStereochemistry(m) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A chain splits into classes from both ends, one pair of atoms in each of 500 rounds.
func BenchmarkRanksOfChain(b *testing.B) {
	m := &Molecule{}
	for i := range 1000 {
		m.AddAtom(Atom{Z: 6, ImplicitHs: 2})
		if i > 0 {
			m.AddBond(Bond{Begin: int32(i - 1), End: int32(i), Type: Single})
		}
	}
	for b.Loop() {
		newRanker(m).refine(cipKeys(m))
	}
}
