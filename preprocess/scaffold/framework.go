package scaffold

import "molserve/preprocess/molecule"

// maxCore is the most atoms between which paths are sought one by one.
const maxCore = 512

// framework marks the atoms of rings and those on the shortest paths between them.
func framework(m *molecule.Molecule) ([]bool, error) {
	core := prune(m)
	for k := range m.Bonds {
		b := &m.Bonds[k]
		if core[b.Begin] && core[b.End] && !m.BondInRing(k) && !isOrdinary(b.Type) {
			return joinRings(m, core) // a cycle through this bond is no ring, and only its shorter side is kept
		}
	}
	return core, nil
}

func isOrdinary(t molecule.BondType) bool {
	switch t {
	case molecule.Single, molecule.Double, molecule.Triple, molecule.AromaticBond:
		return true
	}
	return false
}

// prune takes off the ends of chains until none is left: what remains joins rings. Bonds that are in no cycle leave no choice of
// path.
func prune(m *molecule.Molecule) []bool {
	core, degree := make([]bool, len(m.Atoms)), make([]int, len(m.Atoms))
	var ends []int
	for i := range core {
		core[i], degree[i] = true, m.Degree(i)
		if degree[i] < 2 {
			ends = append(ends, i)
		}
	}
	for len(ends) > 0 {
		i := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		core[i] = false
		for _, k := range m.Incident(i) {
			if j := m.Other(int(k), i); core[j] {
				if degree[j]--; degree[j] == 1 {
					ends = append(ends, j)
				}
			}
		}
	}
	return core
}

// joinRings marks rings and the paths between the first atoms of each two, within the core.
func joinRings(m *molecule.Molecule, core []bool) ([]bool, error) {
	var atoms []int
	place := make([]int, len(m.Atoms))
	for i, in := range core {
		if in {
			place[i] = len(atoms)
			atoms = append(atoms, i)
		}
	}
	if len(atoms) > maxCore {
		return nil, molecule.Refuse(molecule.CodeTooLarge, -1, "a framework of %d atoms with bonds outside rings, more than %d", len(atoms), maxCore)
	}
	before := predecessors(m, atoms, place)
	keep := make([]bool, len(m.Atoms))
	for i := range keep {
		keep[i] = m.AtomInRing(i)
	}
	for x, from := range m.Rings.Symmetric {
		for _, to := range m.Rings.Symmetric[x+1:] {
			j := place[to[0]]
			for i := place[from[0]]; i >= 0 && i != j; i = int(before[j][i]) {
				keep[atoms[i]] = true
			}
		}
	}
	return keep, nil
}

// predecessors are the atoms before i on the shortest path from j, before[j][i], -1 where there is none: Floyd and Warshall, whose
// order of relaxation decides which of several shortest paths is taken.
func predecessors(m *molecule.Molecule, atoms, place []int) [][]int32 {
	const far = 1 << 28
	n := len(atoms)
	distance, before := make([][]int32, n), make([][]int32, n)
	for i := range n {
		distance[i], before[i] = make([]int32, n), make([]int32, n)
		for j := range n {
			distance[i][j], before[i][j] = far, -1
		}
		distance[i][i] = 0
		for _, k := range m.Incident(atoms[i]) {
			if other := m.Other(int(k), atoms[i]); place[other] < n && atoms[place[other]] == other {
				distance[i][place[other]], before[i][place[other]] = 1, int32(i)
			}
		}
	}
	for k := range n {
		for i := range n {
			through := distance[i][k]
			for j, d := range distance[k] {
				if through+d < distance[i][j] {
					distance[i][j], before[i][j] = through+d, before[k][j]
				}
			}
		}
	}
	return before
}
