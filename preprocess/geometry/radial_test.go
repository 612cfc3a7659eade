package geometry_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
)

// readGolden reads a file of testdata.
func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// basesGolden is testdata/bases.json, written by tests/parity/bases.py.
type basesGolden struct {
	R     []float64 // Å
	Bases []struct {
		Spec   geometry.Basis
		Values [][]float64 // [r][N]
	}
	Envelopes []struct {
		Spec   geometry.Envelope
		Values []float64
	}
}

func TestBasesEqualTheOriginals(t *testing.T) {
	var golden basesGolden
	readGolden(t, "bases.json", &golden)
	for _, want := range golden.Bases {
		b := newRadial(t, want.Spec)
		rows := make([]float64, len(golden.R)*b.N)
		b.Rows(rows, golden.R)
		for k := range golden.R {
			near(t, string(b.Kind), rows[k*b.N:(k+1)*b.N], want.Values[k], e3nnTol)
		}
	}
	for _, want := range golden.Envelopes {
		got := make([]float64, len(golden.R))
		want.Spec.Rows(got, golden.R)
		near(t, string(want.Spec.Kind), got, want.Values, e3nnTol)
	}
}

func newRadial(t testing.TB, spec geometry.Basis) *geometry.Radial {
	t.Helper()
	b, err := geometry.NewRadial(spec)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// someBases has every kind with every option.
func someBases() []geometry.Basis {
	all := []geometry.Basis{
		{Kind: geometry.Gaussian, N: 50, Cutoff: 5}, {Kind: geometry.Gaussian, N: 2, Cutoff: 10},
		{Kind: geometry.ExpNorm, N: 50, Cutoff: 5}, {Kind: geometry.ExpNorm, N: 16, Cutoff: 10, Alpha: 1, Prefactor: geometry.PrefactorOne},
		{Kind: geometry.Bernstein, N: 1, Cutoff: 5}, {Kind: geometry.Bernstein, N: 16, Cutoff: 5},
		{Kind: geometry.Bernstein, N: 32, Cutoff: 5, Alpha: 0.95, Order: geometry.Reversed},
	}
	for _, p := range []geometry.Prefactor{"", geometry.PrefactorTwo, geometry.PrefactorPi, geometry.PrefactorOne} {
		all = append(all, geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5, Prefactor: p})
	}
	return append(all, geometry.Basis{Kind: geometry.Bessel, N: 64, Cutoff: 6})
}

func someEnvelopes() []geometry.Envelope {
	return []geometry.Envelope{
		{Kind: geometry.Cosine, Cutoff: 5}, {Kind: geometry.Polynomial, Cutoff: 5},
		{Kind: geometry.Polynomial, Cutoff: 4, P: 1}, {Kind: geometry.Polynomial, Cutoff: 6, P: 12},
	}
}

// distances are spread over (0, past the cutoff], none within a difference step of a cutoff.
func distances(rng *rand.Rand) []float64 {
	r := []float64{1e-4, 0.01, 0.0795774715, 0.3, 1, 3.999, 4.99, 5.01, 7}
	for range 30 {
		r = append(r, 0.1+4.8*rng.Float64())
	}
	return r
}

func TestBasisDerivativesAreTheDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, spec := range someBases() {
		b := newRadial(t, spec)
		got, want := make([]float64, b.N), make([]float64, b.N)
		for _, r := range distances(rng) {
			b.Derivative(got, r)
			difference(want, r, func(dst []float64, r float64) { b.Eval(dst, r) })
			near(t, string(b.Kind), got, want, differenceTol)
		}
	}
	for _, e := range someEnvelopes() {
		want := make([]float64, 1)
		for _, r := range distances(rng) {
			difference(want, r, func(dst []float64, r float64) { dst[0] = e.Eval(r) })
			near(t, string(e.Kind), []float64{e.Derivative(r)}, want, differenceTol)
		}
	}
}

// difference fills dst with the central difference of f at r, extrapolated once (Richardson).
func difference(dst []float64, r float64, f func(dst []float64, r float64)) {
	h := min(2e-4, r/4)
	at := func(x float64) []float64 {
		v := make([]float64, len(dst))
		f(v, x)
		return v
	}
	p, q, pp, qq := at(r+h), at(r-h), at(r+2*h), at(r-2*h)
	for k := range dst {
		dst[k] = (8*(p[k]-q[k]) - (pp[k] - qq[k])) / (12 * h)
	}
}

func TestPullbacksFollowTheDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	vec := [][3]float64{randomVector(rng), {}, randomVector(rng)}
	for _, spec := range someBases() {
		b := newRadial(t, spec)
		cot := make([]float64, len(vec)*b.N)
		for k := range cot {
			cot[k] = rng.NormFloat64()
		}
		value := func() (sum float64) {
			for k, v := range vec {
				row := make([]float64, b.N)
				b.Eval(row, math.Sqrt(v[0]*v[0]+v[1]*v[1]+v[2]*v[2]))
				for n, y := range row {
					sum += cot[k*b.N+n] * y
				}
			}
			return sum
		}
		grad := make([][3]float64, len(vec))
		b.Pullback(grad, cot, vec)
		checkGradient(t, string(b.Kind), vec, grad, value)
	}
	e, cot := geometry.Envelope{Kind: geometry.Polynomial, Cutoff: 5}, []float64{1, 2, 3}
	grad := make([][3]float64, len(vec))
	e.Pullback(grad, cot, vec)
	checkGradient(t, "envelope", vec, grad, func() (sum float64) {
		for k, v := range vec {
			sum += cot[k] * e.Eval(math.Sqrt(v[0]*v[0]+v[1]*v[1]+v[2]*v[2]))
		}
		return sum
	})
}

// checkGradient compares grad with differences of value in every component of vec that is not zero.
func checkGradient(t *testing.T, what string, vec, grad [][3]float64, value func() float64) {
	t.Helper()
	for k := range vec {
		for a := range 3 {
			old := vec[k][a]
			if old == 0 {
				near(t, what, grad[k][:], make([]float64, 3), 0)
				continue
			}
			want := make([]float64, 1)
			difference(want, 0.04, func(dst []float64, x float64) {
				vec[k][a] = old + x - 0.04
				dst[0] = value()
			})
			vec[k][a] = old
			near(t, what, grad[k][a:a+1], want, 10*differenceTol) // sums of up to 64 terms
		}
	}
}

func TestBernsteinIsAPartitionOfOne(t *testing.T) {
	for _, n := range []int{1, 2, 16, 128, 1024} {
		b := newRadial(t, geometry.Basis{Kind: geometry.Bernstein, N: n, Cutoff: 5})
		row := make([]float64, n)
		for _, r := range []float64{0, 1e-9, 0.3, 1, 2.5, 7, 40} {
			b.Eval(row, r)
			var sum float64
			for _, v := range row {
				sum += v
			}
			near(t, "sum", []float64{sum}, []float64{1}, 1e-11)
		}
	}
}

func TestBesselAtZeroIsItsLimit(t *testing.T) {
	b := newRadial(t, geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5})
	at, close := make([]float64, 8), make([]float64, 8)
	b.Eval(at, 0)
	b.Eval(close, 1e-9)
	near(t, "limit", close, at, 1e-14)
	b.Derivative(at, 0)
	near(t, "slope", at, make([]float64, 8), 0)
}

func TestBesselStaysExactFarUp(t *testing.T) {
	b := newRadial(t, geometry.Basis{Kind: geometry.Bessel, N: 1024, Cutoff: 5, Prefactor: geometry.PrefactorOne})
	row, want := make([]float64, b.N), make([]float64, b.N)
	for _, r := range []float64{1e-6, 0.5, 2.2, 4.9999, 5, 6} {
		b.Eval(row, r)
		for k := range want {
			want[k] = math.Sin(float64(k+1)*math.Pi*r/5) / r
		}
		near(t, "sin(nπr/rc)/r", row, want, 1e-11) // the reference itself rounds nπr/rc: 1024 π ulp
	}
}

func TestEnvelopesEndSmoothly(t *testing.T) {
	for _, e := range someEnvelopes() {
		rc := e.Cutoff
		near(t, "f(0), f(rc), f'(rc), beyond", []float64{e.Eval(0), e.Eval(rc), e.Derivative(rc), e.Eval(2 * rc), e.Eval(rc - 1e-7), e.Derivative(rc - 1e-9)},
			[]float64{1, 0, 0, 0, 0, 0}, 2e-8)
	}
}

func TestRows32AreRoundedOnce(t *testing.T) {
	r := distances(rand.New(rand.NewPCG(5, 6)))
	for _, spec := range append(someBases(), geometry.Basis{Kind: geometry.Gaussian, N: 300, Cutoff: 30}) {
		b := newRadial(t, spec)
		rows, rows32 := make([]float64, len(r)*b.N), make([]float32, len(r)*b.N)
		b.Rows(rows, r)
		b.Rows32(rows32, r)
		for k, v := range rows {
			if rows32[k] != float32(v) {
				t.Fatalf("%s number %d: %v of %v", b.Kind, k, rows32[k], v)
			}
		}
	}
	for _, e := range someEnvelopes() {
		rows, rows32 := make([]float64, len(r)), make([]float32, len(r))
		e.Rows(rows, r)
		e.Rows32(rows32, r)
		for k, v := range rows {
			if rows32[k] != float32(v) {
				t.Fatalf("%s at %v Å: %v of %v", e.Kind, r[k], rows32[k], v)
			}
		}
	}
}

func TestBasesTakeAnyDistance(t *testing.T) {
	for _, r := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e300, 5e-324} {
		for _, spec := range someBases() {
			b := newRadial(t, spec)
			row := make([]float64, b.N)
			b.Eval(row, r)
			b.Derivative(row, r)
		}
		for _, e := range someEnvelopes() {
			e.Eval(r)
			e.Derivative(r)
		}
	}
}

func TestSpecsAreRefusedByName(t *testing.T) {
	for spec, want := range map[geometry.Basis]string{
		{}:                                       `kind: "" is none of`,
		{Kind: geometry.Bessel, N: 0, Cutoff: 5}: "n: 0 is not in 1..1024",
		{Kind: geometry.Gaussian, N: 1, Cutoff: 5}:                                          "n: 1 is not in 2..1024",
		{Kind: geometry.Bessel, N: 8, Cutoff: -1}:                                           "cutoff: -1 Å is not in (0, 1000]",
		{Kind: geometry.Bessel, N: 8, Cutoff: math.Inf(1)}:                                  "cutoff: +Inf Å",
		{Kind: geometry.Bessel, N: 8, Cutoff: 5, Prefactor: "3"}:                            `prefactor: "3" of a bessel basis`,
		{Kind: geometry.Gaussian, N: 8, Cutoff: 5, Alpha: 1}:                                "alpha: a gaussian basis has none",
		{Kind: geometry.ExpNorm, N: 8, Cutoff: 5, Alpha: -1}:                                "alpha: -1 is not in",
		{Kind: geometry.ExpNorm, N: 8, Cutoff: 5, Order: geometry.Reversed}:                 `order: "reversed" of a expnorm basis`,
		{Kind: geometry.Bernstein, N: 2000, Cutoff: 0, Prefactor: geometry.PrefactorCosine}: "cutoff: 0 Å is not in (0, 1000]\nn: 2000",
	} {
		if _, err := geometry.NewRadial(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", spec, err, want)
		}
	}
	for spec, want := range map[geometry.Envelope]string{
		{}:                                  `kind: "" is none of`,
		{Kind: geometry.Cosine, P: 3}:       "p: a cosine envelope has none",
		{Kind: geometry.Polynomial, P: -1}:  "p: -1 is not in 1..64",
		{Kind: geometry.Polynomial, P: 100}: "p: 100 is not in 1..64",
	} {
		if err := spec.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", spec, err, want)
		}
	}
}

func TestSpecsReadAsAManifestWritesThem(t *testing.T) {
	var spec struct {
		Basis    geometry.Basis
		Envelope geometry.Envelope
	}
	text := `{"basis": {"kind": "bessel", "n": 8, "cutoff": 5.0, "prefactor": "2/rc"}, "envelope": {"kind": "polynomial", "p": 6, "cutoff": 5.0}}`
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		t.Fatal(err)
	}
	if want := (geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5, Prefactor: geometry.PrefactorTwo}); spec.Basis != want {
		t.Errorf("got %+v", spec.Basis)
	}
	if want := (geometry.Envelope{Kind: geometry.Polynomial, P: 6, Cutoff: 5}); spec.Envelope != want {
		t.Errorf("got %+v", spec.Envelope)
	}
}

// The edge of the speed bar: 8 Bessel functions and the polynomial envelope.
func BenchmarkBesselAndEnvelope(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 7))
	r := make([]float64, 10000)
	for k := range r {
		r[k] = 5 * rng.Float64()
	}
	basis := newRadial(b, geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5})
	envelope := geometry.Envelope{Kind: geometry.Polynomial, Cutoff: 5}
	rows, f := make([]float64, 8*len(r)), make([]float64, len(r))
	for b.Loop() {
		basis.Rows(rows, r)
		envelope.Rows(f, r)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(r)), "ns/edge")
}

func BenchmarkBases50(b *testing.B) {
	r := distances(rand.New(rand.NewPCG(8, 8)))
	for _, kind := range []geometry.BasisKind{geometry.Bessel, geometry.Gaussian, geometry.ExpNorm, geometry.Bernstein} {
		basis := newRadial(b, geometry.Basis{Kind: kind, N: 50, Cutoff: 5})
		rows := make([]float64, 50*len(r))
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				basis.Rows(rows, r)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(r)), "ns/edge")
		})
	}
}
