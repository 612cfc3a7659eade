package molecule

import "slices"

// Kekulization gives each aromatic ring system alternating single and double bonds, or refuses.
// Aromaticity is then perceived from that form alone.

// kekulizer is the state of one molecule.
type kekulizer struct {
	m         *Molecule
	aromatic  []bool    // [n] the atom, or a bond of it, was marked
	candidate []bool    // [n] may take a double bond
	inSystem  []bool    // [n] atom of the fused system at hand
	rank      []int32   // [n] the order in which the walk goes through a system; nil: as the atoms come
	place     []int32   // [n] place of each atom of a system with dummies in the order found
	systems   [][]int32 // atoms of each fused system with aromatic atoms, ascending
	found     [][]int32 // the same ring by ring where there are dummies, else nil
	own       []bool    // [rings] see hasOwnAromatic; nil: not known yet
	sharing   sharing   // of the rings that are not of dummies alone; zero: not known yet
	worn      bool      // the work budget ended before all dummies were left out
	stray     bool      // an aromatic atom lies outside rings: no other order helps
	walk      kekulizeWalk
}

// maxBacktracks is how often one walk may go back.
const maxBacktracks = 100

// kekulize turns aromatic bonds into single and double ones and clears all aromatic marks. Where the walk
// in the order of the atoms gives up, it is tried once more in canonical order.
func (m *Molecule) kekulize(sums []bondSum) error {
	k := &m.work.kekule
	defer m.work.dropGiant(len(m.Atoms), func(a *arena) { a.kekule = kekulizer{} })
	*k = kekulizer{m: m, aromatic: m.work.bools(len(m.Atoms)), candidate: m.work.bools(len(m.Atoms)), inSystem: m.work.bools(len(m.Atoms)),
		walk: kekulizeWalk{choices: k.walk.choices[:0]}}
	for i := range sums {
		k.aromatic[i] = sums[i].aromatic
	}
	k.walk.partners = m.work.int32s(2 * len(m.Bonds))[:0]
	bonds := m.work.bools(len(m.Bonds))
	for l := range bonds {
		bonds[l] = m.Bonds[l].Aromatic
	}
	before := m.work.int32s(len(m.Atoms))
	k.findSystems()
	if k.sharing.tooMany {
		return RefuseWork(CodeUnsupported, "the rings with dummy atoms share bonds with more than %d others", m.Budget.Of(ringPairs))
	}
	err := k.kekulizeAll(before)
	if err == nil || k.stray {
		return err
	}
	k.restore(bonds)
	if k.rank, err = CanonicalRanks(m, true); err != nil {
		return err
	}
	return k.kekulizeAll(before)
}

// restore puts the marks back that a try took off, and the hydrogens.
func (k *kekulizer) restore(bonds []bool) {
	m := k.m
	for i := range m.Atoms {
		m.Atoms[i].Aromatic = m.Atoms[i].Aromatic || k.aromatic[i]
	}
	for l := range m.Bonds {
		if bonds[l] {
			m.Bonds[l].Aromatic, m.Bonds[l].Type = true, AromaticBond
		}
	}
	for i := range m.Atoms {
		m.setImplicitHs(i)
	}
}

func anyAromatic(sums []bondSum) bool {
	for i := range sums {
		if sums[i].aromatic {
			return true
		}
	}
	return false
}

func (k *kekulizer) kekulizeAll(before []int32) error {
	for i := range before {
		before[i] = int32(k.m.TotalValence(i))
	}
	for s := range k.systems {
		if err := k.kekulizeSystem(k.systems[s], k.found[s]); err != nil {
			return err
		}
	}
	if k.m.strayAromatic() {
		k.stray = true
		i := k.firstStray()
		a := &k.m.Atoms[i]
		return Refuse(CodeKekulize, int(a.Offset), "atom %d (%s) is marked aromatic but lies in no ring", i, Symbol(a.Z))
	}
	return k.m.clearAromatic(before)
}

// strayAromatic tells whether an aromatic atom lies outside rings.
func (m *Molecule) strayAromatic() bool {
	for i := range m.Atoms {
		if m.Atoms[i].Aromatic && !m.AtomInRing(i) {
			return true
		}
	}
	return false
}

// firstStray is the first atom outside rings that is marked aromatic, or has a bond that was.
func (k *kekulizer) firstStray() (i int) {
	for !k.m.Atoms[i].Aromatic && !k.aromatic[i] || k.m.AtomInRing(i) {
		i++
	}
	return i
}

// findSystems groups the rings that are not of dummies alone by the bonds they share, and lists the
// atoms of each group in which there is something to do.
func (k *kekulizer) findSystems() {
	m := k.m
	rings := m.Rings.Symmetric
	group := k.groupRings()
	k.systems, k.found = m.work.slices(len(rings))[:0], m.work.slices(len(rings))[:0]
	listed := m.work.int32s(len(m.Atoms)) // the last group that each atom was listed for, from 1
	next := m.work.int32s(len(rings))     // lists the rings of each group, from its first one on
	last := m.work.int32s(len(rings))
	for r := range rings {
		g := group[r]
		if g < 0 {
			continue
		}
		if next[r] = -1; int(g) != r {
			next[last[g]] = int32(r)
		}
		last[g] = int32(r)
	}
	for first := range rings {
		if int(group[first]) != first {
			continue
		}
		size := 0
		for r := int32(first); r >= 0; r = next[r] {
			size += len(rings[r])
		}
		system, marked := m.work.int32s(size)[:0], false
		for r := int32(first); r >= 0; r = next[r] {
			for _, i := range rings[r] {
				if listed[i] != int32(first)+1 {
					listed[i] = int32(first) + 1
					system = append(system, i)
					marked = marked || k.aromatic[i] || m.Atoms[i].Z == 0
				}
			}
		}
		if marked {
			slices.Sort(system)
			k.systems, k.found = append(k.systems, system), append(k.found, k.foundOrder(system, first))
		}
	}
}

// groupRings gives each ring the lowest ring that it hangs together with by shared bonds; −1 to a ring of
// dummies alone.
func (k *kekulizer) groupRings() []int32 {
	m := k.m
	group := m.work.int32s(len(m.Rings.Symmetric))
	owner := m.work.int32s(len(m.Bonds)) // a ring through each bond, from 1; 0 = none so far
	for r, ring := range m.Rings.Symmetric {
		group[r] = int32(r)
		if m.allDummies(ring) {
			group[r] = -1
			continue
		}
		for _, l := range m.Rings.Bonds[r] {
			if o := owner[l]; o > 0 {
				x, y := lowestOf(group, o-1), lowestOf(group, int32(r))
				group[max(x, y)] = min(x, y)
			}
			owner[l] = int32(r) + 1
		}
	}
	for r := range group {
		if group[r] >= 0 {
			group[r] = lowestOf(group, int32(r))
		}
	}
	return group
}

// lowestOf follows group from ring r to its end, and shortens the way.
func lowestOf(group []int32, r int32) int32 {
	for group[r] != r {
		group[r] = group[group[r]]
		r = group[r]
	}
	return r
}

func (m *Molecule) allDummies(ring []int32) bool {
	for _, i := range ring {
		if m.Atoms[i].Z != 0 {
			return false
		}
	}
	return true
}

// foundOrder lists the atoms of the system of a ring as RDKit comes upon them; nil without dummies.
func (k *kekulizer) foundOrder(system []int32, first int) []int32 {
	m := k.m
	if !slices.ContainsFunc(system, func(i int32) bool { return m.Atoms[i].Z == 0 }) {
		return nil
	}
	if k.sharing.place == nil {
		k.sharing = k.shareRings()
	}
	return inFoundOrder(k.sharing.place[first], k.sharing.neighbours, k.sharing.atoms)
}

// kekulizeSystem gives one system its double bonds; found is nil where it has no dummies.
func (k *kekulizer) kekulizeSystem(system, found []int32) error {
	for _, i := range system {
		k.inSystem[i] = true
	}
	defer k.leave(system)
	if found == nil {
		found = system
	} else if k.place == nil {
		k.place = k.m.work.int32s(len(k.candidate))
	}
	if k.place != nil {
		for at, i := range found {
			k.place[i] = int32(at)
		}
	}
	k.worn = false
	done, optional := k.findCandidates(found)
	if k.startWalk(system, done).run() || len(optional) > 0 && k.withoutSome(system, optional) {
		return nil
	}
	first := slices.Index(k.candidate, true)
	if first < 0 {
		first = int(system[0])
	}
	return Refuse(CodeKekulize, int(k.m.Atoms[first].Offset),
		"the aromatic ring system of atom %d (%s) has no form with alternating single and double bonds%s", first, Symbol(k.m.Atoms[first].Z), k.hint(system))
}

// hint tells that dummies were not tried to the end, or the commonest cause: an aromatic nitrogen of two bonds whose hydrogen
// was left out.
func (k *kekulizer) hint(system []int32) string {
	if k.worn {
		return "; not every way to leave dummy atoms out was tried: " + moreWork
	}
	for _, i := range system {
		if a := &k.m.Atoms[i]; a.Z == 7 && k.aromatic[i] && a.Charge == 0 && k.m.Degree(int(i)) == 2 && k.m.TotalHs(int(i)) == 0 {
			return "; a nitrogen with a hydrogen, as in pyrrole, is written [nH]"
		}
	}
	return ""
}

// leave makes room for the next system.
func (k *kekulizer) leave(system []int32) {
	for _, i := range system {
		k.inSystem[i], k.candidate[i] = false, false
	}
}

// withoutSome tries again with each subset of the dummy atoms left out. The walk then goes over all atoms.
func (k *kekulizer) withoutSome(system, optional []int32) bool {
	candidates := append(k.m.work.bools(len(k.candidate))[:0], k.candidate...)
	subset, all, most := 1, 1<<min(len(optional), 30), k.m.Budget.Of(dummyAtoms)
	for ; subset < all && subset*len(system) < most; subset++ {
		copy(k.candidate, candidates)
		for _, i := range system {
			for _, l := range k.m.incident[i] {
				if b := &k.m.Bonds[l]; b.Aromatic && k.inSystem[b.Begin] && k.inSystem[b.End] {
					b.Type = Single
				}
			}
		}
		for at, i := range optional {
			if subset>>at&1 != 0 {
				k.candidate[i] = false
			}
		}
		if k.startWalk(system, nil).run() {
			return true
		}
	}
	copy(k.candidate, candidates)
	k.worn = subset < all
	return false
}

// clearAromatic takes the aromatic marks off and refuses atoms whose valence the Kekulé form changed.
func (m *Molecule) clearAromatic(before []int32) error {
	for k := range m.Bonds {
		m.Bonds[k].Aromatic = false
	}
	for i := range m.Atoms {
		a := &m.Atoms[i]
		if !a.Aromatic {
			continue
		}
		a.Aromatic = false
		if (a.Z == 7 || a.Z == 15) && a.Charge == 0 && a.ExplicitHs == 1 {
			a.NoImplicit, a.ExplicitHs = false, 0 // the H of a pyrrole need not be stated any more
			m.updateValence(i)
		}
	}
	for i := range m.Atoms {
		if m.TotalValence(i) != int(before[i]) {
			return Refuse(CodeKekulize, int(m.Atoms[i].Offset), "the Kekulé form changes the valence of atom %d (%s)", i, Symbol(m.Atoms[i].Z))
		}
	}
	return nil
}
