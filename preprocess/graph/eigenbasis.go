package graph

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Numbers of eigenvectors that differ by less than rounding makes them differ.
const (
	sameEigenvalue = 1e-9 // of the Laplacian, whose eigenvalues lie in 0 … 2; gonum's are good to 1e-14
	tie            = 1e-6 // relative: components of equal magnitude
	nothingLeft    = 1e-6 // length of what remains of a unit vector that others span
)

// eigenbasis returns the k eigenvectors of lowest eigenvalue of the Laplacian I − D^-½ A D^-½, [k][N],
// orthonormal, the eigenvalues ascending.
//
// An eigenspace has many bases: a vector its two signs, vectors that share an eigenvalue all rotations. A
// rule that does not depend on the order of the atoms gives vectors that every symmetry of the molecule
// leaves as they are, for it cannot tell the molecule from its image. Such vectors are the projections of
// functions that are constant on atoms that are alike. So the basis of an eigenspace is
//
//  1. D^½·1 of eigenvalue 0, which is always there where there are edges;
//  2. the projections of the indicators of the colours (see colours), in their order, orthonormalised:
//     all that a rule can fix, where atoms of one colour are images of each other, as in nearly all
//     molecules;
//  3. what remains, by projections of the atoms in their order. No rule can fix that; PyG's and DGL's are
//     arbitrary too, and a model that needs better must be trained on both signs.
//
// A vector that alone has its eigenvalue gets its sign by its components first, which says more than
// the colours: sorted, the largest magnitude is positive, and where a positive and a negative one are equally
// large the next ones decide.
func eigenbasis(g *Graph, k int) ([][]float64, error) {
	e, err := spectrum(g, false, true)
	if err != nil {
		return nil, err
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil) // ascending
	b := &basis{colours: colours(g)}
	for from := 0; from < k; {
		to := from + 1
		for to < g.N && values[to]-values[to-1] < sameEigenvalue {
			to++
		}
		b.space = columns(&vectors, from, to)
		b.fix(g, values[from] < sameEigenvalue)
		from = to
	}
	return b.out[:k], nil
}

// columns copies columns from to to−1 of m.
func columns(m *mat.Dense, from, to int) [][]float64 {
	space := make([][]float64, 0, to-from)
	for c := from; c < to; c++ {
		space = append(space, mat.Col(nil, c, m))
	}
	return space
}

// basis chooses vectors in one eigenspace after the other.
type basis struct {
	colours []int       // [N]
	space   [][]float64 // [m][N] orthonormal: the eigenspace at hand
	out     [][]float64 // chosen so far; the last found are of space
	found   int
}

// fix chooses the vectors of the space.
func (b *basis) fix(g *Graph, lowest bool) {
	b.found = 0
	if lowest && g.E > 0 {
		b.project(rootDegrees(g))
	}
	if len(b.space) == 1 && b.found == 0 {
		if sign := signOf(b.space[0]); sign != 0 {
			scale(b.space[0], sign)
			b.out, b.found = append(b.out, b.space[0]), 1
		}
	}
	n := len(b.colours)
	for c := 0; c <= slices.Max(b.colours) && b.found < len(b.space); c++ {
		indicator := make([]float64, n)
		for i, colour := range b.colours {
			if colour == c {
				indicator[i] = 1
			}
		}
		b.project(indicator)
	}
	b.complete(n)
}

// complete takes the projections of the atoms that add most, the first of equal ones, until the space is full.
func (b *basis) complete(n int) {
	for b.found < len(b.space) {
		best, most := 0, 0.0
		for i := range n {
			if left := b.left(i); left > most*(1+tie) {
				best, most = i, left
			}
		}
		axis := make([]float64, n)
		axis[best] = 1
		b.project(axis)
	}
}

// left is the squared length of what the chosen vectors leave of the projection of atom i.
func (b *basis) left(i int) float64 {
	sum := 0.0
	for _, v := range b.space {
		sum += v[i] * v[i]
	}
	for _, v := range b.out[len(b.out)-b.found:] {
		sum -= v[i] * v[i]
	}
	return sum
}

// project takes what is new in the projection of x into the space, if anything is.
func (b *basis) project(x []float64) {
	length := math.Sqrt(dot(x, x))
	v := make([]float64, len(x))
	for _, u := range b.space {
		add(v, u, dot(u, x)/length)
	}
	for range 2 { // the second time takes away what rounding left
		for _, u := range b.out[len(b.out)-b.found:] {
			add(v, u, -dot(u, v))
		}
	}
	left := math.Sqrt(dot(v, v))
	if left < nothingLeft {
		return
	}
	scale(v, 1/left)
	b.out, b.found = append(b.out, v), b.found+1
}

// rootDegrees is D^½·1.
func rootDegrees(g *Graph) []float64 {
	s := borrow()
	defer s.giveBack()
	s.degrees(g, false)
	roots := make([]float64, g.N)
	for i, d := range s.in {
		roots[i] = math.Sqrt(d)
	}
	return roots
}

// signOf compares the components of v, sorted, with those of −v: 1 when v's come first, −1 when those of
// −v do, 0 when they are the same.
func signOf(v []float64) float64 {
	up := slices.Clone(v)
	slices.Sort(up)
	n := len(up)
	largest := max(up[n-1], -up[0])
	for i := range up {
		if d := up[n-1-i] + up[i]; math.Abs(d) > tie*largest {
			return math.Copysign(1, d)
		}
	}
	return 0
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// add adds f·u to v.
func add(v, u []float64, f float64) {
	for i, x := range u {
		v[i] += f * x
	}
}

func scale(v []float64, f float64) {
	for i := range v {
		v[i] *= f
	}
}
