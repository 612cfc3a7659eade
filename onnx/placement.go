package onnx

import (
	"cmp"
	"maps"
	"slices"
)

// Placement says which execution providers compute the nodes of a network, as it is after ONNX Runtime's
// basic optimizations.
type Placement struct {
	Nodes    map[string]int `json:"nodes"`     // how many, by the full name of the provider
	FellBack []FellBack     `json:"fell_back"` // what the CPU computes though another provider is preferred, most first
}

// FellBack is an operator of which the CPU computes nodes.
type FellBack struct {
	Operator string `json:"operator"`
	Nodes    int    `json:"nodes"`
	First    string `json:"first"` // name of one of them
}

// placementOf reads provider, operator and name of each node.
func placementOf(words []string) *Placement {
	p := &Placement{Nodes: map[string]int{}, FellBack: []FellBack{}}
	fallen := map[string]FellBack{}
	for node := range slices.Chunk(words, 3) {
		p.Nodes[node[0]]++
		if node[0] != cpuProvider {
			continue
		}
		f, ok := fallen[node[1]]
		if !ok {
			f = FellBack{Operator: node[1], First: node[2]}
		}
		f.Nodes++
		fallen[node[1]] = f
	}
	p.FellBack = slices.AppendSeq(p.FellBack, maps.Values(fallen))
	slices.SortFunc(p.FellBack, func(a, b FellBack) int {
		return cmp.Or(cmp.Compare(b.Nodes, a.Nodes), cmp.Compare(a.Operator, b.Operator))
	})
	return p
}
