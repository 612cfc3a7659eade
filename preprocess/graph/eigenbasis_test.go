package graph_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/graph"
)

// rounding bounds what the order of float64 sums makes of numbers that are rounded to float32 in the end.
const rounding = 1e-6

// bonded is a molecule of n atoms, all of one element.
func bonded(n int, bonds ...[2]int32) *graph.Graph {
	g := &graph.Graph{N: n, Numbers: make([]uint8, n)}
	for _, b := range bonds {
		k := int32(g.E)
		g.Src, g.Dst, g.Reverse = append(g.Src, b[0], b[1]), append(g.Dst, b[1], b[0]), append(g.Reverse, k+1, k)
		g.E += 2
	}
	return g
}

// ring is n atoms in a ring, and a tail of as many atoms as asked.
func ring(n, tail int) *graph.Graph {
	var bonds [][2]int32
	for i := range n {
		bonds = append(bonds, [2]int32{int32(i), int32((i + 1) % n)})
	}
	for i := range tail {
		bonds = append(bonds, [2]int32{int32((n + i - 1) * min(i, 1)), int32(n + i)})
	}
	return bonded(n+tail, bonds...)
}

// skeletons are graphs with symmetries and shared eigenvalues.
func skeletons() map[string]*graph.Graph {
	return map[string]*graph.Graph{
		"chain": bonded(6, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{2, 3}, [2]int32{3, 4}, [2]int32{4, 5}),
		"star":  bonded(5, [2]int32{0, 1}, [2]int32{0, 2}, [2]int32{0, 3}, [2]int32{0, 4}),
		"ring":  ring(6, 0), "tailed ring": ring(6, 2), "large ring": ring(12, 0),
		"fused": bonded(10, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{2, 3}, [2]int32{3, 4}, [2]int32{4, 5}, [2]int32{5, 0},
			[2]int32{4, 6}, [2]int32{6, 7}, [2]int32{7, 8}, [2]int32{8, 9}, [2]int32{9, 5}),
		"cube": bonded(8, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{2, 3}, [2]int32{3, 0}, [2]int32{4, 5}, [2]int32{5, 6}, [2]int32{6, 7},
			[2]int32{7, 4}, [2]int32{0, 4}, [2]int32{1, 5}, [2]int32{2, 6}, [2]int32{3, 7}),
		"salt": bonded(7, [2]int32{0, 1}, [2]int32{1, 2}, [2]int32{3, 4}, [2]int32{4, 5}),
	}
}

// encoding is [N][k] of one graph.
func encoding(t *testing.T, g *graph.Graph, k int) [][]float64 {
	t.Helper()
	out := fieldOf(t, graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{}), graph.Field{Name: "laplacian_encoding", Size: k})
	rows := make([][]float64, g.N)
	for i := range rows {
		for c := range k {
			rows[i] = append(rows[i], out.At(i*k+c))
		}
	}
	return rows
}

// Where atoms can be told apart, every column is fixed, of shared eigenvalues too.
func TestEigenvectorsOfAtomsThatDifferFollowAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for name, g := range skeletons() {
		for range 5 {
			for i, z := range r.Perm(g.N) {
				g.Numbers[i] = uint8(z + 1)
			}
			nodes := r.Perm(g.N)
			was, is := encoding(t, g, g.N-1), encoding(t, g.Permute(nodes, r.Perm(g.E)), g.N-1)
			for i, to := range nodes {
				for c := range g.N - 1 {
					if math.Abs(was[i][c]-is[to][c]) > rounding {
						t.Fatalf("%s: atom %d column %d is %v, permuted %v", name, i, c, was[i][c], is[to][c])
					}
				}
			}
		}
	}
}

// A vector that every symmetry leaves as it is follows a permutation; of the others no rule could choose the
// sign. The mirror of a tailed ring swaps atoms 1 and 5, 2 and 4.
func TestEigenvectorsThatSymmetryKeepsFollowAPermutation(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	g := ring(6, 2)
	was, kept := encoding(t, g, 7), 0
	for range 20 {
		nodes := r.Perm(g.N)
		is := encoding(t, g.Permute(nodes, r.Perm(g.E)), 7)
		for c := range 7 {
			if math.Abs(was[1][c]-was[5][c]) > rounding || math.Abs(was[2][c]-was[4][c]) > rounding {
				continue
			}
			kept++
			for i, to := range nodes {
				if math.Abs(was[i][c]-is[to][c]) > rounding {
					t.Fatalf("atom %d column %d is %v, permuted %v", i, c, was[i][c], is[to][c])
				}
			}
		}
	}
	if kept != 20*5 { // 8 atoms, 2 of 8 vectors change sign in the mirror, 1 is the trivial one
		t.Errorf("%d columns were kept, want 5 each time", kept)
	}
}

// Whatever the order of the atoms, columns span the same spaces: a column c counts with all of its eigenvalue.
func TestEigenvectorsAreOrthonormalEigenvectors(t *testing.T) {
	for name, g := range skeletons() {
		x := encoding(t, g, g.N-1)
		degree := make([]float64, g.N)
		for _, i := range g.Dst {
			degree[i]++
		}
		last := 0.0
		for c := range g.N - 1 {
			lx, norm := make([]float64, g.N), 0.0
			for i := range g.N {
				lx[i] = x[i][c]
			}
			for k, i := range g.Dst {
				j := g.Src[k]
				lx[i] -= x[j][c] / math.Sqrt(degree[i]*degree[j])
			}
			value := 0.0
			for i := range g.N {
				value, norm = value+x[i][c]*lx[i], norm+x[i][c]*x[i][c]
			}
			if math.Abs(norm-1) > rounding || value < last-rounding {
				t.Errorf("%s: column %d has length² %v, eigenvalue %v after %v", name, c, norm, value, last)
			}
			last = value
			for i := range g.N {
				if math.Abs(lx[i]-value*x[i][c]) > 1e-5 {
					t.Errorf("%s: column %d is no eigenvector at atom %d", name, c, i)
				}
			}
			for d := range c {
				dot := 0.0
				for i := range g.N {
					dot += x[i][c] * x[i][d]
				}
				if math.Abs(dot) > rounding {
					t.Errorf("%s: columns %d and %d are not orthogonal: %v", name, c, d, dot)
				}
			}
		}
	}
}

// Colours split a chain from both ends, in half as many rounds as it has atoms: the most there can be.
func BenchmarkLaplacianEncodingOfALongChain(b *testing.B) {
	g := &graph.Graph{N: 300}
	for i := range int32(299) {
		k := int32(g.E)
		g.Src, g.Dst, g.Reverse = append(g.Src, i, i+1), append(g.Dst, i+1, i), append(g.Reverse, k+1, k)
		g.E += 2
	}
	batch, out := graph.Collate([]*graph.Graph{g}, graph.Packed, graph.Padding{}), new(graph.Tensor)
	for b.Loop() {
		if err := batch.FillField(graph.Field{Name: "laplacian_encoding", Size: 16}, out); err != nil {
			b.Fatal(err)
		}
	}
}
