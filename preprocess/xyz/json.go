package xyz

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
)

// maxRank is the deepest array of numbers that is read as such.
const maxRank = 32

// parseJSON types a value that follows "_JSON ": one number or boolean, a regular array of them, a
// string; whatever else is JSON. As json.loads does, it reads NaN and Infinity among numbers.
func parseJSON(text []byte) (Array, error) {
	p := numberArray{cursor: cursor{b: text}, rank: -1}
	if p.value(0) && p.atEnd() {
		if a, ok := p.array(); ok {
			return a, nil
		}
	}
	var s string
	if bytes.HasPrefix(trim(text), []byte(`"`)) && json.Unmarshal(text, &s) == nil {
		return Text(s), nil
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil {
		return Array{}, errors.New("what follows _JSON is no JSON")
	}
	return Array{Type: JSON, Strings: []string{compact.String()}}, nil
}

// numberArray reads nested lists of numbers and booleans, of one length at each depth.
type numberArray struct {
	cursor
	rank   int // depth of the numbers, -1 = none seen
	shape  []int
	bools  []bool
	ints   []int64
	floats []float64 // every element, as a number
	big    bool      // an integer does not fit 64 bits
}

func (p *numberArray) value(depth int) bool {
	if p.next('[') {
		return depth < maxRank && p.list(depth)
	}
	return p.rankIs(depth) && p.scalar()
}

// rankIs holds all numbers to one depth.
func (p *numberArray) rankIs(depth int) bool {
	if p.rank < 0 {
		p.rank = depth
	}
	return p.rank == depth
}

// list reads the rest of a list at depth, its bracket being read.
func (p *numberArray) list(depth int) bool {
	if depth == len(p.shape) {
		p.shape = append(p.shape, -1)
	}
	if p.next(']') {
		return p.rankIs(depth+1) && p.sizeIs(depth, 0)
	}
	for n := 1; p.value(depth + 1); n++ {
		if p.next(']') {
			return p.sizeIs(depth, n)
		}
		if !p.next(',') {
			break
		}
	}
	return false
}

// sizeIs holds all lists of a depth to one length.
func (p *numberArray) sizeIs(depth, n int) bool {
	if p.shape[depth] < 0 {
		p.shape[depth] = n
	}
	return p.shape[depth] == n
}

func (p *numberArray) scalar() bool {
	if b, ok := p.boolean(); ok {
		x := int64(0)
		if b {
			x = 1
		}
		p.bools, p.ints, p.floats = append(p.bools, b), append(p.ints, x), append(p.floats, float64(x))
		return true
	}
	if x, ok := p.notFinite(); ok {
		p.floats = append(p.floats, x)
		return true
	}
	begin := p.i
	x, ok := p.number()
	if text := p.b[begin:p.i]; ok && !bytes.ContainsAny(text, ".eE") {
		i, fits := parseInt(text)
		p.big = p.big || !fits
		p.ints = append(p.ints, i)
	}
	p.floats = append(p.floats, x)
	return ok
}

// notFinite reads what Python's json has beyond JSON.
func (p *numberArray) notFinite() (float64, bool) {
	switch {
	case p.literal("NaN"):
		return math.NaN(), true
	case p.literal("Infinity"):
		return math.Inf(1), true
	}
	return math.Inf(-1), p.literal("-Infinity")
}

// array is the narrowest type that holds every element: bool, int, float. It reports false for
// integers beyond 64 bits.
func (p *numberArray) array() (Array, bool) {
	a := Array{Shape: p.shape}
	switch n := len(p.floats); {
	case n > 0 && len(p.bools) == n:
		a.Bools = p.bools
	case n > 0 && len(p.ints) == n:
		a.Type, a.Ints = Int, p.ints
		return a, !p.big
	default:
		a.Type, a.Floats = Float, p.floats
	}
	return a, true
}

// jsonFloat reads a number of JSON's grammar at the beginning of b; 0 bytes if there is none.
func jsonFloat(b []byte) (float64, int) {
	var d decimal
	d.scan(b)
	if d.size == 0 || d.fortran || b[0] == '+' {
		return 0, 0
	}
	digits := b[:d.size]
	if d.negative {
		digits = digits[1:]
	}
	if digits[0] == '.' || digits[0] == '0' && len(digits) > 1 && digits[1]-'0' <= 9 {
		return 0, 0
	}
	if i := bytes.IndexByte(digits, '.'); i >= 0 && (i+1 == len(digits) || digits[i+1]-'0' > 9) {
		return 0, 0
	}
	return d.value(b), d.size
}
