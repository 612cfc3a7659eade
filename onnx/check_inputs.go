package onnx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"molserve/preprocess"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
)

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
		checkSource(m, in, at+"/field", f)
		if first := m.auxiliary(); in.Field == auxiliaryField && first < i {
			f.add(at+"/field", "is auxiliary, as that of input %s is; all numbers that come with a molecule are of one input", m.Inputs[first].Tensor)
		}
		if slices.Contains(layouts.built, string(m.Layout)) {
			checkField(m, i, at, f)
		}
	}
	checkFeaturizers(m, f)
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
func checkField(m *Manifest, i int, at string, f *Faults) {
	in := &m.Inputs[i]
	info, err := graph.Describe(m.Layout, in.Field)
	if err != nil {
		f.add(at+"/field", "%s", err)
		return
	}
	checkOptions(m, in, &info, at, f)
	field := m.Field(i)
	f.addJoined(at, graph.Check(m.Layout, field))
	checkShape(&info, &field, in, at+"/shape", f)
}

// checkShape wants the layout's symbols, and a width in place of those that stand for one.
func checkShape(info *graph.Info, field *graph.Field, in *Input, at string, f *Faults) {
	if len(in.Shape) != len(info.Shape) {
		f.add(at, "has %d dimensions, field %s has %d: %v", len(in.Shape), in.Field, len(info.Shape), info.Shape)
		return
	}
	for i, symbol := range info.Shape {
		want := symbol
		switch symbol {
		case "F", "D":
			want = featureWidth(symbol, in.Featurizer)
			if in.Featurizer == "" && in.Shape[i].Symbol != "" {
				f.add(fmt.Sprintf("%s/%d", at, i), "is %s; without a featurizer it is a number", in.Shape[i])
			}
		case "A":
			if in.Shape[i].Symbol != "" || in.Shape[i].Size < 1 {
				f.add(fmt.Sprintf("%s/%d", at, i), "is %s; how many numbers a sender adds is a number from 1", in.Shape[i])
			}
			want = ""
		case "K":
			want = optionWidth(info, field)
		}
		if want != "" && in.Shape[i].String() != want {
			f.add(fmt.Sprintf("%s/%d", at, i), "is %s, field %s has %s", in.Shape[i], in.Field, want)
		}
	}
}

// featureWidth is what F or D stands for, "" when the featurizer is unknown.
func featureWidth(symbol, featurizer string) string {
	f, err := featurize.Named(featurizer)
	switch {
	case err != nil:
		return ""
	case symbol == "F":
		return strconv.Itoa(f.AtomWidth)
	}
	return strconv.Itoa(f.BondWidth)
}

// optionWidth is what K stands for, "" when the option that would tell is missing.
func optionWidth(info *graph.Info, field *graph.Field) string {
	if info.Basis && field.Basis == nil {
		return ""
	}
	return strconv.Itoa(info.Width(field))
}

// checkFeaturizers wants one featurizer in the whole model. Raw graphs bring their features; every other
// record with bonds needs it.
func checkFeaturizers(m *Manifest, f *Faults) {
	first, raw := "", slices.Equal(m.Accepts, words(preprocess.RawGraph))
	for i := range m.Inputs {
		in, at := &m.Inputs[i], fmt.Sprintf("/inputs/%d/featurizer", i)
		if in.Featurizer == "" {
			if slices.Contains(fieldsOfBonds, in.Field) && !raw {
				f.add(at, "is missing; field %s needs one of %s", in.Field, list(featurize.Names()))
			}
			continue
		}
		if _, err := featurize.Named(in.Featurizer); err != nil {
			f.add(at, "%q is none of %s", in.Featurizer, list(featurize.Names()))
		} else if first != "" && in.Featurizer != first {
			f.add(at, "is %q, another input names %q", in.Featurizer, first)
		}
		checkFeatureType(in, fmt.Sprintf("/inputs/%d/dtype", i), f)
		if first == "" {
			first = in.Featurizer
		}
	}
	if first == "" && len(m.Inputs) > 0 && m.Graph.Edges == string(preprocess.Bonds) && !raw {
		f.add("/inputs", "no input names a featurizer")
	}
}

// checkFeatureType wants no integers of features that are none: they would be cut.
func checkFeatureType(in *Input, at string, f *Faults) {
	table, err := featurize.Named(in.Featurizer)
	if err == nil && in.DType == graph.Int64 && !table.Integer && (in.Field == "node_features" || in.Field == "edge_features") {
		f.add(at, "is int64, the numbers of %s are not all whole", in.Featurizer)
	}
}
