package prove

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// What the contract asks of golden.json.
const (
	goldenFormat = 1
	leastCases   = 8
	leastProbes  = 512 // distinct records
)

// golden is golden.json: what the training side says of the model.
type golden struct {
	Golden   int                 `json:"golden"`
	Versions map[string]string   `json:"versions"`
	Cases    []goldenCase        `json:"cases"`
	Probe    []preprocess.Record `json:"probe"` // records without answers
}

// goldenCase is one batch, by ONNX tensor name and before transform but for Values.
type goldenCase struct {
	Records []preprocess.Record     `json:"records"`
	Tensors map[string]goldenTensor `json:"tensors"`
	Outputs map[string]goldenTensor `json:"outputs"` // from float64 torch
	Values  []goldenValue           `json:"values"`  // [record], in units, from the training library
}

// readGolden decodes strictly; a document of the wrong form is an error, one that is too small is not.
func readGolden(data []byte) (*golden, error) {
	if data == nil {
		return nil, errors.New("the model has no golden.json, or has let go of it")
	}
	var g golden
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&g); err != nil {
		return nil, fmt.Errorf("golden.json: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("golden.json: something follows the document")
	}
	if g.Golden != goldenFormat {
		return nil, fmt.Errorf("golden.json: format %d, not %d", g.Golden, goldenFormat)
	}
	return &g, nil
}

// goldenTensor reads {"dtype", "shape", "data"} with exactly as many numbers as the shape promises.
type goldenTensor struct{ graph.Tensor }

// UnmarshalJSON reads one tensor; null stands for no number.
func (t *goldenTensor) UnmarshalJSON(data []byte) error {
	var in struct {
		DType graph.DType     `json:"dtype"`
		Shape []int64         `json:"shape"`
		Data  json.RawMessage `json:"data"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return err
	}
	if bytes.Contains(in.Data, []byte("null")) {
		return errors.New("a tensor holds null")
	}
	t.Tensor = graph.Tensor{DType: in.DType, Shape: in.Shape}
	n, err := t.decode(in.Data)
	if err != nil {
		return err
	}
	if want, ok := size(in.Shape); !ok || want != n {
		return fmt.Errorf("a tensor of shape %v has %d numbers", in.Shape, n)
	}
	return nil
}

// decode reads the numbers in the tensor's type, floats rounded once, and returns how many.
func (t *goldenTensor) decode(data []byte) (n int, err error) {
	switch t.DType {
	case graph.Float32:
		err = json.Unmarshal(data, &t.F32)
		return len(t.F32), err
	case graph.Float64:
		err = json.Unmarshal(data, &t.F64)
		return len(t.F64), err
	case graph.Int64:
		err = json.Unmarshal(data, &t.I64)
		return len(t.I64), err
	case graph.Bool:
		err = json.Unmarshal(data, &t.B)
		return len(t.B), err
	}
	return 0, fmt.Errorf("unknown dtype %q", t.DType)
}

// size is the number of elements of a shape; false: no array has this shape.
func size(shape []int64) (n int, ok bool) {
	n = 1
	for _, d := range shape {
		if d < 0 || d > math.MaxInt32 || n > math.MaxInt32 {
			return 0, false
		}
		n *= int(d)
	}
	return n, shape != nil
}

// values64 returns the elements as float64.
func values64(t *graph.Tensor) []float64 {
	out := make([]float64, t.Len())
	for i := range out {
		out[i] = t.At(i)
	}
	return out
}
