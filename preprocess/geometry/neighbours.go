package geometry

import "math"

// Structure is atoms in space: N positions and, where the structure repeats, its cell.
type Structure struct {
	Positions [][3]float64 // [N,3] Å, as given: anywhere, also outside the cell
	Cell      *Cell        // nil: no cell, then nothing may repeat
	PBC       [3]bool      // which cell vectors repeat
}

// Algorithm is a way to find the candidates of a list. All give the same bits.
type Algorithm int

// The algorithms. The zero value chooses by size.
const (
	Auto       Algorithm = iota
	BruteForce           // every atom against every image: best for some dozen atoms
	CellList             // every atom against the bins around it: linear in the atoms
)

// DefaultMaxEdges is the number of edges that Options.MaxEdges stands for when it is zero.
const DefaultMaxEdges = 1_000_000

// Options say which pairs are neighbours, and how many may be.
type Options struct {
	Cutoff    float64   // Å, > 0; pairs at exactly the cutoff are no neighbours
	MaxEdges  int       // directed edges; zero: DefaultMaxEdges
	Algorithm Algorithm // zero: chosen by size
}

// maxEdges is MaxEdges with its default.
func (o Options) maxEdges() int {
	if o.MaxEdges <= 0 {
		return DefaultMaxEdges
	}
	return min(o.MaxEdges, 1<<30) // edges are numbered by int32
}

// Neighbours is a list of E directed edges sorted by Dst, Src, Shift. The zero value is an empty list
// that is ready to build; building again reuses its memory.
type Neighbours struct {
	Src, Dst []int32      // [E] sending and receiving atom
	Shift    [][3]int32   // [E,3] cell vectors added to r(Src)
	Vec      [][3]float64 // [E,3] Å, r(Src) + Shift·Cell − r(Dst)
	Dist     []float64    // [E] Å, |Vec|
	First    []int32      // [N+1] atom i receives the edges First[i] ≤ k < First[i+1]

	search  search  // working memory of a build
	order   []int32 // [N] atoms in the order in which they are looked at
	chosen  []int32 // [E+N] images near each atom, itself among them, in that order
	ranked  []int32 // working memory of KNearest: the edges of one atom by distance
	pending []int32 // working memory of KNearest: atoms without their k neighbours
}

// Len is E, the number of directed edges.
func (n *Neighbours) Len() int { return len(n.Src) }

// Build makes n the list of all pairs of s within the cutoff. Its time and memory are linear in the
// atoms and edges. A refusal is a *molecule.Error and leaves n empty: format for what is no
// structure (numbers that are not finite, a flat cell), too_large for more edges than the limit.
func (n *Neighbours) Build(s Structure, o Options) error {
	n.clear()
	if err := checkCutoff(o.Cutoff); err != nil {
		return err
	}
	if err := n.search.prepare(s, o); err != nil {
		return err
	}
	e, err := n.choose(o.maxEdges())
	if err != nil {
		return err
	}
	n.resize(e)
	from := 0
	for _, i := range n.order {
		to := from + n.edgesOf(int(i)) + 1
		n.fill(int(n.First[i]), int(i), n.chosen[from:to])
		from = to
	}
	return nil
}

// choose lists the images near every atom, fills First and returns the number of edges.
func (n *Neighbours) choose(limit int) (int, error) {
	atoms := len(n.search.positions)
	n.order, n.chosen = n.search.order(n.order[:0]), n.chosen[:0]
	n.First = sized(n.First, atoms+1)
	for _, i := range n.order {
		images := n.search.near(int(i))
		n.First[i+1] = int32(len(images) - 1)
		n.chosen = append(n.chosen, images...)
		if edges := len(n.chosen) - atoms; edges > limit {
			return 0, tooManyEdges("at least", float64(edges), limit)
		}
	}
	n.First[0] = 0
	for i := range atoms {
		n.First[i+1] += n.First[i]
	}
	return int(n.First[atoms]), nil
}

// edgesOf is the number of edges that atom i receives.
func (n *Neighbours) edgesOf(i int) int { return int(n.First[i+1] - n.First[i]) }

// Complete makes n the complete graph of positions: every ordered pair of different atoms.
func (n *Neighbours) Complete(positions [][3]float64, maxEdges int) error {
	n.clear()
	o := Options{Cutoff: math.MaxFloat64, MaxEdges: maxEdges, Algorithm: BruteForce}
	if e := float64(len(positions)) * float64(len(positions)-1); e > float64(o.maxEdges()) {
		return tooManyEdges("exactly", e, o.maxEdges())
	}
	return n.Build(Structure{Positions: positions}, o)
}

// clear empties the list.
func (n *Neighbours) clear() {
	n.resize(0)
	n.First = n.First[:0]
}

// resize makes the arrays of edges e long. What they hold up to there stays.
func (n *Neighbours) resize(e int) {
	n.Src, n.Dst = sized(n.Src, e), sized(n.Dst, e)
	n.Shift, n.Vec, n.Dist = sized(n.Shift, e), sized(n.Vec, e), sized(n.Dist, e)
}

// sized is s with length n. What it holds up to there stays, the rest is unspecified.
func sized[T any](s []T, n int) []T {
	if n > cap(s) {
		t := make([]T, n, n+n/4)
		copy(t, s)
		return t
	}
	return s[:n]
}
