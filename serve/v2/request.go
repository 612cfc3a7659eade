package v2

import (
	"fmt"
	"unicode/utf8"

	"molserve/preprocess/graph"
)

// Request is an inference request, whichever way it came.
type Request struct {
	ID         string
	Parameters Parameters
	Inputs     []Tensor
	Outputs    []Wanted // none: all
	binary     bool     // outputs that do not say come back binary
}

// Wanted is an output that is asked for.
type Wanted struct {
	Name    string
	Classes int  // 0: the tensor itself, else its so many largest elements, as texts
	Binary  bool // not in JSON
}

// Parameters are bool, int64, float64 or string. Those that nobody knows are ignored.
type Parameters map[string]any

// Limits of lists that are searched for equal names.
const (
	maxInputs  = 256
	maxOutputs = 256
)

// DecodeRequest reads the body of an infer request. The first header bytes are JSON, and what follows them
// are the inputs that have a binary_data_size; header < 0: all is JSON. Their tensors may be views of body, which must
// not change as long as they are in use; texts are copies.
func DecodeRequest(body []byte, header int) (*Request, error) {
	if header < 0 {
		header = len(body)
	}
	if header > len(body) {
		return nil, fault("Inference-Header-Content-Length is %d, the body has %d bytes", header, len(body))
	}
	if !utf8.Valid(body[:header]) {
		return nil, fault("the JSON is not UTF-8")
	}
	d := decoder{scanner: scan(body[:header], 0), blobs: body[header:]}
	if err := d.request(); err != nil {
		return nil, malformed("JSON ", err)
	}
	if len(d.blobs) > 0 {
		return nil, fault("%d bytes follow the last input", len(d.blobs))
	}
	return &d.q, d.q.check()
}

// DecodeRaw reads a body that is the one input of a model, packed; every output comes back binary.
// Shape may have one -1, which follows from the length; Bytes is one element, the body. The tensor may be a view of it.
func DecodeRaw(body []byte, name string, d graph.DType, shape []int64) (*Request, error) {
	t := Tensor{Name: name}
	t.DType, t.Shape = d, append([]int64(nil), shape...)
	if d == Bytes {
		t.Shape, t.Text = []int64{1}, []string{string(body)}
		return &Request{Inputs: []Tensor{t}, binary: true}, nil
	}
	free, known := -1, int64(size(d))
	for i, n := range shape {
		if n < 0 && free >= 0 {
			return nil, fault("input %q has several variable dimensions; send its shape in JSON", name)
		} else if n < 0 {
			free = i
		} else {
			known *= n
		}
	}
	if free >= 0 && known > 0 {
		t.Shape[free] = int64(len(body)) / known
	}
	return &Request{Inputs: []Tensor{t}, binary: true}, t.decodeRaw(body)
}

// check refuses names that stand twice, and spreads the request's wish for binary outputs.
func (q *Request) check() error {
	if len(q.Inputs) == 0 {
		return fault("the request has no inputs")
	}
	if len(q.Inputs) > maxInputs || len(q.Outputs) > maxOutputs {
		return fault("more than %d inputs or %d outputs", maxInputs, maxOutputs)
	}
	seen := map[string]bool{}
	for i := range q.Inputs {
		if name := "input " + q.Inputs[i].Name; seen[name] {
			return fault("%.110q stands twice", name)
		} else {
			seen[name] = true
		}
	}
	for _, o := range q.Outputs {
		if name := "output " + o.Name; seen[name] {
			return fault("%.110q stands twice", name)
		} else {
			seen[name] = true
		}
	}
	return refuseParameters(q.Parameters)
}

// refuseParameters refuses what would change the answer if it were known.
func refuseParameters(p Parameters) error {
	if id, ok := p["sequence_id"]; ok && id != int64(0) && id != "" {
		return unsupported("sequences are not supported")
	}
	return nil
}

// AllBinary tells whether outputs that nobody named come back binary.
func (q *Request) AllBinary() bool { return q.binary }

// Microseconds returns the parameter timeout, 0 without one.
func (p Parameters) Microseconds() (int64, error) {
	v, ok := p["timeout"]
	if !ok {
		return 0, nil
	}
	us, ok := v.(int64)
	if !ok || us < 0 {
		return 0, fault("timeout is %s, not a number of microseconds", clip(fmt.Sprint(v)))
	}
	return us, nil
}
