package v2

import "molserve/preprocess/graph"

// skipData passes over an array of any depth, to be read when its type is known.
func (d *decoder) skipData() error {
	if d.Peek() != '[' {
		return d.Expected("a list")
	}
	return d.Skip()
}

// decodeJSON reads the elements, flat or nested as the shape, from a list that skipData has passed.
func (t *Tensor) decodeJSON(text []byte, at int) error {
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	s := scan(text, at)
	flat := true
	s.At++
	if c := s.Peek(); c == '[' {
		flat = false
	}
	s.At = at
	if flat {
		err = t.row(s, int64(n))
	} else {
		err = t.nested(s, 0)
	}
	if err != nil {
		return fault("input %q: %s", clip(t.Name), malformed("data", err))
	}
	return nil
}

// nested reads dimension k and those in it.
func (t *Tensor) nested(s *scanner, k int) error {
	if k >= len(t.Shape)-1 { // of rank 0 too, which nested data never is
		if len(t.Shape) == 0 {
			return t.uneven()
		}
		return t.row(s, t.Shape[k])
	}
	count := int64(0)
	err := s.Array(func(int) error {
		if count++; count > t.Shape[k] {
			return t.uneven()
		}
		return t.nested(s, k+1)
	})
	if err == nil && count != t.Shape[k] {
		err = t.uneven()
	}
	return err
}

func (t *Tensor) uneven() error {
	return fault("data has not the elements of shape %v", t.Shape)
}

// row reads n elements.
func (t *Tensor) row(s *scanner, n int64) error {
	count := int64(0)
	err := s.Array(func(int) error {
		if count++; count > n {
			return t.uneven()
		}
		return t.element(s)
	})
	if err == nil && count != n {
		err = t.uneven()
	}
	return err
}

func (t *Tensor) element(s *scanner) (err error) {
	var x float64
	var i int64
	var text string
	switch t.DType {
	case Bytes:
		text, err = s.Str()
		t.Text = append(t.Text, text)
	case graph.Int64:
		i, err = s.integer()
		t.I64 = append(t.I64, i)
	case graph.Float32:
		x, err = s.real(32)
		t.F32 = append(t.F32, float32(x))
	case graph.Float64:
		x, err = s.real(64)
		t.F64 = append(t.F64, x)
	case graph.Bool:
		var v bool
		v, err = s.truth()
		t.B = append(t.B, v)
	}
	return err
}

// truth reads true or false, or 1 or 0.
func (s *scanner) truth() (bool, error) {
	switch s.Word() {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	v, err := s.integer()
	if err != nil || v>>1 != 0 {
		return false, s.Expected("true or false")
	}
	return v == 1, nil
}
