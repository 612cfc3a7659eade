package graph

import "math"

// unreachable is the length of a path that is not there, as DGL's shortest_dist has it.
const unreachable = -1

// shortestPaths writes the least number of edges from sender j to receiver i, 0 from a node to itself,
// −1 where there is no path.
func shortestPaths(p *part) error {
	s := borrow()
	defer s.giveBack()
	s.byEnd(p.g, p.g.Src)
	for j := range int32(p.g.N) {
		s.search(p.g, j)
		for i, d := range s.distances {
			p.F32[p.pair(int32(i), j)] = float32(d)
		}
	}
	return nil
}

// ringDistances writes the size of the smallest ring that holds both atoms, the number of steps around it;
// on the diagonal that of the smallest ring through the atom; 0 where no ring holds both. Rings are those
// of the symmetrized smallest set that sanitizing leaves in RDKit's RingInfo, so that an entry is
// min{r : areAtomsInSameRingOfSize(i, j, r)}. An entry above 0 is "same ring" of the pair features of Weave
// (Kearnes et al. 2016), its value the ring size of PAGTN's (Chen et al. 2019).
func ringDistances(p *part) error {
	for _, ring := range p.g.Rings {
		size := float32(len(ring))
		for _, i := range ring {
			for _, j := range ring {
				if at := &p.F32[p.pair(i, j)]; *at == 0 || size < *at {
					*at = size
				}
			}
		}
	}
	return nil
}

// search fills distances with the number of edges from node j, breadth first. Edges lie by sender.
func (s *scratch) search(g *Graph, j int32) {
	s.distances = sized(s.distances, g.N)
	for v := range s.distances {
		s.distances[v] = unreachable
	}
	s.distances[j] = 0
	s.queue = append(s.queue[:0], j)
	for at := 0; at < len(s.queue); at++ {
		v := s.queue[at]
		for _, k := range s.list[s.first[v]:s.first[v+1]] {
			if w := g.Dst[k]; s.distances[w] == unreachable {
				s.distances[w] = s.distances[v] + 1
				s.queue = append(s.queue, w)
			}
		}
	}
}

// distance is |a − b|.
func distance(a, b *[3]float64) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return math.Sqrt(x*x + y*y + z*z)
}
