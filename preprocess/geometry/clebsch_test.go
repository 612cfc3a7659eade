package geometry_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"molserve/preprocess/geometry"
)

// eachCoupling calls f for every triple of degrees that couples.
func eachCoupling(t *testing.T, f func(c *geometry.Coupling)) {
	t.Helper()
	for l1 := range geometry.LMax + 1 {
		for l2 := range geometry.LMax + 1 {
			for l3 := max(l1-l2, l2-l1); l3 <= min(l1+l2, geometry.LMax); l3++ {
				f(wigner3j(t, l1, l2, l3))
			}
		}
	}
}

func wigner3j(t testing.TB, l1, l2, l3 int) *geometry.Coupling {
	t.Helper()
	c, err := geometry.Wigner3j(l1, l2, l3)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWigner3jEqualsE3nn(t *testing.T) {
	var golden wignerGolden
	readGolden(t, "wigner.json", &golden)
	for _, want := range golden.Couplings {
		c := wigner3j(t, want.L[0], want.L[1], want.L[2])
		var got []float64
		for _, e := range c.Terms {
			got = append(got, float64(e.I), float64(e.J), float64(e.K), e.C)
		}
		near(t, "terms", got, want.Terms, e3nnTol)
	}
}

func TestWigner3jTermsAreTheTensor(t *testing.T) {
	eachCoupling(t, func(c *geometry.Coupling) {
		dense := make([]float64, len(c.Dense))
		var square float64
		for _, e := range c.Terms {
			if e.C == 0 || e.C != c.At(e.I, e.J, e.K) {
				t.Fatalf("%d %d %d: term %+v", c.L1, c.L2, c.L3, e)
			}
			dense[(e.I*(2*c.L2+1)+e.J)*(2*c.L3+1)+e.K] = e.C
			square += e.C * e.C
		}
		near(t, "dense", dense, c.Dense, 0)
		near(t, "norm²", []float64{square}, []float64{1}, lawTol)
	})
}

// Σ_ij C_ijk C_ijn = δ_kn/(2l3+1), and for two l3 of the same l1, l2 it is zero.
func TestWigner3jIsOrthogonal(t *testing.T) {
	eachCoupling(t, func(c *geometry.Coupling) {
		for l3 := max(c.L1-c.L2, c.L2-c.L1); l3 <= min(c.L1+c.L2, geometry.LMax); l3++ {
			other := wigner3j(t, c.L1, c.L2, l3)
			n, n3 := 2*c.L3+1, 2*l3+1
			got, want := make([]float64, n*n3), make([]float64, n*n3)
			for _, e := range c.Terms {
				for k := range n3 {
					got[e.K*n3+k] += e.C * other.At(e.I, e.J, k)
				}
			}
			for k := 0; l3 == c.L3 && k < n; k++ {
				want[k*n+k] = 1 / float64(n)
			}
			near(t, "Σ C C", got, want, lawTol)
		}
	})
}

// For vectors a, b of degrees l1, l2, c_k = Σ C_ijk a_i b_j turns with D of degree l3.
func TestWigner3jIsEquivariant(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	d := newWignerD(t, randomOrthogonal(rng))
	turned := func(x []float64, l int) []float64 {
		y := make([]float64, len(x))
		d.Apply(y, x, geometry.Irreps{{Mul: 1, Irrep: geometry.Irrep{L: l, P: 1}}})
		return y
	}
	eachCoupling(t, func(c *geometry.Coupling) {
		a, b := make([]float64, 2*c.L1+1), make([]float64, 2*c.L2+1)
		for _, x := range [][]float64{a, b} {
			for k := range x {
				x[k] = rng.NormFloat64()
			}
		}
		after := couple(c, turned(a, c.L1), turned(b, c.L2))
		near(t, "D c", turned(couple(c, a, b), c.L3), after, lawTol)
	})
}

func couple(c *geometry.Coupling, a, b []float64) []float64 {
	out := make([]float64, 2*c.L3+1)
	for _, e := range c.Terms {
		out[e.K] += e.C * a[e.I] * b[e.J]
	}
	return out
}

// The cross product is √6 times, the dot product √3 times the couplings of two vectors.
func TestWigner3jOfVectors(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	a, b := randomVector(rng), randomVector(rng)
	cross := []float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
	got := couple(wigner3j(t, 1, 1, 1), a[:], b[:])
	for k := range got {
		got[k] *= math.Sqrt(6)
	}
	near(t, "cross product", got, cross, lawTol)
	dot := couple(wigner3j(t, 1, 1, 0), a[:], b[:])[0] * math.Sqrt(3)
	near(t, "dot product", []float64{dot}, []float64{a[0]*b[0] + a[1]*b[1] + a[2]*b[2]}, lawTol)
}

func TestWigner3jRefusesWhatDoesNotCouple(t *testing.T) {
	for _, l := range [][3]int{{0, 0, 1}, {1, 1, 3}, {-1, 0, 0}, {7, 7, 0}, {3, 1, 1}} {
		if _, err := geometry.Wigner3j(l[0], l[1], l[2]); err == nil {
			t.Errorf("%v was taken", l)
		}
	}
}

func TestWigner3jIsSharedByGoroutines(t *testing.T) {
	var group sync.WaitGroup
	got := make([]*geometry.Coupling, 8)
	for k := range got {
		group.Go(func() { got[k], _ = geometry.Wigner3j(5, 4, 3) })
	}
	group.Wait()
	for _, c := range got {
		if c == nil || c != got[0] {
			t.Fatalf("%p and %p", c, got[0])
		}
	}
}
