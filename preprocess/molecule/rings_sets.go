package molecule

import "slices"

// atomSet is the atoms of a ring, descending, by which rings are compared; nil where they are not.
type atomSet struct {
	atoms []int32
	hash  uint64
}

func (s *atomSet) equal(t *atomSet) bool { return s.hash == t.hash && slices.Equal(s.atoms, t.atoms) }

// setOf lists the atoms of a ring in descending order.
func (f *ringFinder) setOf(atoms []int32) atomSet {
	set := append(f.m.work.int32s(len(atoms))[:0], atoms...)
	slices.Sort(set)
	slices.Reverse(set)
	hash := uint64(len(set))
	for _, i := range set {
		hash = (hash ^ uint64(i)) * 0x9e3779b97f4a7c15
		hash ^= hash >> 32
	}
	return atomSet{set, hash}
}

// atomSets is a list of sets in which one is found by its hash once they are many.
type atomSets struct {
	list  []atomSet
	first map[uint64]int32 // the first set of each hash; nil: they are few
}

// fewSets are looked at one by one.
const fewSets = 32

// index returns the place of a set, -1 = it is not there.
func (s *atomSets) index(set *atomSet) int {
	from := 0
	if s.first != nil {
		first, found := s.first[set.hash]
		if !found {
			return -1
		}
		from = int(first) // another set of the same hash is a rare chance
	}
	for x := from; x < len(s.list); x++ {
		if s.list[x].equal(set) {
			return x
		}
	}
	return -1
}

// add appends a set.
func (s *atomSets) add(set atomSet) {
	s.list = append(s.list, set)
	switch {
	case s.first != nil:
		s.note(len(s.list) - 1)
	case len(s.list) > fewSets:
		s.first = make(map[uint64]int32, 4*fewSets)
		for x := range s.list {
			s.note(x)
		}
	}
}

func (s *atomSets) note(x int) {
	if _, taken := s.first[s.list[x].hash]; !taken {
		s.first[s.list[x].hash] = int32(x)
	}
}

func (s *atomSets) empty() { s.list, s.first = s.list[:0], nil }
