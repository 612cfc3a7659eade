package molecule

// Fragments numbers the connected parts of the molecule by their lowest atom index: [n] and their count.
func (m *Molecule) Fragments() (of []int32, count int) {
	return m.fragments(make([]int32, len(m.Atoms)))
}

// fragments is Fragments with the room for its result.
func (m *Molecule) fragments(of []int32) (_ []int32, count int) {
	for i := range of {
		of[i] = -1
	}
	stack := m.work.int32s(len(of))[:0]
	for i := range of {
		if of[i] >= 0 {
			continue
		}
		of[i] = int32(count)
		for stack = append(stack[:0], int32(i)); len(stack) > 0; {
			j := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			for _, k := range m.incident[j] {
				if o := m.Other(int(k), j); of[o] < 0 {
					of[o] = int32(count)
					stack = append(stack, int32(o))
				}
			}
		}
		count++
	}
	return of, count
}
