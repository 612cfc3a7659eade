package proto

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bytes writes the model. Nodes and initializers that were read are written as they were, byte for
// byte, and so is every field that this package does not know.
func (m *Model) Bytes() []byte {
	out := append([]byte(nil), m.rest...)
	return appendMessage(out, 7, m.Graph.bytes())
}

func (g *Graph) bytes() []byte {
	size := len(g.rest)
	for _, t := range g.Initializers {
		size += len(t.raw) + 16
	}
	out := make([]byte, 0, size)
	for _, n := range g.Nodes {
		out = appendMessage(out, 1, n.bytes())
	}
	out = append(out, g.rest...)
	for _, t := range g.Initializers {
		out = appendMessage(out, 5, t.bytes())
	}
	return out
}

func (n *Node) bytes() []byte {
	if n.raw != nil {
		return n.raw
	}
	var out []byte
	for _, name := range n.In {
		out = appendText(out, 1, name)
	}
	for _, name := range n.Out {
		out = appendText(out, 2, name)
	}
	out = appendText(out, 3, n.Name)
	out = appendText(out, 4, n.Op)
	for _, a := range n.Attrs {
		out = appendMessage(out, 5, a.bytes())
	}
	return out
}

// Types of attributes that are made (AttributeProto.AttributeType).
const (
	attrInt    = 2
	attrString = 3
	attrInts   = 7
)

// bytes writes an attribute that was made: a string, integers, or else an integer.
func (a *Attr) bytes() []byte {
	out := appendText(nil, 1, a.Name)
	kind := uint64(attrInt)
	switch {
	case a.String != nil:
		kind = attrString
		out = appendMessage(out, 4, a.String)
	case a.Ints != nil:
		kind = attrInts
		for _, v := range a.Ints {
			out = appendVarint(out, 8, uint64(v))
		}
	default:
		out = appendVarint(out, 3, uint64(a.Int))
	}
	return appendVarint(out, 20, kind)
}

// Int64Tensor makes a one-dimensional initializer.
func Int64Tensor(name string, values []int64) *Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	t := &Tensor{Name: name, DType: Int64, Dims: []int64{int64(len(values))}, Raw: raw, HasRaw: true}
	t.raw = t.encode()
	return t
}

// WithData returns the float32 or float64 tensor with other data, little endian, of the same length.
func (t *Tensor) WithData(data []byte) *Tensor {
	out := &Tensor{Name: t.Name, DType: t.DType, Dims: t.Dims, Raw: data, HasRaw: true}
	out.raw = out.encode()
	return out
}

func (t *Tensor) encode() []byte {
	out := make([]byte, 0, len(t.Raw)+len(t.Name)+64)
	for _, d := range t.Dims {
		out = appendVarint(out, 1, uint64(d))
	}
	out = appendVarint(out, 2, uint64(t.DType))
	out = appendText(out, 8, t.Name)
	return appendMessage(out, 9, t.Raw)
}

func (t *Tensor) bytes() []byte { return t.raw }

func appendMessage(out []byte, number protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(out, number, protowire.BytesType), body)
}

func appendText(out []byte, number protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(out, number, protowire.BytesType), text)
}

func appendVarint(out []byte, number protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(out, number, protowire.VarintType), v)
}

// MaxBytes is the largest protobuf that its readers take.
const MaxBytes = math.MaxInt32
