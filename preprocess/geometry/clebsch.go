package geometry

import (
	"fmt"
	"math"
	"math/big"
	"sync"
)

// Coupling is the Wigner 3j tensor C of three degrees in the real basis of e3nn 0.6, of Frobenius norm 1: for the
// matrices D of one rotation, C_ijk D1_il D2_jm D3_kn = C_lmn. It is shared: read only.
type Coupling struct {
	L1, L2, L3 int
	Dense      []float64 // [2L1+1,2L2+1,2L3+1]
	Terms      []Term    // the entries that are not zero, in order
}

// Term is one entry C_ijk.
type Term struct {
	I, J, K int
	C       float64
}

// At is C_ijk, 0 ≤ i ≤ 2L1 and so on.
func (c *Coupling) At(i, j, k int) float64 { return c.Dense[(i*(2*c.L2+1)+j)*(2*c.L3+1)+k] }

// Couples tells whether |l1−l2| ≤ l3 ≤ l1+l2, with all degrees in 0..LMax.
func Couples(l1, l2, l3 int) bool {
	return min(l1, l2, l3) >= 0 && max(l1, l2, l3) <= LMax && l3 <= l1+l2 && l1 <= l2+l3 && l2 <= l1+l3
}

var couplings [LMax + 1][LMax + 1][LMax + 1]struct {
	once sync.Once
	c    *Coupling
}

// Wigner3j is the coupling of three degrees. It is worked out once, at the first call.
func Wigner3j(l1, l2, l3 int) (*Coupling, error) {
	if !Couples(l1, l2, l3) {
		return nil, fmt.Errorf("wigner 3j: degrees %d, %d, %d do not couple within 0..%d", l1, l2, l3, LMax)
	}
	slot := &couplings[l1][l2][l3]
	slot.once.Do(func() { slot.c = newCoupling(l1, l2, l3) })
	return slot.c, nil
}

// newCoupling takes the Clebsch–Gordan coefficients of SU(2) to the real basis,
//
//	C_jlm = Σ_ikn Q1_ij Q2_kl conj(Q3_nm) ⟨l1 i l2 k | l3 n⟩,
//
// as e3nn does (o3/_wigner.py), whose phases of Q make it real, and scales it to norm 1.
func newCoupling(l1, l2, l3 int) *Coupling {
	c := &Coupling{L1: l1, L2: l2, L3: l3, Dense: make([]float64, (2*l1+1)*(2*l2+1)*(2*l3+1))}
	for m1 := -l1; m1 <= l1; m1++ {
		for m2 := max(-l2, -l3-m1); m2 <= min(l2, l3-m1); m2++ {
			m3 := m1 + m2
			v := clebschGordan([3]int{l1, l2, l3}, m1, m2)
			for _, a := range realColumns(l1, m1) {
				for _, b := range realColumns(l2, m2) {
					for _, d := range realColumns(l3, m3) {
						conj := complex(real(d.q), -imag(d.q))
						at := ((l1+a.m)*(2*l2+1)+l2+b.m)*(2*l3+1) + l3 + d.m
						c.Dense[at] += v * real(a.q*b.q*conj)
					}
				}
			}
		}
	}
	c.normalise()
	return c
}

// entry is Q_{l+row,l+m} of the change from complex to real harmonics.
type entry struct {
	m int
	q complex128
}

// realColumns is the row m of Q, e3nn's change_basis_real_to_complex: (−i)^l times, for m < 0, (1, −i)/√2 in columns
// (|m|, −|m|), for m > 0 (−1)^m (1, i)/√2; 1 for m = 0.
func realColumns(l, m int) []entry {
	phase := [4]complex128{1, -1i, -1, 1i}[l%4]
	h := complex(math.Sqrt(0.5), 0) * phase
	switch {
	case m < 0:
		return []entry{{-m, h}, {m, -1i * h}}
	case m > 0 && m%2 == 1:
		return []entry{{m, -h}, {-m, -1i * h}}
	case m > 0:
		return []entry{{m, h}, {-m, 1i * h}}
	}
	return []entry{{0, phase}}
}

// clebschGordan is ⟨l1 m1 l2 m2 | l3 m1+m2⟩ by Racah's formula, its sum exact:
//
//	√[(2l₃+1) (l₃+l₁−l₂)! (l₃−l₁+l₂)! (l₁+l₂−l₃)! (l₃+m₃)! (l₃−m₃)! / ((l₁+l₂+l₃+1)! (l₁−m₁)! (l₁+m₁)! (l₂−m₂)! (l₂+m₂)!)]
//	· Σ_v (−1)^(v+l₂+m₂) (l₂+l₃+m₁−v)! (l₁−m₁+v)! / (v! (l₃−l₁+l₂−v)! (l₃+m₃−v)! (v+l₁−l₂−m₃)!)
func clebschGordan(l [3]int, m1, m2 int) float64 {
	l1, l2, l3, m3 := l[0], l[1], l[2], m1+m2
	square := ratio(
		[]int{l3 + l1 - l2, l3 - l1 + l2, l1 + l2 - l3, l3 + m3, l3 - m3},
		[]int{l1 + l2 + l3 + 1, l1 - m1, l1 + m1, l2 - m2, l2 + m2})
	square.Mul(square, big.NewRat(int64(2*l3+1), 1))
	sum := new(big.Rat)
	for v := max(0, l2-l1+m3, m1-l1); v <= min(l2+l3+m1, l3-l1+l2, l3+m3); v++ {
		t := ratio([]int{l2 + l3 + m1 - v, l1 - m1 + v}, []int{v, l3 - l1 + l2 - v, l3 + m3 - v, v + l1 - l2 - m3})
		if (v+l2+m2)%2 != 0 {
			t.Neg(t)
		}
		sum.Add(sum, t)
	}
	root, _ := square.Float64()
	s, _ := sum.Float64()
	return math.Sqrt(root) * s
}

// ratio is the product of the factorials above over that of those below.
func ratio(above, below []int) *big.Rat {
	product := func(ns []int) *big.Int {
		p := big.NewInt(1)
		for _, n := range ns {
			p.Mul(p, new(big.Int).MulRange(1, int64(n)))
		}
		return p
	}
	return new(big.Rat).SetFrac(product(above), product(below))
}

// zeroBelow separates entries that cancel (rounding, 1e-17) from real ones (0.005 and more up to LMax).
const zeroBelow = 1e-9

// normalise scales Dense to norm 1, sets what cancels to zero and lists the rest.
func (c *Coupling) normalise() {
	var square float64
	for _, v := range c.Dense {
		square += v * v
	}
	n2, n3 := 2*c.L2+1, 2*c.L3+1
	for at := range c.Dense {
		v := c.Dense[at] / math.Sqrt(square)
		if math.Abs(v) < zeroBelow {
			v = 0
		} else {
			c.Terms = append(c.Terms, Term{I: at / (n2 * n3), J: at / n3 % n2, K: at % n3, C: v})
		}
		c.Dense[at] = v
	}
}
