package v2

import (
	"molserve/preprocess/graph"
	"molserve/serve/v2/pb"
)

// FromProto reads a request of gRPC. Its outputs are all binary. Its tensors are views of the message.
func FromProto(m *pb.ModelInferRequest) (*Request, error) {
	if len(m.Inputs) > maxInputs || len(m.Outputs) > maxOutputs {
		return nil, fault("more than %d inputs or %d outputs", maxInputs, maxOutputs)
	}
	if n := len(m.RawInputContents); n > 0 && n != len(m.Inputs) {
		return nil, fault("%d raw_input_contents for %d inputs", n, len(m.Inputs))
	}
	q := &Request{ID: m.Id, Parameters: fromParameters(m.Parameters), binary: true}
	for i, in := range m.Inputs {
		t, err := fromInput(in, m.RawInputContents, i)
		if err != nil {
			return nil, err
		}
		q.Inputs = append(q.Inputs, t)
	}
	for _, out := range m.Outputs {
		o := Wanted{Name: out.Name, Binary: true}
		if err := o.set(fromParameters(out.Parameters)); err != nil {
			return nil, err
		}
		q.Outputs = append(q.Outputs, o)
	}
	return q, q.check()
}

func fromInput(in *pb.ModelInferRequest_InferInputTensor, raw [][]byte, i int) (t Tensor, err error) {
	if _, ok := in.Parameters["shared_memory_region"]; ok {
		return t, unsupported("shared memory is not supported")
	}
	t.Name, t.Shape = in.Name, in.Shape
	if t.Name == "" {
		return t, fault("an input needs a name")
	}
	if t.DType, err = typeNamed(in.Datatype); err != nil {
		return t, fault("input %q: %s", clip(t.Name), err)
	}
	if len(raw) == 0 {
		return t, t.fromContents(in.Contents)
	}
	if in.Contents != nil {
		return t, fault("input %q has contents beside raw_input_contents", clip(t.Name))
	}
	return t, t.decodeRaw(raw[i])
}

// fromContents takes the elements of a message, which must be those of the type and no others.
func (t *Tensor) fromContents(c *pb.InferTensorContents) error {
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	given := len(c.GetBoolContents()) + len(c.GetIntContents()) + len(c.GetInt64Contents()) + len(c.GetUintContents()) +
		len(c.GetUint64Contents()) + len(c.GetFp32Contents()) + len(c.GetFp64Contents()) + len(c.GetBytesContents())
	t.F32, t.F64, t.I64, t.B = nil, nil, nil, nil
	switch t.DType {
	case graph.Float32:
		t.F32 = c.GetFp32Contents()
	case graph.Float64:
		t.F64 = c.GetFp64Contents()
	case graph.Int64:
		t.I64 = c.GetInt64Contents()
	case graph.Bool:
		t.B = c.GetBoolContents()
	case Bytes:
		for _, b := range c.GetBytesContents() {
			t.Text = append(t.Text, string(b))
		}
	}
	if given != n || t.len() != n {
		return fault("input %q: contents of %d elements, %d of them %s; shape %v has %d", clip(t.Name), given, t.len(), Datatype(t.DType), t.Shape, n)
	}
	return nil
}

func fromParameters(m map[string]*pb.InferParameter) Parameters {
	p := Parameters{}
	for key, v := range m {
		switch v := v.GetParameterChoice().(type) {
		case *pb.InferParameter_BoolParam:
			p[key] = v.BoolParam
		case *pb.InferParameter_Int64Param:
			p[key] = v.Int64Param
		case *pb.InferParameter_StringParam:
			p[key] = v.StringParam
		case *pb.InferParameter_DoubleParam:
			p[key] = v.DoubleParam
		case *pb.InferParameter_Uint64Param:
			p[key] = int64(min(v.Uint64Param, 1<<63-1))
		}
	}
	return p
}

// Proto is the response as a message of gRPC, its elements raw.
func (r *Response) Proto() *pb.ModelInferResponse {
	m := &pb.ModelInferResponse{ModelName: r.Model, ModelVersion: r.Version, Id: r.ID}
	for i := range r.Outputs {
		o := &r.Outputs[i]
		m.Outputs = append(m.Outputs, &pb.ModelInferResponse_InferOutputTensor{Name: o.Name, Datatype: Datatype(o.DType), Shape: o.Shape})
		raw := o.appendRaw(nil)
		if raw == nil {
			raw = []byte{}
		}
		m.RawOutputContents = append(m.RawOutputContents, raw)
	}
	return m
}
