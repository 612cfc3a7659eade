package geometry_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/geometry"
)

// e3nnTol is the bar against e3nn in float64: error / max(1, |e3nn's|).
const e3nnTol = 1e-12

// differenceTol is the bar against central differences of step h: h² and rounding/h both stay under it.
const (
	differenceStep = 1e-5
	differenceTol  = 1e-8
)

var normalisations = []geometry.Normalisation{geometry.Component, geometry.Norm, geometry.Integral}

// near fails when a and b differ by more than tol / max(1, |b|) anywhere.
func near(t *testing.T, what string, a, b []float64, tol float64) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%s: %d numbers, want %d", what, len(a), len(b))
	}
	for k := range a {
		if !(math.Abs(a[k]-b[k]) <= tol*math.Max(1, math.Abs(b[k]))) {
			t.Fatalf("%s: number %d is %v, want %v (difference %.2g)", what, k, a[k], b[k], a[k]-b[k])
		}
	}
}

func randomVector(rng *rand.Rand) [3]float64 {
	return [3]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
}

// eachHarmonics calls f for every degree, normalisation and scaling.
func eachHarmonics(f func(h geometry.Harmonics)) {
	for l := range geometry.LMax + 1 {
		for _, n := range normalisations {
			for _, keep := range []bool{false, true} {
				f(geometry.Harmonics{LMax: l, Normalisation: n, KeepLength: keep})
			}
		}
	}
}

// harmonicsGolden is testdata/harmonics.json, written by tests/parity/harmonics.py.
type harmonicsGolden struct {
	Vectors [][3]float64
	Values  []struct {
		Normalisation geometry.Normalisation
		KeepLength    bool        `json:"keep_length"`
		Y             [][]float64 // [vector][(LMax+1)²]
	}
}

func TestHarmonicsEqualE3nn(t *testing.T) {
	var golden harmonicsGolden
	readGolden(t, "harmonics.json", &golden)
	for _, want := range golden.Values {
		for l := range geometry.LMax + 1 {
			h := geometry.Harmonics{LMax: l, Normalisation: want.Normalisation, KeepLength: want.KeepLength}
			for k, v := range golden.Vectors {
				got := make([]float64, h.Width())
				h.Eval(got, v)
				near(t, "Y", got, want.Y[k][:h.Width()], e3nnTol*largest(h, v))
			}
		}
	}
}

// largest is how large the terms are that add up to a harmonic: 1 on the unit sphere.
func largest(h geometry.Harmonics, v [3]float64) float64 {
	if !h.KeepLength {
		return 1
	}
	return math.Pow(math.Max(1, math.Hypot(math.Hypot(v[0], v[1]), v[2])), float64(h.LMax))
}

func TestHarmonicsOfTheZeroVectorAreOneAndZeros(t *testing.T) {
	eachHarmonics(func(h geometry.Harmonics) {
		got, want := make([]float64, h.Width()), make([]float64, h.Width())
		h.Eval(got, [3]float64{})
		want[0] = 1
		if h.Normalisation == geometry.Integral {
			want[0] = 1 / math.Sqrt(4*math.Pi)
		}
		near(t, "Y(0)", got, want, 0)
	})
}

func TestHarmonicsNeedOnlyTheDirection(t *testing.T) {
	h := geometry.Harmonics{LMax: geometry.LMax}
	want, got := make([]float64, h.Width()), make([]float64, h.Width())
	h.Eval(want, [3]float64{1, -2, 0.5})
	for _, s := range []float64{1e-11, 1e-3, 1e5, 1e160, 1e300} {
		h.Eval(got, [3]float64{s, -2 * s, 0.5 * s})
		near(t, "Y(sv)", got, want, 1e-13)
	}
}

func TestHarmonicsHaveTheirNormAndParity(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		v := randomVector(rng)
		for i, n := range normalisations {
			h := geometry.Harmonics{LMax: geometry.LMax, Normalisation: n}
			y, back := make([]float64, h.Width()), make([]float64, h.Width())
			h.Eval(y, v)
			h.Eval(back, [3]float64{-v[0], -v[1], -v[2]})
			for l := range geometry.LMax + 1 {
				var square float64
				for k := l * l; k < (l+1)*(l+1); k++ {
					square += y[k] * y[k]
					near(t, "Y(−v)", back[k:k+1], []float64{y[k] * float64(1-2*(l&1))}, 1e-14)
				}
				d := float64(2*l + 1)
				near(t, "|Y|²", []float64{square}, []float64{[]float64{d, 1, d / (4 * math.Pi)}[i]}, 1e-13)
			}
		}
	}
}

// Float32 rows are the float64 rows rounded once.
func TestHarmonicsRowsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	vec := [][3]float64{{}, {1e-13, 0, 0}, {0, 1, 0}, {1e200, 0, 1e200}, {math.NaN(), 1, 2}}
	for range 20 {
		vec = append(vec, randomVector(rng))
	}
	eachHarmonics(func(h geometry.Harmonics) {
		w := h.Width()
		rows, rows32, one := make([]float64, len(vec)*w), make([]float32, len(vec)*w), make([]float64, w)
		h.Rows(rows, vec)
		h.Rows32(rows32, vec)
		for k, v := range vec {
			h.Eval(one, v)
			for i, y := range one {
				got, got32 := rows[k*w+i], rows32[k*w+i]
				if math.Float64bits(got) != math.Float64bits(y) && !(math.IsNaN(got) && math.IsNaN(y)) {
					t.Fatalf("%+v vector %d number %d: row %v, one %v", h, k, i, got, y)
				}
				if got32 != float32(y) && !math.IsNaN(y) {
					t.Fatalf("%+v vector %d number %d: float32 %v of %v", h, k, i, got32, y)
				}
			}
		}
	})
}

func TestHarmonicsRowsAllocateNothing(t *testing.T) {
	vec := [][3]float64{{1, 2, 3}, {}, {4, 5, 6}}
	for l := range geometry.LMax + 1 {
		h := geometry.Harmonics{LMax: l}
		rows, rows32 := make([]float64, len(vec)*h.Width()), make([]float32, len(vec)*h.Width())
		if n := testing.AllocsPerRun(10, func() { h.Rows(rows, vec); h.Rows32(rows32, vec) }); n > 0 {
			t.Errorf("degree %d: %v allocations", l, n)
		}
	}
}

func TestHarmonicsJacobianIsTheDifference(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	eachHarmonics(func(h geometry.Harmonics) {
		w := h.Width()
		jacobian, up, down := make([]float64, 3*w), make([]float64, w), make([]float64, w)
		for range 5 {
			v := randomVector(rng)
			h.Jacobian(jacobian, v)
			for a := range 3 {
				p, q := v, v
				p[a], q[a] = v[a]+differenceStep, v[a]-differenceStep
				h.Eval(up, p)
				h.Eval(down, q)
				for i := range w {
					want := (up[i] - down[i]) / (2 * differenceStep)
					third := float64(h.LMax*h.LMax*h.LMax) * differenceStep * differenceStep // of the difference itself
					near(t, "∂Y/∂v", jacobian[3*i+a:3*i+a+1], []float64{want}, differenceTol*largest(h, v)+third)
				}
			}
		}
	})
}

func TestHarmonicsPullbackIsTheJacobianTransposed(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	vec := [][3]float64{randomVector(rng), {}, randomVector(rng)}
	h := geometry.Harmonics{LMax: 4}
	w := h.Width()
	cot, grad, jacobian := make([]float64, len(vec)*w), make([][3]float64, len(vec)), make([]float64, 3*w)
	for k := range cot {
		cot[k] = rng.NormFloat64()
	}
	grad[0][1] = 7 // it adds
	h.Pullback(grad, cot, vec)
	grad[0][1] -= 7
	for k, v := range vec {
		h.Jacobian(jacobian, v)
		var want [3]float64
		for i := range w {
			for a := range 3 {
				want[a] += cot[k*w+i] * jacobian[3*i+a]
			}
		}
		near(t, "gradient", grad[k][:], want[:], 1e-13)
	}
}

func TestHarmonicsTakeWhatIsNotANumber(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	eachHarmonics(func(h geometry.Harmonics) {
		for _, v := range [][3]float64{{nan, nan, nan}, {inf, 0, -inf}, {0, nan, 1}, {1e308, -1e308, 1e308}, {5e-324, 0, 0}} {
			y, j := make([]float64, h.Width()), make([]float64, 3*h.Width())
			h.Eval(y, v)
			h.Jacobian(j, v)
			if y[0] != y[0] {
				t.Fatalf("%+v: Y_00 of %v is %v", h, v, y[0])
			}
		}
	})
}

func TestHarmonicsValidateNamesEveryFault(t *testing.T) {
	if err := (geometry.Harmonics{}).Validate(); err != nil {
		t.Errorf("the zero value: %v", err)
	}
	err := geometry.Harmonics{LMax: 7, Normalisation: "x", Order: "y"}.Validate()
	want := "lmax: 7 is not in 0..6\nnormalisation: \"x\" is none of \"component\", \"norm\", \"integral\"\norder: \"y\" is not \"e3nn\""
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func ExampleHarmonics() {
	h := geometry.Harmonics{LMax: 1}
	y := make([]float64, h.Width())
	h.Eval(y, [3]float64{0, 0, 2})
	fmt.Printf("%s %.4f\n", h.Irreps(), y)
	// Output: 1x0e+1x1o [1.0000 0.0000 0.0000 1.7321]
}

func BenchmarkHarmonicsL3(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 5))
	vec := make([][3]float64, 10000)
	for k := range vec {
		vec[k] = randomVector(rng)
	}
	h := geometry.Harmonics{LMax: 3}
	b.Run("float64", func(b *testing.B) {
		dst := make([]float64, len(vec)*h.Width())
		for b.Loop() {
			h.Rows(dst, vec)
		}
	})
	b.Run("float32", func(b *testing.B) {
		dst := make([]float32, len(vec)*h.Width())
		for b.Loop() {
			h.Rows32(dst, vec)
		}
	})
}
