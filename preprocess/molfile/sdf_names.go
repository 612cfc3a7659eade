package molfile

import "hash/maphash"

// names finds data items by their names: a table of their places, from 1, that is at most half full. A map of as
// many strings takes several times the room.
type names struct {
	seed  maphash.Seed
	slots []int32 // 0 = free; none while the items are few
}

func newNames() names { return names{seed: maphash.MakeSeed()} }

// fewItems are looked at one by one.
const fewItems = 16

// find returns the place of the item of a name, -1 = there is none.
func (n *names) find(name string, props []Prop) int {
	if n.slots == nil {
		for at := range props {
			if props[at].Name == name {
				return at
			}
		}
		return -1
	}
	return int(n.slots[n.slot(name, props)]) - 1
}

// slot is where a name stands or, if it does not, would.
func (n *names) slot(name string, props []Prop) int {
	mask := len(n.slots) - 1
	at := int(maphash.String(n.seed, name)) & mask
	for n.slots[at] != 0 && props[n.slots[at]-1].Name != name {
		at = (at + 1) & mask
	}
	return at
}

// add notes the last item, whose name is new.
func (n *names) add(props []Prop) {
	switch last := len(props) - 1; {
	case last < fewItems:
	case 2*len(props) > len(n.slots):
		n.slots = make([]int32, max(2*len(n.slots), 4*fewItems))
		for at := range props {
			n.slots[n.slot(props[at].Name, props)] = int32(at) + 1
		}
	default:
		n.slots[n.slot(props[last].Name, props)] = int32(last) + 1
	}
}
