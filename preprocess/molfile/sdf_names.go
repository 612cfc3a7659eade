package molfile

import "hash/maphash"

// names finds data items by their names: a table that is at most half full, of the places of items, from 1, and half of
// the hashes of their names. A map of as many strings takes several times the room.
type names struct {
	seed  maphash.Seed
	slots []nameSlot // none while the items are few
}

// nameSlot is one item; the zero value is free.
type nameSlot struct{ hash, place uint32 }

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
	hash := n.hash(name)
	for at := n.first(hash); n.slots[at].place != 0; at = n.after(at) {
		if s := n.slots[at]; s.hash == hash && props[s.place-1].Name == name {
			return int(s.place) - 1
		}
	}
	return -1
}

func (n *names) hash(name string) uint32 { return uint32(maphash.String(n.seed, name)) }
func (n *names) first(hash uint32) int   { return int(hash) & (len(n.slots) - 1) }
func (n *names) after(at int) int        { return (at + 1) & (len(n.slots) - 1) }

// add notes the last item, whose name is new.
func (n *names) add(props []Prop) {
	last := len(props) - 1
	switch {
	case last < fewItems:
		return
	case n.slots == nil:
		n.slots = make([]nameSlot, 4*fewItems)
		for at := range props {
			n.put(nameSlot{n.hash(props[at].Name), uint32(at) + 1})
		}
		return
	case 2*len(props) > len(n.slots):
		old := n.slots
		n.slots = make([]nameSlot, 2*len(old))
		for _, s := range old {
			if s.place != 0 {
				n.put(s)
			}
		}
	}
	n.put(nameSlot{n.hash(props[last].Name), uint32(last) + 1})
}

// put puts an item into the next slot that is free.
func (n *names) put(s nameSlot) {
	at := n.first(s.hash)
	for n.slots[at].place != 0 {
		at = n.after(at)
	}
	n.slots[at] = s
}
