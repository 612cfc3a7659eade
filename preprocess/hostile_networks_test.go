package preprocess_test

import (
	"fmt"
	"math"
	"strings"
)

// network is a graph of n atoms.
type network struct {
	n     int
	edges [][2]int
}

// drawn writes networks as SMILES: an atom a fragment, bonds as ring closures.
func drawn(atom, bond string, make func(n int) network) func(int) string {
	return func(n int) string { return make(n).smiles(atom, bond) }
}

func (g network) smiles(atom, bond string) string {
	n, edges := g.n, g.edges
	ends := make([][]int, n)
	for k, e := range edges {
		ends[e[0]], ends[e[1]] = append(ends[e[0]], k), append(ends[e[1]], k)
	}
	var b strings.Builder
	free, number := []int{}, make([]int, len(edges))
	next := 0
	for i := range n {
		if i > 0 {
			b.WriteString(".")
		}
		b.WriteString(atom)
		var done []int
		for _, k := range ends[i] {
			if number[k] == 0 {
				if len(free) > 0 {
					number[k], free = free[len(free)-1], free[:len(free)-1]
				} else {
					next++
					number[k] = next
				}
			} else {
				done = append(done, number[k])
			}
			if number[k] < 10 {
				fmt.Fprintf(&b, "%s%d", bond, number[k])
			} else {
				fmt.Fprintf(&b, "%s%%(%d)", bond, number[k])
			}
		}
		free = append(free, done...)
	}
	return b.String()
}

// rungs is a ladder: n rungs, four-rings between them.
func rungs(n int) network {
	var edges [][2]int
	for i := range n {
		edges = append(edges, [2]int{2 * i, 2*i + 1})
		if i > 0 {
			edges = append(edges, [2]int{2*i - 2, 2 * i}, [2]int{2*i - 1, 2*i + 1})
		}
	}
	return network{2 * n, edges}
}

// moebius is a ladder whose ends meet after a turn.
func moebius(n int) network {
	var edges [][2]int
	for i := range 2 * n {
		edges = append(edges, [2]int{i, (i + 1) % (2 * n)})
		if i < n {
			edges = append(edges, [2]int{i, i + n})
		}
	}
	return network{2 * n, edges}
}

// lattice is n rows of n atoms, each bonded to the next of its row and of its column.
func lattice(n int) network {
	var edges [][2]int
	for r := range n {
		for c := range n {
			if c > 0 {
				edges = append(edges, [2]int{r*n + c - 1, r*n + c})
			}
			if r > 0 {
				edges = append(edges, [2]int{r*n + c - n, r*n + c})
			}
		}
	}
	return network{n * n, edges}
}

// graphene is a brick wall: rows of atoms, every second one bonded to the row above.
func graphene(n int) network {
	var edges [][2]int
	for r := range n {
		for c := range n {
			if c > 0 {
				edges = append(edges, [2]int{r*n + c - 1, r*n + c})
			}
			if r > 0 && (r+c)%2 == 0 {
				edges = append(edges, [2]int{r*n + c - n, r*n + c})
			}
		}
	}
	return network{n * n, edges}
}

// cubes is a cubic lattice of n³ atoms.
func cubes(n int) network {
	var edges [][2]int
	at := func(x, y, z int) int { return (x*n+y)*n + z }
	for x := range n {
		for y := range n {
			for z := range n {
				if x > 0 {
					edges = append(edges, [2]int{at(x-1, y, z), at(x, y, z)})
				}
				if y > 0 {
					edges = append(edges, [2]int{at(x, y-1, z), at(x, y, z)})
				}
				if z > 0 {
					edges = append(edges, [2]int{at(x, y, z-1), at(x, y, z)})
				}
			}
		}
	}
	return network{n * n * n, edges}
}

// diamond is n³ cells of eight atoms.
func diamond(n int) network {
	place := map[[3]int]int{}
	var points [][3]int
	for x := range 4 * n {
		for y := range 4 * n {
			for z := range 4 * n {
				even := x%2 == 0 && y%2 == 0 && z%2 == 0 && (x+y+z)%4 == 0
				odd := x%2 == 1 && y%2 == 1 && z%2 == 1 && (x+y+z)%4 == 3
				if even || odd {
					place[[3]int{x, y, z}] = len(points)
					points = append(points, [3]int{x, y, z})
				}
			}
		}
	}
	var edges [][2]int
	for i, p := range points {
		if p[0]%2 == 1 {
			continue
		}
		for _, d := range [][3]int{{1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}} {
			if j, ok := place[[3]int{p[0] + d[0], p[1] + d[1], p[2] + d[2]}]; ok {
				edges = append(edges, [2]int{i, j})
			}
		}
	}
	return network{len(points), edges}
}

// completeGraph is n atoms, each bonded to all others.
func completeGraph(n int) network {
	var edges [][2]int
	for i := range n {
		for j := range i {
			edges = append(edges, [2]int{j, i})
		}
	}
	return network{n, edges}
}

// bipartite is n atoms, each bonded to n others.
func bipartite(n int) network {
	var edges [][2]int
	for i := range n {
		for j := range n {
			edges = append(edges, [2]int{i, n + j})
		}
	}
	return network{2 * n, edges}
}

// theta is n chains of three atoms between two.
func theta(n int) network {
	var edges [][2]int
	for i := range n {
		a := 2 + 3*i
		edges = append(edges, [2]int{0, a}, [2]int{a, a + 1}, [2]int{a + 1, a + 2}, [2]int{a + 2, 1})
	}
	return network{2 + 3*n, edges}
}

// wheel is n atoms around one, in a ring.
func wheel(n int) network { return wheelOf(true)(n) }

// wheelOf is n atoms around one, with a rim or without.
func wheelOf(rim bool) func(int) network {
	return func(n int) network {
		var edges [][2]int
		for i := range n {
			edges = append(edges, [2]int{0, i + 1})
			if rim {
				edges = append(edges, [2]int{i + 1, (i+1)%n + 1})
			}
		}
		return network{n + 1, edges}
	}
}

// line is a chain of n atoms.
func line(n int) network {
	var edges [][2]int
	for i := range n - 1 {
		edges = append(edges, [2]int{i, i + 1})
	}
	return network{n, edges}
}

// fan is n three-rings with one atom in common.
func fan(n int) network {
	var edges [][2]int
	for i := range n {
		edges = append(edges, [2]int{0, 2*i + 1}, [2]int{0, 2*i + 2}, [2]int{2*i + 1, 2*i + 2})
	}
	return network{2*n + 1, edges}
}

// crossed is a chain whose halves are bonded in disorder.
func crossed(n int) network {
	var edges [][2]int
	for i := range 2*n - 1 {
		edges = append(edges, [2]int{i, i + 1})
	}
	for i := range n {
		edges = append(edges, [2]int{i, n + (i*7919)%n})
	}
	return network{2 * n, edges}
}

// cubic is a ring of 2n atoms with chords between pairs that chance chose.
func cubic(n int) network {
	free := make([]int, 2*n)
	for i := range free {
		free[i] = i
	}
	seed := uint32(1)
	var edges [][2]int
	for i := range 2 * n {
		edges = append(edges, [2]int{i, (i + 1) % (2 * n)})
	}
	for len(free) > 1 {
		seed = seed*1664525 + 1013904223
		a := len(free) - 1
		b := int(seed>>8) % a
		x, y := free[a], free[b]
		free[b] = free[a-1]
		free = free[:a-1]
		if d := (x - y + 2*n) % (2 * n); d != 1 && d != 2*n-1 {
			edges = append(edges, [2]int{x, y})
		}
	}
	return network{2 * n, edges}
}

// quartic is a ring with two more bonds at each atom, in disorder.
func quartic(n int) network {
	seen := map[[2]int]bool{}
	var edges [][2]int
	add := func(x, y int) {
		if x != y && !seen[[2]int{min(x, y), max(x, y)}] {
			seen[[2]int{min(x, y), max(x, y)}] = true
			edges = append(edges, [2]int{x, y})
		}
	}
	for i := range 2 * n {
		add(i, (i+1)%(2*n))
	}
	for i := range 2 * n {
		add(i, (i*1103+12345)%(2*n))
	}
	return network{2 * n, edges}
}

// book is pages that share the bond between atoms 0 and 1.
func book(width int) func(int) network {
	return func(n int) network {
		edges := [][2]int{{0, 1}}
		for i := range n {
			at := 2 + i*width
			edges = append(edges, [2]int{0, at}, [2]int{at + width - 1, 1})
			for x := range width - 1 {
				edges = append(edges, [2]int{at + x, at + x + 1})
			}
		}
		return network{2 + n*width, edges}
	}
}

// dense is a chain of a thousand atoms, each bonded to about n others far away.
func dense(n int) network {
	const atoms = 1000
	g := line(atoms)
	seen := map[[2]int]bool{{atoms/2 - 1, atoms / 2}: true}
	for d := range n {
		for i := range atoms / 2 {
			if e := [2]int{i, atoms/2 + (i*7+d*13)%(atoms/2)}; !seen[e] {
				seen[e] = true
				g.edges = append(g.edges, e)
			}
		}
	}
	return g
}

// rhombus is n rows of n six-rings.
func rhombus(n int) network {
	var g network
	place, bonded := map[[2]int]int{}, map[[2]int]bool{}
	for row := range n {
		for column := range n {
			var ring [6]int
			for corner := range ring {
				sin, cos := math.Sincos(math.Pi / 6 * float64(2*corner+1))
				x, y := math.Sqrt(3)*(float64(column)+float64(row)/2)+cos, 1.5*float64(row)+sin
				at := [2]int{int(math.Round(10 * x)), int(math.Round(10 * y))}
				if _, known := place[at]; !known {
					place[at] = len(place)
				}
				ring[corner] = place[at]
			}
			for corner, i := range ring {
				j := ring[(corner+1)%6]
				if e := [2]int{min(i, j), max(i, j)}; !bonded[e] {
					bonded[e] = true
					g.edges = append(g.edges, e)
				}
			}
		}
	}
	g.n = len(place)
	return g
}

// strip is a chain of n atoms, each bonded to so many before it.
func strip(width int) func(int) network {
	return func(n int) network {
		var edges [][2]int
		for i := range n {
			for d := 1; d <= min(width, i); d++ {
				edges = append(edges, [2]int{i - d, i})
			}
		}
		return network{n, edges}
	}
}
