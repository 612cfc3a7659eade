package reference

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// maxHeader bounds the header, as the format's own library does.
const maxHeader = 100_000_000

// Tensor is one array of a safetensors file, row-major, widened to float64.
type Tensor struct {
	Shape []int
	Data  []float64
}

// entry is what the header says of one tensor.
type entry struct {
	name    string
	DType   string  `json:"dtype"`
	Shape   []int64 `json:"shape"`
	Offsets []int64 `json:"data_offsets"` // begin and end, in bytes after the header
}

// widths are the bytes of an element, for the types that are read.
var widths = map[string]int64{"F32": 4, "F64": 8, "I64": 8}

// ReadSafetensors reads a file of the safetensors format (huggingface/safetensors, "Format"):
//
//	8 bytes     n, length of the header, little-endian
//	n bytes     a JSON object, name → {dtype, shape, data_offsets}; __metadata__ is passed over
//	the rest    the arrays, little-endian, which the offsets cover without gap or overlap
//
// Types other than F32, F64 and I64 are refused, and so is an I64 that float64 cannot hold.
func ReadSafetensors(data []byte) (map[string]Tensor, error) {
	header, body, err := splitHeader(data)
	if err != nil {
		return nil, err
	}
	entries, err := readHeader(header)
	if err != nil {
		return nil, fmt.Errorf("safetensors header: %w", err)
	}
	if err := checkCover(entries, int64(len(body))); err != nil {
		return nil, err
	}
	tensors := make(map[string]Tensor, len(entries))
	for _, e := range entries {
		t, err := e.read(body)
		if err != nil {
			return nil, fmt.Errorf("tensor %s: %w", e.name, err)
		}
		tensors[e.name] = t
	}
	return tensors, nil
}

func splitHeader(data []byte) (header, body []byte, err error) {
	if len(data) < 8 {
		return nil, nil, fmt.Errorf("safetensors file has %d bytes, fewer than the 8 of its header length", len(data))
	}
	n := binary.LittleEndian.Uint64(data)
	if n > maxHeader || n > uint64(len(data)-8) {
		return nil, nil, fmt.Errorf("safetensors header has %d bytes, more than the file or the limit of %d", n, maxHeader)
	}
	return data[8 : 8+n], data[8+n:], nil
}

// readHeader decodes the header; a name that stands twice is refused.
func readHeader(header []byte) ([]entry, error) {
	var entries []entry
	seen := map[string]bool{}
	err := eachField(header, func(name string, value json.RawMessage) error {
		if seen[name] {
			return fmt.Errorf("%q stands twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			return nil
		}
		e := entry{name: name}
		d := json.NewDecoder(bytes.NewReader(value))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		entries = append(entries, e)
		return e.check()
	})
	return entries, err
}

// eachField calls f for each member of a JSON object, in order, repeated ones too.
func eachField(object []byte, f func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("is not a JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := f(t.(string), value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// check holds type, shape and offsets of one entry against each other.
func (e *entry) check() error {
	width, ok := widths[e.DType]
	if !ok {
		return fmt.Errorf("%q: type %q is none of F32, F64, I64", e.name, e.DType)
	}
	if e.Shape == nil || len(e.Offsets) != 2 {
		return fmt.Errorf("%q: shape or the two data_offsets are missing", e.name)
	}
	bytes := width
	for _, d := range e.Shape {
		if d < 0 || (d > 0 && bytes > math.MaxInt64/d) {
			return fmt.Errorf("%q: shape %v is negative or too large", e.name, e.Shape)
		}
		bytes *= d
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || end-begin != bytes {
		return fmt.Errorf("%q: offsets %v do not hold the %d bytes of %s%v", e.name, e.Offsets, bytes, e.DType, e.Shape)
	}
	return nil
}

// checkCover tells whether the entries cover the body exactly, each byte once. It sorts them.
func checkCover(entries []entry, size int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), strings.Compare(a.name, b.name))
	})
	at := int64(0)
	for _, e := range entries {
		if e.Offsets[0] != at {
			return fmt.Errorf("tensor %s begins at byte %d, where %d was due: a gap or an overlap", e.name, e.Offsets[0], at)
		}
		at = e.Offsets[1]
	}
	if at != size {
		return fmt.Errorf("the tensors cover %d bytes and the file holds %d", at, size)
	}
	return nil
}

func (e *entry) read(body []byte) (Tensor, error) {
	t := Tensor{Shape: make([]int, len(e.Shape))}
	for i, d := range e.Shape {
		t.Shape[i] = int(d)
	}
	raw, width := body[e.Offsets[0]:e.Offsets[1]], int(widths[e.DType])
	t.Data = make([]float64, len(raw)/width)
	for i := range t.Data {
		v, ok := number(e.DType, raw[i*width:])
		if !ok {
			return Tensor{}, fmt.Errorf("element %d is not finite, or no float64 holds it", i)
		}
		t.Data[i] = v
	}
	return t, nil
}

// number reads one element; false: it is not finite or float64 cannot hold it.
func number(dtype string, b []byte) (float64, bool) {
	switch dtype {
	case "F32":
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case "F64":
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	n := int64(binary.LittleEndian.Uint64(b))
	const exact = 1 << 53 // float64 has 53 bits of significand
	return float64(n), -exact <= n && n <= exact
}
