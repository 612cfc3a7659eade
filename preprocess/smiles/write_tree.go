package smiles

import (
	"cmp"
	"slices"

	"molserve/preprocess/molecule"
)

// tree is the spanning tree of a fragment along which it is written; the bonds outside it become ring
// digits. It holds all bonds of unspecified type, because ~ says nothing at a ring digit.
type tree struct {
	m        *molecule.Molecule
	parent   []int32   // [n] -1 = root
	bond     []int32   // [n] bond to the parent
	seen     []bool    // [n]
	children [][]int32 // [n] in the order of writing
	size     []int32   // [n] atoms of the subtree
	place    []int32   // [n] place in the text
	rings    [][]int32 // [n] bonds that are ring digits at the atom, in the order of writing
	opening  []int32   // [nb] of these: the atom that is written first; -1 = bond of the tree
	digit    []int32   // [nb]
	order    []int32   // atoms of the fragment as they are written
	loose    bool      // some bond has no type
}

func newTree(m *molecule.Molecule) tree {
	n, nb := len(m.Atoms), len(m.Bonds)
	t := tree{m: m, parent: make([]int32, n), bond: make([]int32, n), seen: make([]bool, n), children: make([][]int32, n),
		size: make([]int32, n), place: make([]int32, n), rings: make([][]int32, n), opening: make([]int32, nb), digit: make([]int32, nb)}
	for k := range m.Bonds {
		t.opening[k] = none
		t.loose = t.loose || m.Bonds[k].Type == molecule.BondUnspecified
	}
	return t
}

// grow makes the tree of the fragment of an atom, depth first, neighbours by rank. With bySize small branches
// are written first.
func (t *tree) grow(root int32, rank []int32, bySize bool) error {
	t.order = t.order[:0]
	t.seen[root], t.parent[root], t.bond[root] = true, none, none
	if err := t.claimLoose(root); err != nil {
		return err
	}
	type visit struct {
		atom int32
		near []int32
	}
	path := []visit{{root, t.byRank(root, rank)}}
	for len(path) > 0 {
		top := &path[len(path)-1]
		if len(top.near) == 0 {
			path = path[:len(path)-1]
			continue
		}
		i, k := top.atom, top.near[0]
		top.near = top.near[1:]
		j := int32(t.m.Other(int(k), int(i)))
		claimed := t.seen[j] && t.bond[j] == k && t.parent[j] == i
		if !t.seen[j] {
			t.seen[j], t.parent[j], t.bond[j] = true, i, k
			if err := t.claimLoose(j); err != nil {
				return err
			}
		} else if !claimed {
			continue
		}
		t.children[i] = append(t.children[i], j)
		path = append(path, visit{j, t.byRank(j, rank)})
	}
	t.arrange(root, rank, bySize)
	t.findRings(rank)
	return nil
}

// byRank lists the bonds of an atom by the rank of the neighbour.
func (t *tree) byRank(i int32, rank []int32) []int32 {
	bonds := slices.Clone(t.m.Incident(int(i)))
	slices.SortFunc(bonds, func(k, l int32) int {
		return int(rank[t.m.Other(int(k), int(i))] - rank[t.m.Other(int(l), int(i))])
	})
	return bonds
}

// claimLoose takes all atoms that hang on an atom by bonds without type into the tree, before anything
// else can reach them.
func (t *tree) claimLoose(root int32) error {
	if !t.loose {
		return nil
	}
	for queue := []int32{root}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		for _, k := range t.m.Incident(int(i)) {
			j := int32(t.m.Other(int(k), int(i)))
			if t.m.Bonds[k].Type != molecule.BondUnspecified || k == t.bond[i] {
				continue
			}
			if t.seen[j] {
				return molecule.Refuse(molecule.CodeUnsupported, none, "a ring of bonds without type has no SMILES")
			}
			t.seen[j], t.parent[j], t.bond[j] = true, i, k
			queue = append(queue, j)
		}
	}
	return nil
}

// arrange puts branches into the order of writing and lists the atoms in that order.
func (t *tree) arrange(root int32, rank []int32, bySize bool) {
	t.order = append(t.order[:0], root)
	for at := 0; at < len(t.order); at++ { // any order with parents first
		t.order = append(t.order, t.children[t.order[at]]...)
	}
	for _, i := range slices.Backward(t.order) {
		t.size[i] = 1
		for _, j := range t.children[i] {
			t.size[i] += t.size[j]
		}
		if bySize {
			slices.SortFunc(t.children[i], func(a, b int32) int {
				return cmp.Or(cmp.Compare(t.size[a], t.size[b]), cmp.Compare(rank[a], rank[b]))
			})
		}
	}
	t.order = t.order[:0]
	for stack := []int32{root}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		t.place[i] = int32(len(t.order))
		t.order = append(t.order, i)
		for _, j := range slices.Backward(t.children[i]) {
			stack = append(stack, j)
		}
	}
}

// findRings lists the bonds outside the tree at both ends: those that close first, then those that open.
func (t *tree) findRings(rank []int32) {
	for _, i := range t.order {
		for _, k := range t.byRank(i, rank) {
			j := int32(t.m.Other(int(k), int(i)))
			if t.bond[i] == k || t.bond[j] == k {
				continue
			}
			t.rings[i] = append(t.rings[i], k)
			if t.place[i] < t.place[j] {
				t.opening[k] = i
			}
		}
		slices.SortStableFunc(t.rings[i], func(k, l int32) int {
			return bit(t.opening[k] == i) - bit(t.opening[l] == i)
		})
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// maxRingNumber is the largest number that can be written.
const maxRingNumber = 99_999

// numberRings gives every ring digit the lowest number that is free where it opens; a number is free again
// after the atom where it closes.
func (t *tree) numberRings() error {
	var used []bool // by number − 1
	for _, i := range t.order {
		for _, k := range t.rings[i] {
			if t.opening[k] != i {
				continue
			}
			free := slices.Index(used, false)
			if free < 0 {
				free, used = len(used), append(used, false)
			}
			if free >= maxRingNumber {
				return molecule.Refuse(molecule.CodeUnsupported, none, "more than %d rings are open at once", maxRingNumber)
			}
			used[free] = true
			t.digit[k] = int32(free + 1)
		}
		for _, k := range t.rings[i] {
			if t.opening[k] != i {
				used[t.digit[k]-1] = false
			}
		}
	}
	return nil
}
