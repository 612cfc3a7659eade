package main

import (
	"fmt"
	"slices"

	"molserve/onnx"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/inspect"
)

// batchOptions are what --batch and the flags beside it ask for: first the fields of --fields, then those of
// --field.
func (p *inspectFlags) batchOptions() (o inspect.BatchOptions, err error) {
	o = inspect.BatchOptions{Options: p.Options, Input: p.input, Layout: graph.Layout(p.batch)}
	if o.Layout != graph.Packed && o.Layout != graph.Padded {
		return o, fmt.Errorf("--batch %q is none of %s, %s", p.batch, graph.Packed, graph.Padded)
	}
	for _, name := range p.fields {
		if err := p.addName(&o, name); err != nil {
			return o, err
		}
	}
	for _, object := range p.fieldObjects {
		if err := p.addObject(&o, object); err != nil {
			return o, fmt.Errorf("--field %s: %w", object, err)
		}
	}
	if len(o.Fields) == 0 {
		return o, fmt.Errorf("neither --fields nor --field names one of %v", graph.Names(o.Layout))
	}
	if p.lmax > 0 && !slices.Contains(p.fields, harmonicsField) {
		return o, fmt.Errorf("--spherical-harmonics: --fields does not name %s", harmonicsField)
	}
	o.PadTo, err = p.padding()
	return o, err
}

// addName adds a field by its name, with what other flags say of it.
func (p *inspectFlags) addName(o *inspect.BatchOptions, name string) error {
	f := graph.Field{Name: name}
	switch name {
	case harmonicsField:
		f.LMax, f.Normalisation = p.lmax, p.normalization
	case speciesField:
		_, species, err := onnx.ReadInput([]byte(`{"field":"species"}`), o.Layout, p.elements)
		if err != nil {
			return fmt.Errorf("--fields: %w (--elements H,C,O)", err)
		}
		f = species
	}
	if err := graph.Check(o.Layout, f); err != nil {
		return fmt.Errorf("--fields: %s: %w; --field takes it with its constants", name, err)
	}
	return addField(o, name, f)
}

// addObject adds a field by an object of a manifest's inputs. Its key in the record is the tensor's name
// where there is one.
func (p *inspectFlags) addObject(o *inspect.BatchOptions, object string) error {
	in, f, err := onnx.ReadInput([]byte(object), o.Layout, p.elements)
	if err != nil {
		return err
	}
	switch {
	case in.Featurizer == "":
	case p.input == inputXYZ:
		return fmt.Errorf("/featurizer: a structure has no bonds, and bonds are never guessed")
	case o.Features != "" && o.Features != in.Featurizer:
		return fmt.Errorf("/featurizer: is %q, --features or another field %q", in.Featurizer, o.Features)
	default:
		if _, err := featurize.Named(in.Featurizer); err != nil {
			return fmt.Errorf("/featurizer: %w", err)
		}
		o.Features = in.Featurizer
	}
	key := in.Tensor
	if key == "" {
		key = in.Field
	}
	return addField(o, key, f)
}

func addField(o *inspect.BatchOptions, key string, f graph.Field) error {
	if slices.Contains(o.Keys, key) {
		return fmt.Errorf("%s stands twice; a tensor tells two fields of one name apart", key)
	}
	o.Fields, o.Keys = append(o.Fields, f), append(o.Keys, key)
	return nil
}

// padding reads --pad-to.
func (p *inspectFlags) padding() (*inspect.Sizes, error) {
	if p.padTo == nil {
		return nil, nil
	}
	n := len(p.padTo)
	if n != 3 && n != 4 || slices.Min(p.padTo) < 0 || slices.Max(p.padTo) > maxPadding {
		return nil, fmt.Errorf("--pad-to %v is not ATOMS,EDGES,GRAPHS or ATOMS,EDGES,GRAPHS,LINES from 0 to %d", p.padTo, maxPadding)
	}
	to := &inspect.Sizes{Atoms: p.padTo[0], Edges: p.padTo[1], Graphs: p.padTo[2]}
	if n == 4 {
		to.Lines = p.padTo[3]
	}
	return to, nil
}

// Fields that flags of their own describe.
const (
	harmonicsField = "spherical_harmonics" // --spherical-harmonics and --normalization
	speciesField   = "species"             // --elements
)

// maxPadding bounds the memory of padding.
const maxPadding = 1_000_000
