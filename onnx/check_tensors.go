package onnx

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
)

// field is the array of the batch that an input binds.
func (i *Input) field() graph.Field {
	return graph.Field{Name: i.Field, DType: i.DType, Order: i.Order, Normalisation: i.Normalisation, SelfLoops: i.SelfLoops}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func checkInputs(m *Manifest, f *Faults) {
	if len(m.Inputs) == 0 {
		f.add("/inputs", "is empty")
	}
	tensors := map[string]bool{}
	for i := range m.Inputs {
		in, at := &m.Inputs[i], fmt.Sprintf("/inputs/%d", i)
		checkName(in.Tensor, at+"/tensor", tensors, f)
		if in.DType == "" {
			f.add(at+"/dtype", "is empty")
		}
		if slices.Contains(layouts.built, string(m.Layout)) {
			checkField(m.Layout, in, at, f)
		}
	}
	checkFeaturizers(m.Inputs, f)
}

// checkName wants a name that is not taken, and takes it.
func checkName(name, at string, taken map[string]bool, f *Faults) {
	if name == "" {
		f.add(at, "is empty")
	} else if taken[name] {
		f.add(at, "%q stands twice", name)
	}
	taken[name] = true
}

// checkField holds an input against the layout's table of fields.
func checkField(l graph.Layout, in *Input, at string, f *Faults) {
	info, err := graph.Describe(l, in.Field)
	if err != nil {
		fault := err.Error()
		if slices.Contains(plannedFields, in.Field) {
			fault += "; others of the contract are not supported yet"
		}
		f.add(at+"/field", "%s", fault)
		return
	}
	if err := graph.Check(l, in.field()); err != nil {
		f.add(at, "%s", err)
	}
	checkShape(info.Shape, in, at+"/shape", f)
}

// checkShape wants the layout's symbols, and the featurizer's width in place of F and D.
func checkShape(want []string, in *Input, at string, f *Faults) {
	if len(in.Shape) != len(want) {
		f.add(at, "has %d dimensions, field %s has %d: %v", len(in.Shape), in.Field, len(want), want)
		return
	}
	for i, symbol := range want {
		if w := width(symbol, in.Featurizer); w != "" && in.Shape[i].String() != w {
			f.add(fmt.Sprintf("%s/%d", at, i), "is %s, field %s has %s", in.Shape[i], in.Field, w)
		}
	}
}

// width is what a dimension of a field must be, "" when the featurizer that would tell is unknown.
func width(symbol, featurizer string) string {
	if symbol != "F" && symbol != "D" {
		return symbol
	}
	f, err := featurize.Named(featurizer)
	switch {
	case err != nil:
		return ""
	case symbol == "F":
		return strconv.Itoa(f.AtomWidth)
	}
	return strconv.Itoa(f.BondWidth)
}

// checkFeaturizers wants one featurizer in the whole model.
func checkFeaturizers(inputs []Input, f *Faults) {
	first := ""
	for i := range inputs {
		in, at := &inputs[i], fmt.Sprintf("/inputs/%d/featurizer", i)
		needed := in.Field == "node_features" || in.Field == "edge_features"
		if in.Featurizer == "" {
			if needed {
				f.add(at, "is missing; field %s needs one of %s", in.Field, list(featurize.Names()))
			}
			continue
		}
		if _, err := featurize.Named(in.Featurizer); err != nil {
			f.add(at, "%q is none of %s", in.Featurizer, list(featurize.Names()))
		} else if first != "" && in.Featurizer != first {
			f.add(at, "is %q, another input names %q", in.Featurizer, first)
		}
		if first == "" {
			first = in.Featurizer
		}
	}
	if first == "" && len(inputs) > 0 {
		f.add("/inputs", "no input names a featurizer")
	}
}

func checkOutputs(m *Manifest, f *Faults) {
	if len(m.Outputs) == 0 {
		f.add("/outputs", "is empty")
	}
	names := map[string]bool{}
	for i := range m.Outputs {
		o, at := &m.Outputs[i], fmt.Sprintf("/outputs/%d", i)
		checkName(o.Name, at+"/name", names, f)
		if o.Tensor == "" {
			f.add(at+"/tensor", "is empty")
		}
		if o.Column != nil && *o.Column < 0 {
			f.add(at+"/column", "%d is negative", *o.Column)
		}
		owners.check(f, at+"/per", o.Per)
		symmetries.check(f, at+"/symmetry", o.Symmetry)
		roles.check(f, at+"/role", o.Role)
		checkTransform(o.Transform, at+"/transform", f)
	}
}

func checkTransform(t *Transform, at string, f *Faults) {
	if t != nil && (t.Scale == 0 || math.IsNaN(t.Scale)) {
		f.add(at+"/scale", "is 0; every answer would be the shift")
	}
}
