package v2

// decoder reads a request.
type decoder struct {
	*scanner
	blobs []byte // of inputs that are not read yet
	q     Request
}

func (d *decoder) request() error {
	var sizes []int64 // of each input, -1: it stands in the JSON
	err := d.Object(func(key string) error { return d.key(key, &sizes) })
	if err == nil {
		err = d.End()
	}
	if err == nil {
		err = d.spread()
	}
	for i, n := range sizes {
		if err == nil && n >= 0 {
			err = d.blob(&d.q.Inputs[i], n)
		}
	}
	return err
}

// key reads what stands under a key of a request. The sizes of inputs are added to those that there are.
func (d *decoder) key(key string, sizes *[]int64) (err error) {
	switch key {
	case "id":
		d.q.ID, err = d.Str()
	case "parameters":
		d.q.Parameters, err = d.parameters()
	case "inputs":
		err = d.atMost(maxInputs, "inputs", func() error {
			size, err := d.input()
			*sizes = append(*sizes, size)
			return err
		})
	case "outputs":
		err = d.atMost(maxOutputs, "outputs", d.output)
	default:
		err = fault("unknown key %q; a request has id, parameters, inputs and outputs", clip(key))
	}
	return err
}

// atMost reads a list of n elements at most.
func (d *decoder) atMost(n int, of string, read func() error) error {
	return d.Array(func(i int) error {
		if i >= n {
			return fault("more than %d %s", n, of)
		}
		return read()
	})
}

// spread gives binary_data_output to the outputs that do not say themselves, which may stand before it.
func (d *decoder) spread() error {
	v, ok := d.q.Parameters["binary_data_output"]
	if d.q.binary, _ = v.(bool); ok && v != d.q.binary {
		return fault("binary_data_output is neither true nor false")
	}
	for i := range d.q.Outputs {
		if o := &d.q.Outputs[i]; o.Classes < 0 {
			o.Classes, o.Binary = -o.Classes-1, d.q.binary
		}
	}
	return nil
}

// blob gives an input its n bytes.
func (d *decoder) blob(t *Tensor, n int64) error {
	if n > int64(len(d.blobs)) {
		return fault("input %q has a binary_data_size of %d, %d bytes are left", clip(t.Name), n, len(d.blobs))
	}
	raw := d.blobs[:n]
	d.blobs = d.blobs[n:]
	return t.decodeRaw(raw)
}

// input reads one; what size it has behind the JSON, or -1.
func (d *decoder) input() (size int64, err error) {
	var t Tensor
	var datatype string
	var p Parameters
	var hasShape bool
	data := -1 // where it begins
	err = d.Object(func(key string) (err error) {
		switch key {
		case "name":
			t.Name, err = d.Str()
		case "datatype":
			datatype, err = d.Str()
		case "shape":
			hasShape = true
			t.Shape, err = d.shape()
		case "parameters":
			p, err = d.parameters()
		case "data":
			d.Peek()
			data = d.At
			err = d.skipData()
		default:
			err = fault("unknown key %q of an input", clip(key))
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if t.Name == "" || !hasShape {
		return 0, fault("an input needs name, datatype and shape")
	}
	if t.DType, err = typeNamed(datatype); err != nil {
		return 0, fault("input %q: %s", clip(t.Name), err)
	}
	if size, err = d.source(p, data >= 0); err == nil && data >= 0 {
		err = t.decodeJSON(d.Text, data)
	}
	d.q.Inputs = append(d.q.Inputs, t)
	return size, err
}

// source wants exactly one place that an input's elements stand in.
func (d *decoder) source(p Parameters, data bool) (int64, error) {
	if _, ok := p["shared_memory_region"]; ok {
		return 0, unsupported("shared memory is not supported")
	}
	given, ok := p["binary_data_size"]
	size, isSize := given.(int64)
	switch {
	case ok == data:
		return 0, fault("an input must have either data or binary_data_size")
	case ok && (!isSize || size < 0):
		return 0, fault("binary_data_size is no number of bytes")
	case ok:
		return size, nil
	}
	return -1, nil
}

func (d *decoder) shape() (shape []int64, err error) {
	shape = []int64{}
	err = d.Array(func(i int) error {
		n, err := d.integer()
		if i >= maxRank {
			return fault("a shape of more than %d dimensions", maxRank)
		}
		shape = append(shape, n)
		return err
	})
	if err == nil {
		_, err = elements(shape)
	}
	return shape, err
}

// output reads one. Classes is −1 − k until spread, when the output does not say whether it is binary.
func (d *decoder) output() error {
	var o Wanted
	var p Parameters
	err := d.Object(func(key string) (err error) {
		switch key {
		case "name":
			o.Name, err = d.Str()
		case "parameters":
			p, err = d.parameters()
		default:
			err = fault("unknown key %q of an output", clip(key))
		}
		return err
	})
	if err == nil {
		err = o.set(p)
	}
	if v, ok := p["binary_data"]; err == nil && ok {
		if o.Binary, ok = v.(bool); !ok {
			err = fault("binary_data is neither true nor false")
		}
	} else {
		o.Classes = -1 - o.Classes
	}
	d.q.Outputs = append(d.q.Outputs, o)
	return err
}

// set reads the parameters that REST and gRPC have in common.
func (o *Wanted) set(p Parameters) error {
	if o.Name == "" {
		return fault("an output needs a name")
	}
	if _, ok := p["shared_memory_region"]; ok {
		return unsupported("shared memory is not supported")
	}
	v, ok := p["classification"]
	if !ok {
		return nil
	}
	k, ok := v.(int64)
	if !ok || k < 1 || k > maxElements {
		return fault("classification is no positive number of classes")
	}
	o.Classes = int(k)
	return nil
}

func (d *decoder) parameters() (Parameters, error) {
	p := Parameters{}
	err := d.Object(func(key string) (err error) {
		switch c := d.Peek(); {
		case c == '"':
			p[key], err = d.Str()
		case c == '{' || c == '[':
			err = fault("parameter %q is neither a string, a number nor a truth value", clip(key))
		default:
			p[key], err = d.scalar()
		}
		return err
	})
	return p, err
}

// scalar reads a number, an integer where it is one, or a truth value.
func (d *decoder) scalar() (any, error) {
	switch d.Word() {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, fault("JSON, byte %d: null is no parameter", d.At)
	}
	from := d.At
	if v, err := d.integer(); err == nil {
		return v, nil
	}
	d.At = from
	return d.real(64)
}
