package featurize

import (
	"math"
	"math/bits"
	"slices"

	"molserve/preprocess/charges"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/pharmacophore"
)

// dgllifeWeave is WeaveAtomFeaturizer and WeaveEdgeFeaturizer of DGL-LifeSci (dgllife 0.3.2, utils/featurizers.py; Kearnes et al.,
// arXiv:1603.00856) on mol_to_complete_graph with add_self_loop=True and canonical_atom_order=False: every pair of atoms is an edge,
// each atom with itself too, sorted by source, then target.
//
//	atom  0–10 element H C N O F P S Cl Br I, other · 11–12 chiral tag CW CCW · 13 charge · 14 Gasteiger charge, 0 where it is NaN or
//	      infinite · 15 aromatic · 16–18 sp sp2 sp3 · 19 hydrogen-bond donor · 20 acceptor · 21–26 rings of 3…8 atoms through the atom
//	edge  0–6 more than 0…6 bonds apart, all 1 between fragments · 7–10 bond single double triple aromatic · 11 in one ring
var dgllifeWeave = Featurizer{Name: "dgllife_weave", AtomWidth: weaveAtomWidth, BondWidth: weaveEdgeWidth, pairs: weaveGraph}

var (
	weaveElements       = []uint8{1, 6, 7, 8, 9, 15, 16, 17, 35, 53}
	weaveHybridizations = []molecule.Hybridization{molecule.SP, molecule.SP2, molecule.SP3}
)

const weaveAtomWidth, weaveEdgeWidth = 27, 12

// weaveReach is how many distances have a column.
const weaveReach = 7

// maxPairs is the most edges that are written: those of 1,000 atoms.
const maxPairs = 1_000_000

func weaveGraph(m *molecule.Molecule) (*graph.Graph, error) {
	n := len(m.Atoms)
	if n*n > maxPairs {
		return nil, molecule.Refuse(molecule.CodeTooLarge, -1, "%d atoms make %d pairs, more than %d", n, n*n, maxPairs)
	}
	g := completeGraph(n, weaveAtomWidth, weaveEdgeWidth)
	partial := charges.Gasteiger(m)
	for i := range m.Atoms {
		g.Numbers[i] = m.Atoms[i].Z
		weaveAtom(m, i, partial[i], g.NodeFeatures[i*g.NodeWidth:(i+1)*g.NodeWidth])
	}
	var large pairMarks
	for _, ring := range m.Rings.Symmetric {
		weaveRing(g, ring, &large)
	}
	large.write(g)
	weaveDistances(m, g)
	for k := range m.Bonds {
		b := &m.Bonds[k]
		t := slices.Index(dgllifeBondTypes, b.Type)
		mark(pairRow(g, b.Begin, b.End)[7:11], t)
		mark(pairRow(g, b.End, b.Begin)[7:11], t)
	}
	return g, nil
}

func weaveAtom(m *molecule.Molecule, i int, charge float64, row []float32) {
	a := &m.Atoms[i]
	row[indexOrEnd(weaveElements, a.Z)] = 1
	mark(row[11:13], int(a.Chiral)-1)
	row[13] = float32(a.Charge)
	if !math.IsNaN(charge) && !math.IsInf(charge, 0) {
		row[14] = float32(charge)
	}
	row[15] = bit(a.Aromatic)
	mark(row[16:19], slices.Index(weaveHybridizations, a.Hybridization))
	row[19], row[20] = bit(pharmacophore.Donor(m, i)), bit(pharmacophore.Acceptor(m, i))
}

// largeRing is the size from which on the pairs of a ring are marked many at a time.
const largeRing = 64

// weaveRing counts a ring at its atoms and marks their pairs, those of a large one in large.
func weaveRing(g *graph.Graph, ring []int32, large *pairMarks) {
	if len(ring) >= largeRing {
		large.add(g.N, ring)
		return
	}
	for _, i := range ring {
		if 3 <= len(ring) && len(ring) <= 8 {
			g.NodeFeatures[int(i)*g.NodeWidth+21+len(ring)-3]++
		}
		for _, j := range ring {
			pairRow(g, i, j)[11] = 1
		}
	}
}

// pairMarks marks pairs of atoms, a bit each.
type pairMarks struct {
	words int      // of 64 atoms each
	rows  []uint64 // [n][words]; nil: no pair is marked
	ring  []uint64 // [words]
}

// add marks all pairs of a ring.
func (p *pairMarks) add(n int, ring []int32) {
	if p.rows == nil {
		p.words = (n + 63) / 64
		p.rows, p.ring = make([]uint64, n*p.words), make([]uint64, p.words)
	}
	clear(p.ring)
	for _, i := range ring {
		p.ring[i/64] |= 1 << (i % 64)
	}
	for _, i := range ring {
		row := p.rows[int(i)*p.words:][:p.words]
		for w, bits := range p.ring {
			row[w] |= bits
		}
	}
}

// write sets the column of pairs in one ring.
func (p *pairMarks) write(g *graph.Graph) {
	for at, word := range p.rows {
		for ; word != 0; word &= word - 1 {
			j := at%p.words*64 + bits.TrailingZeros64(word)
			pairRow(g, int32(at/p.words), int32(j))[11] = 1
		}
	}
}

// weaveDistances walks out from every atom, over bonds of all types, as far as there are columns.
func weaveDistances(m *molecule.Molecule, g *graph.Graph) {
	distance := make([]int, g.N)
	for i := range int32(g.N) {
		for j := range distance {
			distance[j] = weaveReach
		}
		distance[i] = 0
		queue := []int32{i}
		for at := 0; at < len(queue); at++ {
			j := queue[at]
			for _, k := range m.Incident(int(j)) {
				if h := int32(m.Other(int(k), int(j))); distance[h] > distance[j]+1 {
					distance[h] = distance[j] + 1
					queue = append(queue, h)
				}
			}
		}
		for j := range distance {
			row := pairRow(g, i, int32(j))
			for d := range distance[j] {
				row[d] = 1
			}
		}
	}
}

// pairRow is the row of the edge i → j of a complete graph.
func pairRow(g *graph.Graph, i, j int32) []float32 {
	k := int(i)*g.N + int(j)
	return g.EdgeFeatures[k*g.EdgeWidth : (k+1)*g.EdgeWidth]
}
