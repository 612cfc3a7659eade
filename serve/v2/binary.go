package v2

import (
	"encoding/binary"

	"molserve/preprocess/graph"
)

// decodeRaw makes t, whose type and shape are known, of packed little-endian elements. Where it can, t is a view of raw,
// which must not change as long as t is in use; texts are copied.
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
	switch t.DType {
	case graph.Float32:
		t.F32 = view[float32](raw)
	case graph.Float64:
		t.F64 = view[float64](raw)
	case graph.Int64:
		t.I64 = view[int64](raw)
	case graph.Bool:
		if i := notBool(raw); i >= 0 {
			return fault("input %q: byte %d is %d, a BOOL is 0 or 1", t.Name, i, raw[i])
		}
		t.B = view[bool](raw)
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
		return appendElements(b, t.F32)
	case graph.Float64:
		return appendElements(b, t.F64)
	case graph.Int64:
		return appendElements(b, t.I64)
	case graph.Bool:
		return appendElements(b, t.B)
	case Bytes:
		for _, s := range t.Text {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(s))), s...)
		}
	}
	return b
}
