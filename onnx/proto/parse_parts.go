package proto

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

func (p *parser) attr(data []byte, depth int) (*Attr, error) {
	a := &Attr{}
	err := fields(data, func(f field) error { return p.attrField(a, f, depth) })
	return a, or(err, p.keep())
}

func (p *parser) attrField(a *Attr, f field, depth int) error {
	switch f.number {
	case 1:
		a.Name = string(f.body)
	case 21:
		a.Ref = true
	case 3:
		a.Int = int64(f.varint)
	case 4:
		a.String = f.body
	case 8:
		return f.varints(func(v uint64) error { a.Ints = append(a.Ints, int64(v)); return p.keep() })
	case 5, 10:
		if f.number == 5 && a.tensor || f.wire != protowire.BytesType {
			return ErrFormat // readers would merge the two
		}
		a.tensor = a.tensor || f.number == 5
		t, err := p.tensor(f.body)
		a.Tensors = append(a.Tensors, t)
		return err
	case 6, 11:
		if f.number == 6 && a.graph || f.wire != protowire.BytesType {
			return ErrFormat
		}
		a.graph = a.graph || f.number == 6
		g, err := p.graph(f.body, depth+1)
		a.Graphs = append(a.Graphs, g)
		return err
	case 22, 23:
		a.Sparse++
	}
	return nil
}

func (p *parser) tensor(data []byte) (*Tensor, error) {
	t := &Tensor{raw: data}
	err := fields(data, func(f field) error { return p.tensorField(t, f) })
	return t, or(err, p.keep())
}

func (p *parser) tensorField(t *Tensor, f field) error {
	count := func(uint64) error { t.typed++; return nil }
	switch f.number {
	case 1:
		return f.varints(func(v uint64) error {
			if len(t.Dims) == maxRank {
				return &LimitError{fmt.Sprintf("has a tensor of more than %d dimensions", maxRank)}
			}
			t.Dims = append(t.Dims, int64(v))
			return nil
		})
	case 2:
		t.DType = int64(f.varint)
	case 3:
		t.Segment = true
	case 4:
		return t.fixed(&t.floats, f, 4)
	case 10:
		return t.fixed(&t.doubles, f, 8)
	case 5, 11:
		return f.varints(count)
	case 6:
		t.typed++
	case 7:
		return f.varints(func(v uint64) error { t.typed++; t.ints = append(t.ints, int64(v)); return p.keep() })
	case 8:
		t.Name = string(f.body)
	case 9:
		t.Raw, t.HasRaw = f.body, true
	case 13:
		t.External = true
	case 14:
		t.External = t.External || f.varint != 0
	}
	return nil
}

// fixed appends the values of a repeated field of fixed width, packed or not.
func (t *Tensor) fixed(to *[]byte, f field, width int) error {
	if f.wire == protowire.VarintType || len(f.body)%width != 0 {
		return ErrFormat
	}
	if *to == nil {
		*to = f.body[:len(f.body):len(f.body)] // appending copies
	} else {
		*to = append(*to, f.body...)
	}
	t.typed += int64(len(f.body) / width)
	return nil
}

func (p *parser) value(data []byte) (Value, error) {
	var v Value
	err := fields(data, func(f field) error {
		switch f.number {
		case 1:
			v.Name = string(f.body)
		case 2:
			return within(f.body, 1, func(tensor []byte) error { return p.tensorType(&v, tensor) })
		}
		return nil
	})
	return v, err
}

// tensorType reads a TypeProto.Tensor.
func (p *parser) tensorType(v *Value, data []byte) error {
	return fields(data, func(f field) error {
		switch f.number {
		case 1:
			v.DType = int64(f.varint)
		case 2:
			v.Known = true
			return within(f.body, 1, func(dim []byte) error {
				d, err := dimension(dim)
				v.Dims = append(v.Dims, d)
				return or(err, p.keep())
			})
		}
		return nil
	})
}

func dimension(data []byte) (Dim, error) {
	d := Dim{Size: -1}
	err := fields(data, func(f field) error {
		switch f.number {
		case 1:
			d.Size = int64(f.varint)
		case 2:
			d.Symbol = string(f.body)
		}
		return nil
	})
	return d, err
}

// within calls f for each value of a length-delimited field of a message.
func within(data []byte, number protowire.Number, f func([]byte) error) error {
	return fields(data, func(one field) error {
		if one.number != number || one.wire != protowire.BytesType {
			return nil
		}
		return f(one.body)
	})
}
