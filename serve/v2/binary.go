package v2

import (
	"encoding/binary"
	"math"

	"molserve/preprocess/graph"
)

// decodeRaw fills t, whose type and shape are known, from packed little-endian elements.
func (t *Tensor) decodeRaw(raw []byte) error {
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	if t.DType == Bytes {
		return t.decodeTexts(raw, n)
	}
	if w := size(t.DType); int64(len(raw)) != int64(n)*int64(w) {
		return fault("input %q has %d bytes, shape %v of %s has %d", t.Name, len(raw), t.Shape, Datatype(t.DType), int64(n)*int64(w))
	}
	t.Reset(t.DType, append([]int64(nil), t.Shape...)...)
	switch t.DType { // around the loops: a request has a hundred thousand elements
	case graph.Float32:
		for i := range t.F32 {
			t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case graph.Float64:
		for i := range t.F64 {
			t.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case graph.Int64:
		for i := range t.I64 {
			t.I64[i] = int64(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	case graph.Bool:
		for i, b := range raw {
			if b > 1 {
				return fault("input %q: byte %d is %d, a BOOL is 0 or 1", t.Name, i, b)
			}
			t.B[i] = b == 1
		}
	}
	return nil
}

// decodeTexts reads n elements, each four bytes of length and as many bytes, and nothing behind them.
func (t *Tensor) decodeTexts(raw []byte, n int) error {
	if int64(len(raw)) < 4*int64(n) {
		return fault("input %q has %d bytes, too few for the lengths of %d elements", t.Name, len(raw), n)
	}
	t.Text = make([]string, 0, n)
	for i := range n {
		if len(raw) < 4 {
			return fault("input %q ends before the length of element %d", t.Name, i)
		}
		length := int64(binary.LittleEndian.Uint32(raw))
		raw = raw[4:]
		if length > int64(len(raw)) {
			return fault("input %q: element %d claims %d bytes, %d are left", t.Name, i, length, len(raw))
		}
		t.Text = append(t.Text, string(raw[:length]))
		raw = raw[length:]
	}
	if len(raw) > 0 {
		return fault("input %q has %d bytes behind its last element", t.Name, len(raw))
	}
	return nil
}

// appendRaw writes what decodeRaw reads.
func (t *Tensor) appendRaw(b []byte) []byte {
	switch t.DType {
	case graph.Float32:
		for _, v := range t.F32 {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	case graph.Float64:
		for _, v := range t.F64 {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	case graph.Int64:
		for _, v := range t.I64 {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	case graph.Bool:
		for _, v := range t.B {
			b = append(b, oneIf(v))
		}
	case Bytes:
		for _, s := range t.Text {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
		}
	}
	return b
}

func oneIf(v bool) byte {
	if v {
		return 1
	}
	return 0
}
