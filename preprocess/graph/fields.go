package graph

import (
	"fmt"
	"slices"
)

// Field names one array of a batch, as a manifest's input does. Options that a field has not stay empty.
type Field struct {
	Name          string // such as node_features
	DType         DType
	Order         string // edge_index: src_dst or dst_src
	Normalisation string // adjacency: none or gcn_sym
	SelfLoops     bool   // adjacency
}

// Info is what a layout knows of a field.
type Info struct {
	// Shape has a symbol or a number for each dimension: N nodes, E edges, G graphs (packed);
	// B graphs, n slots (padded); F and D stand for the featurizer's widths.
	Shape          []string
	DTypes         []DType  // allowed
	Orders         []string // allowed; the first is the default
	Normalisations []string // allowed; the first is the default
	SelfLoops      bool     // the option exists

	fill func(*Batch, Field, *Tensor)
}

// table is the whole vocabulary: one row a field and layout.
var table = map[Layout]map[string]Info{
	Packed: {
		"node_features":   {Shape: []string{"N", "F"}, DTypes: []DType{Float32, Int64}, fill: packedNodeFeatures},
		"edge_features":   {Shape: []string{"E", "D"}, DTypes: []DType{Float32, Int64}, fill: packedEdgeFeatures},
		"atomic_numbers":  {Shape: []string{"N"}, DTypes: []DType{Int64}, fill: packedNumbers},
		"edge_index":      {Shape: []string{"2", "E"}, DTypes: []DType{Int64}, Orders: []string{"src_dst", "dst_src"}, fill: packedEdgeIndex},
		"reverse_edge":    {Shape: []string{"E"}, DTypes: []DType{Int64}, fill: packedReverse},
		"graph_index":     {Shape: []string{"N"}, DTypes: []DType{Int64}, fill: packedGraphIndex},
		"graph_ones":      {Shape: []string{"G"}, DTypes: []DType{Float32}, fill: packedGraphOnes},
		"atoms_per_graph": {Shape: []string{"G"}, DTypes: []DType{Int64}, fill: packedAtomsPerGraph},
	},
	Padded: {
		"node_features":  {Shape: []string{"B", "n", "F"}, DTypes: []DType{Float32}, fill: paddedNodeFeatures},
		"atomic_numbers": {Shape: []string{"B", "n"}, DTypes: []DType{Int64}, fill: paddedNumbers},
		"adjacency": {Shape: []string{"B", "n", "n"}, DTypes: []DType{Float32}, Normalisations: []string{"none", "gcn_sym"},
			SelfLoops: true, fill: paddedAdjacency},
		"atom_mask": {Shape: []string{"B", "n"}, DTypes: []DType{Bool}, fill: paddedMask},
	},
}

// Describe looks a field up. It fails when the layout has no such field, naming those it has.
func Describe(l Layout, name string) (Info, error) {
	info, ok := table[l][name]
	if !ok {
		return Info{}, fmt.Errorf("layout %q has no field %q; it has %v", l, name, Names(l))
	}
	return info, nil
}

// Names lists the fields of a layout, sorted.
func Names(l Layout) []string {
	var names []string
	for n := range table[l] {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// check tells which option of f the field has not.
func (i Info) check(f Field) error {
	if f.DType != "" && !slices.Contains(i.DTypes, f.DType) {
		return fmt.Errorf("dtype %q is none of %v", f.DType, i.DTypes)
	}
	if f.Order != "" && !slices.Contains(i.Orders, f.Order) {
		return fmt.Errorf("order %q is none of %v", f.Order, i.Orders)
	}
	if f.Normalisation != "" && !slices.Contains(i.Normalisations, f.Normalisation) {
		return fmt.Errorf("normalisation %q is none of %v", f.Normalisation, i.Normalisations)
	}
	if f.SelfLoops && !i.SelfLoops {
		return fmt.Errorf("self_loops is no option of it")
	}
	return nil
}

// Check tells whether f names a field of the layout with options that it has.
func Check(l Layout, f Field) error {
	info, err := Describe(l, f.Name)
	if err != nil {
		return err
	}
	return info.check(f)
}
