package onnx

import "molserve/preprocess/graph"

// forces is [N,3], in the unit of scale × t, where t [E,3] is the gradient of the energy by the edges of g.
// With the house's Vec_k = r(Src) + Shift·Cell − r(Dst) and g_k = ∂E/∂Vec_k,
//
//	F_i = −∂E/∂r_i = −Σ_{k: Src=i} g_k + Σ_{k: Dst=i} g_k
//
// in float64, summed in the order of edges: a graph has the same bits in every batch. An atom without edges has none.
func forces(g *graph.Graph, t *graph.Tensor, scale float64) Value {
	v := Value{Shape: []int{g.N, 3}, Data: make([]float64, 3*g.N)}
	for k := range g.E {
		src, dst := v.Data[3*g.Src[k]:], v.Data[3*g.Dst[k]:]
		for c := range 3 {
			x := scale * t.At(3*k+c)
			src[c] -= x
			dst[c] += x
		}
	}
	return v
}

// virial is [3,3], in the unit of the energy:
//
//	W = −Σ_k Vec_k ⊗ g_k = −dE/dε
//
// for the strain r → (1+ε) r of atoms and cell, row a of W for component a of Vec; the stress is −W/V. A
// structure that does not repeat has none: the zero Value.
func virial(g *graph.Graph, t *graph.Tensor, scale float64) Value {
	if g.Periodic == [3]bool{} {
		return Value{}
	}
	v := Value{Shape: []int{3, 3}, Data: make([]float64, 9)}
	for k, vec := range g.Vectors {
		for c := range 3 {
			x := scale * t.At(3*k+c)
			for a := range 3 {
				v.Data[3*a+c] -= vec[a] * x
			}
		}
	}
	return v
}
