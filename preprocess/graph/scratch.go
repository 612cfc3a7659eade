package graph

import "sync"

// scratch is the working memory of one graph's rows. It is borrowed for one graph and given back.
type scratch struct {
	in, out   []float64    // [N] edges that each node receives and sends
	walk      [2][]float64 // [N]
	row       []float64    // [K]
	first     []int32      // [N+1] node v sends the edges list[first[v]:first[v+1]]
	list      []int32      // [E] edges by sender, or by receiver
	queue     []int32      // [N]
	distances []int32      // [N]
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func borrow() *scratch       { return scratches.Get().(*scratch) }
func (s *scratch) giveBack() { scratches.Put(s) }
func zeros(s []float64, n int) []float64 {
	s = sized(s, n)
	clear(s)
	return s
}

// degrees counts the edges that each node receives and sends, and a loop when loops are asked for.
func (s *scratch) degrees(g *Graph, loops bool) {
	s.in, s.out = zeros(s.in, g.N), zeros(s.out, g.N)
	for k := range g.E {
		s.in[g.Dst[k]]++
		s.out[g.Src[k]]++
	}
	if !loops {
		return
	}
	for v := range s.in {
		s.in[v]++
		s.out[v]++
	}
}

// raise replaces each number of d by 1/d, or by 1/√d; 0 stays 0, as PyG puts its infinities to 0.
func raise(d []float64, power func(float64) float64) {
	for v, x := range d {
		if x > 0 {
			d[v] = power(x)
		}
	}
}

// byEnd lists the edges by one of their ends, in ascending order for each node.
func (s *scratch) byEnd(g *Graph, ends []int32) {
	s.first, s.list = sized(s.first, g.N+1), sized(s.list, g.E)
	clear(s.first)
	for _, v := range ends {
		s.first[v]++
	}
	for v := 1; v <= g.N; v++ {
		s.first[v] += s.first[v-1]
	}
	for k := g.E - 1; k >= 0; k-- {
		v := ends[k]
		s.first[v]--
		s.list[s.first[v]] = int32(k)
	}
}
