package xyz

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// pow10 holds the powers of ten that float64 holds exactly.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// decimal is a number as it is written: (-1)^negative · mantissa · 10^exponent.
type decimal struct {
	mantissa uint64
	exponent int
	negative bool
	inexact  bool // the mantissa has more digits than a uint64
	fortran  bool // the exponent's letter is d or D
	size     int  // bytes read, 0 = no number
}

// scanFloat reads the longest [+-] digits [. digits] [e|E|d|D [+-] digits] at the beginning of b and
// returns the nearest float64 and the number of bytes, 0 if there is no number.
func scanFloat(b []byte) (float64, int) {
	var d decimal
	d.scan(b)
	if d.size == 0 {
		return 0, 0
	}
	return d.value(b), d.size
}

// value is the float64 nearest to d, which was read from the beginning of b.
func (d *decimal) value(b []byte) float64 {
	var x float64
	switch {
	case d.inexact || d.exponent < -19 || d.exponent > 22:
		return d.slow(b[:d.size])
	case d.exponent >= 0 && d.mantissa < 1<<53:
		x = float64(d.mantissa) * pow10[d.exponent] // both exact: one rounding (Clinger 1990)
	case d.exponent > 0:
		return d.slow(b[:d.size])
	case d.mantissa < 1<<53:
		x = float64(d.mantissa) / pow10[-d.exponent]
	default:
		x = quotient(d.mantissa, whole10[-d.exponent])
	}
	if d.negative {
		return -x
	}
	return x
}

// whole10 holds the powers of ten that a uint64 holds.
var whole10 = func() (t [20]uint64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = 10 * t[i-1]
	}
	return t
}()

// quotient is m/d, rounded once; m and d are not 0.
//
// With both shifted to 64 bits, q = ⌊2⁶³·m/d⌋ has 63 or 64 bits, at least 10 more than a float64. Its
// last bit is set where the division left a rest, so that rounding q is rounding m/d.
func quotient(m, d uint64) float64 {
	a, b := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	m <<= a
	q, rest := bits.Div64(m>>1, m<<63, d<<b)
	if rest != 0 {
		q |= 1
	}
	return float64(q) * math.Float64frombits(uint64(1023-63+b-a)<<52)
}

func (d *decimal) scan(b []byte) {
	i := 0
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		d.negative = b[0] == '-'
		i = 1
	}
	whole := d.digits(b, i)
	i += whole
	part := 0
	if i < len(b) && b[i] == '.' {
		exponent := d.exponent
		part = d.digits(b, i+1)
		d.exponent = exponent - (part - (d.exponent - exponent))
		i += 1 + part
	}
	if whole+part == 0 {
		return
	}
	d.size = i
	d.power(b, i)
}

// digits adds the digits at b[i:] to the mantissa and returns how many there are. Those that do not
// fit raise the exponent.
func (d *decimal) digits(b []byte, i int) int {
	const most = (math.MaxUint64 - 9) / 10
	begin := i
	m := d.mantissa
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		if m > most {
			d.exponent++
			d.inexact = true
			continue
		}
		m = m*10 + uint64(c)
	}
	d.mantissa = m
	return i - begin
}

// power reads the exponent at b[i:], if there is one.
func (d *decimal) power(b []byte, i int) {
	if i >= len(b) || (b[i]|0x20 != 'e' && b[i]|0x20 != 'd') {
		return
	}
	fortran := b[i]|0x20 == 'd'
	i++
	sign := 1
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		if b[i] == '-' {
			sign = -1
		}
		i++
	}
	begin, e := i, 0
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		e = min(e*10+int(b[i]-'0'), 1<<20)
	}
	if i == begin {
		return
	}
	d.exponent += sign * e
	d.fortran = fortran
	d.size = i
}

// slow is for numbers that need more than one rounding.
func (d *decimal) slow(b []byte) float64 {
	if !d.fortran {
		x, _ := strconv.ParseFloat(string(b), 64) // out of range: ±Inf or 0, as in Python
		return x
	}
	text := strings.NewReplacer("d", "e", "D", "e").Replace(string(b))
	x, _ := strconv.ParseFloat(text, 64)
	return x
}

// parseFloat reads a whole token as Python's float does, and Fortran's exponents.
func parseFloat(b []byte) (float64, bool) {
	x, n := scanFloat(b)
	if n == len(b) && n > 0 {
		return x, true
	}
	if x, ok := notFinite(b); ok {
		return x, true
	}
	if b, ok := withoutUnderscores(b); ok {
		return parseFloat(b)
	}
	return 0, false
}

// notFinite reads nan, inf and infinity in any case.
func notFinite(b []byte) (float64, bool) {
	sign := 1
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	switch {
	case bytes.EqualFold(b, []byte("nan")):
		return math.NaN(), true
	case bytes.EqualFold(b, []byte("inf")), bytes.EqualFold(b, []byte("infinity")):
		return math.Inf(sign), true
	}
	return 0, false
}

// parseInt reads a whole token as Python's int does, if it fits 64 bits.
func parseInt(b []byte) (int64, bool) {
	i := 0
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		i = 1
	}
	if i == len(b) {
		return 0, false
	}
	x := uint64(0) // -2⁶³ fits too
	for ; i < len(b); i++ {
		c := uint64(b[i] - '0')
		if c > 9 {
			if b, ok := withoutUnderscores(b); ok {
				return parseInt(b)
			}
			return 0, false
		}
		if x > (1<<63-c)/10 {
			return 0, false
		}
		x = x*10 + c
	}
	if b[0] == '-' {
		return -int64(x), true
	}
	return int64(x), x < 1<<63
}

// withoutUnderscores removes them where Python allows them: one at a time, between digits.
func withoutUnderscores(b []byte) ([]byte, bool) {
	if bytes.IndexByte(b, '_') < 0 {
		return nil, false
	}
	var out []byte
	for i, c := range b {
		if c != '_' {
			out = append(out, c)
		} else if i == 0 || i+1 == len(b) || b[i-1]-'0' > 9 || b[i+1]-'0' > 9 {
			return nil, false
		}
	}
	return out, true
}

// appendFloat writes the shortest text that reads back as x, as Python's repr but without ".0". The
// zero below 0 keeps it: as "-0" it would be an integer to many readers of JSON, and lose its sign.
func appendFloat(dst []byte, x float64) []byte {
	if x == 0 && math.Signbit(x) {
		return append(dst, "-0.0"...)
	}
	if abs := math.Abs(x); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.AppendFloat(dst, x, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}
