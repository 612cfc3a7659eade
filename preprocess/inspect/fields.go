package inspect

import (
	"encoding/json"

	"molserve/preprocess/graph"
)

// fieldList prints as an object whose keys stand in the order of the list.
type fieldList []field

type field struct {
	name string
	t    *graph.Tensor
}

func (l fieldList) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, f := range l {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.view())
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// tensorView is a tensor of the batch record.
type tensorView struct {
	DType graph.DType `json:"dtype"`
	Shape []int64     `json:"shape"`
	Data  any         `json:"data"` // flat, row-major
}

func (f *field) view() tensorView {
	v := tensorView{DType: f.t.DType, Shape: f.t.Shape}
	n := f.t.Len()
	switch f.t.DType {
	case graph.Float32:
		v.Data = notNil(f.t.F32[:n])
	case graph.Float64:
		v.Data = notNil(f.t.F64[:n])
	case graph.Int64:
		v.Data = notNil(f.t.I64[:n])
	default:
		v.Data = notNil(f.t.B[:n])
	}
	return v
}

// notNil makes [] of nothing, and not null.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
