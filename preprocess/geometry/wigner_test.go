package geometry_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/geometry"
)

// lawTol is the bar of a law in float64: a few hundred roundings.
const lawTol = 1e-13

// wignerGolden is testdata/wigner.json, written by tests/parity/harmonics.py.
type wignerGolden struct {
	Rotations []struct {
		R [3][3]float64
		D [][][]float64 // [l][2l+1][2l+1], of the irrep of the harmonics
	}
	Couplings []struct {
		L     [3]int
		Terms []float64 // i, j, k, C one after the other
	}
}

// randomOrthogonal is a rotation, or one times −1.
func randomOrthogonal(rng *rand.Rand) (r [3][3]float64) {
	var q [4]float64
	var square float64
	for k := range q {
		q[k] = rng.NormFloat64()
		square += q[k] * q[k]
	}
	for k := range q {
		q[k] /= math.Sqrt(square)
	}
	w, x, y, z := q[0], q[1], q[2], q[3]
	r = [3][3]float64{
		{1 - 2*(y*y+z*z), 2 * (x*y - w*z), 2 * (x*z + w*y)},
		{2 * (x*y + w*z), 1 - 2*(x*x+z*z), 2 * (y*z - w*x)},
		{2 * (x*z - w*y), 2 * (y*z + w*x), 1 - 2*(x*x+y*y)},
	}
	if rng.IntN(2) == 0 {
		r = times(r, [3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}})
	}
	return r
}

func times(a, b [3][3]float64) (c [3][3]float64) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				c[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return c
}

func turn(r [3][3]float64, v [3]float64) (w [3]float64) {
	for i := range 3 {
		w[i] = r[i][0]*v[0] + r[i][1]*v[1] + r[i][2]*v[2]
	}
	return w
}

func newWignerD(t testing.TB, r [3][3]float64) *geometry.WignerD {
	t.Helper()
	d, err := geometry.NewWignerD(geometry.LMax, r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWignerDEqualsE3nn(t *testing.T) {
	var golden wignerGolden
	readGolden(t, "wigner.json", &golden)
	irreps := geometry.Harmonics{LMax: geometry.LMax}.Irreps()
	for _, want := range golden.Rotations {
		d := newWignerD(t, want.R)
		for l, rows := range want.D {
			got, n := d.Matrix(irreps[l].Irrep), 2*l+1
			for m, row := range rows {
				near(t, "D", got[m*n:(m+1)*n], row, e3nnTol)
			}
		}
	}
}

func TestHarmonicsTurnWithWignerD(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for range 40 {
		r, v := randomOrthogonal(rng), randomVector(rng)
		d := newWignerD(t, r)
		for _, n := range normalisations {
			h := geometry.Harmonics{LMax: geometry.LMax, Normalisation: n}
			before, after := make([]float64, h.Width()), make([]float64, h.Width())
			h.Eval(before, v)
			h.Eval(after, turn(r, v))
			d.Apply(before, before, h.Irreps()) // in place
			near(t, "D Y(v)", before, after, lawTol)
		}
	}
}

func TestWignerDOfAProductIsTheProduct(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	irreps, err := geometry.ParseIrreps("2x0e+0o+1e+3x1o+2e+2o+3e+3o+4e+4o+5e+5o+6e+6o")
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		a, b := randomOrthogonal(rng), randomOrthogonal(rng)
		row, both := make([]float64, 2*irreps.Dim()), make([]float64, 2*irreps.Dim())
		for k := range row {
			row[k] = rng.NormFloat64()
		}
		newWignerD(t, times(a, b)).Apply(both, row, irreps)
		newWignerD(t, b).Apply(row, row, irreps)
		newWignerD(t, a).Apply(row, row, irreps)
		near(t, "D(A) D(B) x", row, both, lawTol)
	}
}

func TestWignerDIsOrthogonalAndOneForOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	one := newWignerD(t, [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
	for l := range geometry.LMax + 1 {
		n := 2*l + 1
		unit := make([]float64, n*n)
		for m := range n {
			unit[m*n+m] = 1
		}
		near(t, "D(1)", one.Matrix(geometry.Irrep{L: l, P: 1}), unit, lawTol)
		for range 5 {
			d := newWignerD(t, randomOrthogonal(rng)).Matrix(geometry.Irrep{L: l, P: -1})
			product := make([]float64, n*n)
			for i := range n {
				for j := range n {
					for k := range n {
						product[i*n+j] += d[i*n+k] * d[j*n+k]
					}
				}
			}
			near(t, "D Dᵀ", product, unit, lawTol)
		}
	}
}

func TestInversionGivesTheParity(t *testing.T) {
	d := newWignerD(t, [3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}})
	row := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	irreps, _ := geometry.ParseIrreps("0e+0o+1o+1e")
	d.Apply(row, row, irreps)
	near(t, "parities", row, []float64{1, -2, -3, -4, -5, 6, 7, 8}, lawTol)
}

func TestWignerDRefusesWhatIsNoRotation(t *testing.T) {
	nan := math.NaN()
	for _, r := range [][3][3]float64{{}, {{2, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {{1, 0.01, 0}, {0, 1, 0}, {0, 0, 1}},
		{{nan, 0, 0}, {0, 1, 0}, {0, 0, 1}}} {
		if _, err := geometry.NewWignerD(1, r); err == nil {
			t.Errorf("%v was taken", r)
		}
	}
	for _, l := range []int{-1, geometry.LMax + 1} {
		if _, err := geometry.NewWignerD(l, [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}); err == nil {
			t.Errorf("degree %d was taken", l)
		}
	}
}

func TestApplyOfNothingEnds(t *testing.T) {
	d := newWignerD(t, [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
	d.Apply(make([]float64, 3), make([]float64, 3), nil)
	d.Apply(nil, nil, geometry.Irreps{{Mul: 1, Irrep: geometry.Irrep{L: 1, P: 1}}})
}

func BenchmarkWignerD(b *testing.B) {
	r := randomOrthogonal(rand.New(rand.NewPCG(14, 1)))
	for b.Loop() {
		newWignerD(b, r)
	}
}
