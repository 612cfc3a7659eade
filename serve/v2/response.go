package v2

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"molserve/preprocess/graph"
)

// Response is the answer to a Request.
type Response struct {
	Model, Version string
	ID             string
	Outputs        []Output
}

// Output is a tensor of the answer.
type Output struct {
	Tensor
	Binary bool // on REST behind the JSON
}

// Append writes the body of an infer response. JSON ends after header bytes; header < 0: it is all.
func (r *Response) Append(b []byte) (body []byte, header int) {
	from := len(b)
	b = appendText(append(b, `{"model_name":`...), r.Model)
	b = appendText(append(b, `,"model_version":`...), r.Version)
	if r.ID != "" {
		b = appendText(append(b, `,"id":`...), r.ID)
	}
	b = append(b, `,"outputs":[`...)
	var blobs []byte
	header = -1
	for i := range r.Outputs {
		o := &r.Outputs[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = o.appendHead(b)
		if !o.Binary {
			b = append(o.appendData(append(b, `,"data":[`...)), "]}"...)
			continue
		}
		before := len(blobs)
		blobs, header = o.appendRaw(blobs), 0
		b = strconv.AppendInt(append(b, `,"parameters":{"binary_data_size":`...), int64(len(blobs)-before), 10)
		b = append(b, "}}"...)
	}
	b = append(b, "]}"...)
	if header == 0 {
		header = len(b) - from
	}
	return append(b, blobs...), header
}

func (t *Tensor) appendHead(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), t.Name)
	b = append(append(append(b, `,"datatype":"`...), Datatype(t.DType)...), `","shape":[`...)
	for i, n := range t.Shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, ']')
}

// appendData writes the elements in one row. What is no number in JSON, NaN and infinities, is null.
func (t *Tensor) appendData(b []byte) []byte {
	for i := range t.len() {
		if i > 0 {
			b = append(b, ',')
		}
		switch t.DType {
		case graph.Float32:
			b = appendReal(b, float64(t.F32[i]), 32)
		case graph.Float64:
			b = appendReal(b, t.F64[i], 64)
		case graph.Int64:
			b = strconv.AppendInt(b, t.I64[i], 10)
		case graph.Bool:
			b = strconv.AppendBool(b, t.B[i])
		case Bytes:
			b = appendText(b, t.Text[i])
		}
	}
	return b
}

func (t *Tensor) len() int { return len(t.F32) + len(t.F64) + len(t.I64) + len(t.B) + len(t.Text) }

func appendReal(b []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// appendText writes a string; bytes that are not UTF-8 become U+FFFD, as only binary can hold them.
func appendText(b []byte, s string) []byte {
	text, err := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, text...)
}
