package onnx

import (
	"reflect"
	"slices"

	"molserve/preprocess/graph"
)

// ReadInput reads one object of a manifest's inputs, for a batch that no model asks for, and the field that
// it names: keys, constants and errors are those of a manifest. Tensor, dtype and shape may be left out;
// what is there must be right. Elements are the symbols that species count.
func ReadInput(data []byte, l graph.Layout, elements []string) (*Input, graph.Field, error) {
	tree, err := parse(data)
	if err != nil {
		return nil, graph.Field{}, Faults{{Message: err.Error()}}
	}
	m := &Manifest{Layout: l, Chemistry: Chemistry{Elements: elements}, Inputs: make([]Input, 1)}
	in := &m.Inputs[0]
	var d decoder
	d.value(tree, reflect.ValueOf(in).Elem(), "", false)
	d.faults = slices.DeleteFunc(d.faults, func(f Fault) bool {
		return f.Message == missingKey && slices.Contains([]string{"/tensor", "/dtype", "/shape"}, f.Pointer)
	})
	d.addChecks(checkInput(m, in))
	if err := d.faults.err(); err != nil {
		return nil, graph.Field{}, err
	}
	return in, m.Field(0), nil
}

// checkInput is checkInputs of one input without a model.
func checkInput(m *Manifest, in *Input) (f Faults) {
	for i, symbol := range m.Chemistry.Elements {
		checkElement(m.Chemistry.Elements, i, symbol, "/elements", &f)
	}
	info, err := graph.Describe(m.Layout, in.Field)
	if err != nil {
		f.add("/field", "%s", err)
		return f
	}
	if in.Field == "species" && len(m.Chemistry.Elements) == 0 {
		f.add("/field", "species are places in a list of elements, which is not given")
		return f
	}
	checkOptions(m, in, &info, "", &f)
	field := m.Field(0)
	f.addJoined("", graph.Check(m.Layout, field))
	if in.Shape != nil {
		checkShape(&info, &field, in, "/shape", &f)
	}
	return f
}
