package onnx

import (
	"fmt"
	"math"
	"slices"

	"molserve/preprocess/graph"
)

// TensorLimits bound what one run may hold.
type TensorLimits struct{ Graphs, Atoms, Edges int64 }

// TensorError says what is wrong with a tensor that somebody sent.
type TensorError struct{ Tensor, Reason string }

func (e *TensorError) Error() string { return fmt.Sprintf("tensor %s: %s", e.Tensor, e.Reason) }

// CheckTensors holds tensors against what the fields of the manifest's inputs mean; in has one for each,
// in their order. A network given others could read outside its memory, end the process or answer nonsense: sizes of
// one symbol agree, indices are in range, graphs follow each other and none is without atoms, opposite edges are
// opposite, masks and offsets fit, numbers are finite. The first fault is returned as a *TensorError.
func (m *Manifest) CheckTensors(in []graph.Tensor, limits TensorLimits) error {
	c := &tensorCheck{manifest: m, in: in, limits: limits}
	if len(in) != len(m.Inputs) {
		return fmt.Errorf("%d tensors for %d inputs", len(in), len(m.Inputs))
	}
	for i := range in {
		c.bind(&m.Inputs[i], &in[i])
	}
	c.checkSizes()
	for i := range in {
		if c.err == nil {
			c.checkField(&m.Inputs[i], &in[i])
		}
	}
	if c.err == nil {
		return nil
	}
	return c.err
}

// tensorCheck keeps the first fault.
type tensorCheck struct {
	manifest *Manifest
	in       []graph.Tensor
	limits   TensorLimits
	sizes    sizes
	err      *TensorError
}

func (c *tensorCheck) fail(in *Input, format string, args ...any) {
	if c.err == nil {
		c.err = &TensorError{in.Tensor, fmt.Sprintf(format, args...)}
	}
}

// field finds the tensor of a field, nil when the model has none.
func (c *tensorCheck) field(name string) *graph.Tensor {
	i := slices.IndexFunc(c.manifest.Inputs, func(in Input) bool { return in.Field == name })
	if i < 0 {
		return nil
	}
	return &c.in[i]
}

// bind learns the sizes of symbols, and wants those that are known.
func (c *tensorCheck) bind(in *Input, t *graph.Tensor) {
	if t.DType != in.DType || len(t.Shape) != len(in.Shape) {
		c.fail(in, "is %s, the model takes %s%v", t, in.DType, in.Shape)
		return
	}
	for k, d := range in.Shape {
		symbol, n := d.Symbol, t.Shape[k]
		switch {
		case n < 0:
			c.fail(in, "dimension %d is negative", k)
		case symbol == "" && n != d.Size:
			c.fail(in, "is %s, the model takes %s%v", t, in.DType, in.Shape)
		case symbol == "":
			continue
		case symbol == "G+1":
			symbol, n = "G", n-1
		}
		if known, ok := c.sizes.learn(symbol, n); ok && known != n {
			c.fail(in, "%s is %d here and %d in another tensor", symbol, n, known)
		}
	}
}

// checkSizes holds what symbols are among themselves and against the limits.
func (c *tensorCheck) checkSizes() {
	in := &c.manifest.Inputs[0]
	for _, symbol := range someInEachBatch {
		if n, ok := c.sizes.find(symbol); ok && n == 0 {
			c.fail(in, "%s is 0; a request has a graph at least, and a graph an atom", symbol)
		}
	}
	if m, ok := c.sizes.find("M"); ok && c.sizes.of("E")/2 != m {
		c.fail(in, "M is %d, half of the %d edges is %d", m, c.sizes.of("E"), c.sizes.of("E")/2)
	}
	for _, s := range []struct {
		what  string
		n, at int64
	}{
		{"graphs", max(c.sizes.of("G"), c.sizes.of("B")), c.limits.Graphs},
		{"atoms", max(c.sizes.of("N"), c.sizes.of("B")*c.sizes.of("n")), c.limits.Atoms},
		{"edges", c.sizes.of("E"), c.limits.Edges},
		{"edges of the line graph", c.sizes.of("L"), 4 * c.limits.Edges},
		{"pairs", max(c.sizes.of("P"), c.sizes.of("B")*c.sizes.of("n")*c.sizes.of("n")), 16 * c.limits.Edges},
	} {
		if s.n > s.at || s.n < 0 {
			c.fail(in, "%d %s in a request, %d are the most", s.n, s.what, s.at)
		}
	}
}

// size is that of a symbol, or the limit where no tensor says it.
func (c *tensorCheck) size(symbol string, limit int64) int64 {
	if n, ok := c.sizes.find(symbol); ok {
		return n
	}
	return limit
}

// inRange wants indices 0 … n-1.
func (c *tensorCheck) inRange(in *Input, t *graph.Tensor, n int64, of string) {
	for k, v := range t.I64 {
		if v < 0 || v >= n {
			c.fail(in, "element %d is %d, there are %d %s", k, v, n, of)
			return
		}
	}
}

func (c *tensorCheck) finite(in *Input, t *graph.Tensor) {
	if allFinite(t) {
		return
	}
	k := slices.IndexFunc(t.F32, func(v float32) bool { return math.Float32bits(v)&exponent32 == exponent32 })
	if k < 0 {
		k = slices.IndexFunc(t.F64, func(v float64) bool { return math.Float64bits(v)&exponent64 == exponent64 })
	}
	if k >= 0 {
		c.fail(in, "element %d is not finite", k)
	}
}

// allFinite looks at all elements without a branch for each: adding one to an exponent whose bits are all set carries
// into the bit of the sign.
func allFinite(t *graph.Tensor) bool {
	var carry32 uint32
	rest := t.F32
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b := math.Float32bits(rest[0])&exponent32, math.Float32bits(rest[1])&exponent32
		c, d := math.Float32bits(rest[2])&exponent32, math.Float32bits(rest[3])&exponent32
		carry32 |= (a + least32) | (b + least32) | (c + least32) | (d + least32)
	}
	for _, v := range rest {
		carry32 |= math.Float32bits(v)&exponent32 + least32
	}
	var carry64 uint64
	for _, v := range t.F64 {
		carry64 |= math.Float64bits(v)&exponent64 + least64
	}
	return carry32>>31 == 0 && carry64>>63 == 0
}

// The bits of the exponent, all of which are set in NaN and infinities alone.
const (
	exponent32 = 0xff << 23
	exponent64 = 0x7ff << 52

	least32 = 1 << 23 // their lowest
	least64 = 1 << 52
)
