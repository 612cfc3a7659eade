package proto

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bytes writes the model. Nodes and initializers that were read are written as they were, byte for
// byte, and so is every field that this package does not know.
func (m *Model) Bytes() []byte {
	nodes := make([][]byte, len(m.Graph.Nodes))
	for i, n := range m.Graph.Nodes {
		nodes[i] = n.bytes()
	}
	size := m.Graph.size(nodes)
	out := make([]byte, 0, m.rest.size()+headSize(7, size)+size)
	out = m.rest.append(out)
	out = appendHead(out, 7, size)
	return m.Graph.append(out, nodes)
}

// size is what append will write.
func (g *Graph) size(nodes [][]byte) int {
	size := g.rest.size()
	for _, n := range nodes {
		size += headSize(1, len(n)) + len(n)
	}
	for _, t := range g.Initializers {
		size += headSize(5, t.size()) + t.size()
	}
	return size
}

func (g *Graph) append(out []byte, nodes [][]byte) []byte {
	for _, n := range nodes {
		out = appendMessage(out, 1, n)
	}
	out = g.rest.append(out)
	for _, t := range g.Initializers {
		out = t.append(appendHead(out, 5, t.size()))
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
	return &Tensor{Name: name, DType: Int64, Dims: []int64{int64(len(values))}, Raw: raw, HasRaw: true}
}

// Edited returns a float32 or float64 tensor whose data is given to edit as it is written, in the new file:
// large weights are not copied before. The little-endian bytes keep their length.
func (t *Tensor) Edited(edit func(data []byte)) *Tensor {
	data, _ := t.Data()
	return &Tensor{Name: t.Name, DType: t.DType, Dims: t.Dims, Raw: data, HasRaw: true, edit: edit}
}

// head is what stands before the data of a tensor that was made.
func (t *Tensor) head() []byte {
	var out []byte
	for _, d := range t.Dims {
		out = appendVarint(out, 1, uint64(d))
	}
	out = appendVarint(out, 2, uint64(t.DType))
	return appendText(out, 8, t.Name)
}

// size is what append will write.
func (t *Tensor) size() int {
	if t.raw != nil {
		return len(t.raw)
	}
	return len(t.head()) + headSize(9, len(t.Raw)) + len(t.Raw)
}

func (t *Tensor) append(out []byte) []byte {
	if t.raw != nil {
		return append(out, t.raw...)
	}
	out = appendMessage(append(out, t.head()...), 9, t.Raw)
	if t.edit != nil {
		t.edit(out[len(out)-len(t.Raw):])
	}
	return out
}

// headSize is how much stands before a message.
func headSize(number protowire.Number, size int) int {
	return protowire.SizeTag(number) + protowire.SizeVarint(uint64(size))
}

// appendHead writes what stands before a message of a size.
func appendHead(out []byte, number protowire.Number, size int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(out, number, protowire.BytesType), uint64(size))
}

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
