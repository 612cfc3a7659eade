package graph

import (
	"encoding/json"
	"io"
	"strings"

	"molserve/preprocess/molecule"
)

// RawOptions bound a raw graph. Zeros stand for no bound.
type RawOptions struct {
	MaxAtoms, MaxEdges   int
	NodeWidth, EdgeWidth int // F and D that the model wants
}

// ParseRaw reads the graph that a caller has featurized:
//
//	{"node_features": [[…],…], "edges": [[src,dst],…], "edge_features": [[…],…]}
//
// node_features [N,F] are needed, edges [E,2] and edge_features [E,D] too where there are edges and the
// model wants them. Both directions of every edge must stand in edges, each once, in any order, which
// is kept; an edge from a node to itself is refused. Unknown and repeated keys, null, numbers that
// overflow float32 and rows of different lengths are refused. What it refuses is a *molecule.Error.
func ParseRaw(text string, o RawOptions) (*Graph, error) {
	raw, err := decodeRaw(text)
	if err != nil {
		return nil, err
	}
	g := &Graph{N: len(raw.nodes), E: len(raw.edges)}
	switch {
	case g.N == 0:
		return nil, molecule.Refuse(molecule.CodeEmpty, -1, "no node_features")
	case o.MaxAtoms > 0 && g.N > o.MaxAtoms:
		return nil, molecule.Refuse(molecule.CodeTooLarge, -1, "%d nodes; at most %d are allowed", g.N, o.MaxAtoms)
	case o.MaxEdges > 0 && g.E > o.MaxEdges:
		return nil, molecule.Refuse(molecule.CodeTooLarge, -1, "%d edges; at most %d are allowed", g.E, o.MaxEdges)
	}
	if g.NodeFeatures, g.NodeWidth, err = flatten("node_features", raw.nodes, o.NodeWidth); err != nil {
		return nil, err
	}
	if err := g.setRawEdges(raw.edges); err != nil {
		return nil, err
	}
	return g, g.setRawFeatures(raw, o)
}

// rawGraph is the JSON as it stands.
type rawGraph struct {
	nodes        [][]float32
	edges        [][]int
	edgeFeatures [][]float32
}

// rawKeys says what stands under each key.
var rawKeys = map[string]string{
	"node_features": "a list of rows of numbers within float32",
	"edges":         "a list of [src, dst]",
	"edge_features": "a list of rows of numbers within float32",
}

// decodeRaw reads the object. The JSON package takes null for a zero and the last of two equal keys;
// here both are refused.
func decodeRaw(text string) (*rawGraph, error) {
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, refuseRaw("an object with node_features, edges and edge_features is needed")
	}
	raw, seen := new(rawGraph), map[string]bool{}
	to := map[string]any{"node_features": &raw.nodes, "edges": &raw.edges, "edge_features": &raw.edgeFeatures}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, refuseRaw("a key is needed at byte %d", d.InputOffset())
		}
		if to[key] == nil {
			return nil, refuseRaw("unknown key %.40q; a graph has node_features, edges and edge_features", key)
		}
		if seen[key] {
			return nil, refuseRaw("%s: stands twice", key)
		}
		seen[key] = true
		if err := d.Decode(to[key]); err != nil {
			return nil, refuseRaw("%s: %s is needed", key, rawKeys[key])
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, refuseRaw("a comma or } is needed at byte %d", d.InputOffset())
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuseRaw("text after the object")
	}
	if strings.Contains(text, "null") { // no key and no value has these letters
		return nil, refuseRaw("null is no number and no list of numbers")
	}
	return raw, nil
}

func refuseRaw(format string, args ...any) error {
	return molecule.Refuse(molecule.CodeFormat, -1, format, args...)
}

// flatten joins rows, which must have one length: that of the first, or the one that is wanted.
func flatten(name string, rows [][]float32, width int) ([]float32, int, error) {
	if width == 0 && len(rows) > 0 {
		width = len(rows[0])
	}
	if width == 0 && len(rows) > 0 {
		return nil, 0, refuseRaw("%s/0: is empty", name)
	}
	flat := make([]float32, 0, len(rows)*width)
	for i, r := range rows {
		if len(r) != width {
			return nil, 0, refuseRaw("%s/%d: %d numbers; %d are needed", name, i, len(r), width)
		}
		flat = append(flat, r...)
	}
	return flat, width, nil
}

// setRawFeatures reads the features of the edges.
func (g *Graph) setRawFeatures(raw *rawGraph, o RawOptions) (err error) {
	if len(raw.edgeFeatures) != g.E && (len(raw.edgeFeatures) > 0 || o.EdgeWidth > 0) {
		return refuseRaw("edge_features: %d rows for %d edges", len(raw.edgeFeatures), g.E)
	}
	g.EdgeFeatures, g.EdgeWidth, err = flatten("edge_features", raw.edgeFeatures, o.EdgeWidth)
	return err
}

// setRawEdges reads Src and Dst and finds each edge's opposite.
func (g *Graph) setRawEdges(edges [][]int) error {
	g.Src, g.Dst, g.Reverse = make([]int32, g.E), make([]int32, g.E), make([]int32, g.E)
	place := make(map[[2]int]int32, g.E)
	for k, e := range edges {
		if err := checkRawEdge(e, k, g.N); err != nil {
			return err
		}
		ends := [2]int(e)
		if first, twice := place[ends]; twice {
			return molecule.Refuse(molecule.CodeBond, -1, "edges/%d: %v stands at edges/%d already", k, e, first)
		}
		place[ends] = int32(k)
		g.Src[k], g.Dst[k] = int32(e[0]), int32(e[1])
	}
	for k, e := range edges {
		back, ok := place[[2]int{e[1], e[0]}]
		if !ok {
			return molecule.Refuse(molecule.CodeBond, -1, "edges/%d: %v has no opposite; both directions are needed", k, e)
		}
		g.Reverse[k] = back
	}
	return nil
}

func checkRawEdge(e []int, k, n int) error {
	switch {
	case len(e) != 2:
		return refuseRaw("edges/%d: %d numbers; [src, dst] is needed", k, len(e))
	case min(e[0], e[1]) < 0 || max(e[0], e[1]) >= n:
		return refuseRaw("edges/%d: %v for %d nodes", k, e, n)
	case e[0] == e[1]:
		return molecule.Refuse(molecule.CodeBond, -1, "edges/%d: joins node %d to itself; the model adds its own loops", k, e[0])
	}
	return nil
}
