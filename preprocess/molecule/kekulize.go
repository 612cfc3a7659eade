package molecule

import "slices"

// Kekulization gives each aromatic ring system alternating single and double bonds, or refuses.
// Aromaticity is then perceived from that form alone.

// kekulizer is the state of one molecule.
type kekulizer struct {
	m         *Molecule
	candidate []bool  // [n] may take a double bond
	inSystem  []bool  // [n] atom of the fused system at hand
	place     []int32 // [n] place of each of its atoms in the order found, where there are dummies
	rank      []int32 // [n] the order in which the walk goes through a system, nil = as the atoms come
}

// maxBacktracks is how often one walk may go back.
const maxBacktracks = 100

// dummyBudget bounds the atoms walked over while subsets of dummies are left out.
const dummyBudget = 200_000

// kekulize turns aromatic bonds into single and double ones and clears all aromatic marks. Where the walk
// in the order of the atoms gives up, it is tried once more in canonical order.
func (m *Molecule) kekulize() error {
	if !m.anyAromatic() {
		return nil
	}
	aromaticAtoms, aromaticBonds := m.aromaticMarks()
	if m.tryKekulize(nil) == nil {
		return nil
	}
	m.restoreAromatic(aromaticAtoms, aromaticBonds)
	ranks, err := CanonicalRanks(m, true)
	if err != nil {
		return err
	}
	return m.tryKekulize(ranks)
}

// restoreAromatic puts the marks back that a try took off.
func (m *Molecule) restoreAromatic(atoms, bonds []bool) {
	for i := range m.Atoms {
		m.Atoms[i].Aromatic = m.Atoms[i].Aromatic || atoms[i]
	}
	for k := range m.Bonds {
		if bonds[k] {
			m.Bonds[k].Aromatic, m.Bonds[k].Type = true, AromaticBond
		}
	}
}

func (m *Molecule) anyAromatic() bool {
	for i := range m.Atoms {
		if m.Atoms[i].Aromatic {
			return true
		}
	}
	return slices.ContainsFunc(m.Bonds, func(b Bond) bool { return b.Aromatic || b.Type == AromaticBond })
}

func (m *Molecule) aromaticMarks() (atoms, bonds []bool) {
	atoms, bonds = m.work.bools(len(m.Atoms)), m.work.bools(len(m.Bonds))
	for i := range atoms {
		atoms[i] = m.isAromatic(i)
	}
	for k := range bonds {
		bonds[k] = m.Bonds[k].Aromatic
	}
	return atoms, bonds
}

func (m *Molecule) tryKekulize(rank []int32) error {
	for i := range m.Atoms {
		m.setImplicitHs(i)
	}
	before := m.work.int32s(len(m.Atoms))
	for i := range before {
		before[i] = int32(m.TotalValence(i))
	}
	k := kekulizer{m: m, rank: rank,
		candidate: m.work.bools(len(m.Atoms)), inSystem: m.work.bools(len(m.Atoms))}
	for _, system := range k.systems() {
		if err := k.kekulizeSystem(system); err != nil {
			return err
		}
	}
	return m.clearAromatic(before)
}

// kekuleSystem is a fused system of rings.
type kekuleSystem struct {
	atoms []int32 // ascending
	found []int32 // ring by ring, for systems with dummies; nil = as atoms
}

// systems lists the fused systems of rings that are not of dummies alone.
func (k *kekulizer) systems() []kekuleSystem {
	m := k.m
	rings := len(m.Rings.Symmetric)
	atoms, bonds := m.work.slices(rings)[:0], m.work.slices(rings)[:0]
	for r, ring := range m.Rings.Symmetric {
		if slices.ContainsFunc(ring, func(i int32) bool { return m.Atoms[i].Z != 0 }) {
			atoms, bonds = append(atoms, ring), append(bonds, m.Rings.Bonds[r])
		}
	}
	neighbours := m.ringNeighbours(bonds, 0, 0)
	fused := m.fusedSystems(neighbours)
	systems := make([]kekuleSystem, len(fused))
	for s, rings := range fused {
		size := 0
		for _, r := range rings {
			size += len(atoms[r])
		}
		system := m.work.int32s(size)[:0]
		for _, r := range rings {
			system = append(system, atoms[r]...)
		}
		slices.Sort(system)
		systems[s].atoms = slices.Compact(system)
		if slices.ContainsFunc(system, func(i int32) bool { return m.Atoms[i].Z == 0 }) {
			systems[s].found = inFoundOrder(rings[0], neighbours, atoms)
		}
	}
	return systems
}

func (k *kekulizer) kekulizeSystem(fused kekuleSystem) error {
	system := fused.atoms
	clear(k.candidate)
	clear(k.inSystem)
	for _, i := range system {
		k.inSystem[i] = true
	}
	found := system
	if fused.found != nil {
		found = fused.found
		if k.place == nil {
			k.place = k.m.work.int32s(len(k.candidate))
		}
		for at, i := range found {
			k.place[i] = int32(at)
		}
	}
	done, optional := k.findCandidates(found)
	w := k.newWalk(system, done)
	if w.run() || len(optional) > 0 && k.withoutSome(system, optional) {
		return nil
	}
	first := slices.Index(k.candidate, true)
	if first < 0 {
		first = int(system[0])
	}
	return Refuse(CodeKekulize, int(k.m.Atoms[first].Offset),
		"the aromatic ring system of atom %d (%s) has no form with alternating single and double bonds", first, Symbol(k.m.Atoms[first].Z))
}

// withoutSome tries again with each subset of the dummy atoms left out. The walk then goes over all atoms.
func (k *kekulizer) withoutSome(system, optional []int32) bool {
	candidates := append(k.m.work.bools(len(k.candidate))[:0], k.candidate...)
	for subset := 1; subset < 1<<min(len(optional), 30) && subset*len(system) < dummyBudget; subset++ {
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
		if k.newWalk(system, nil).run() {
			return true
		}
	}
	copy(k.candidate, candidates)
	return false
}

// clearAromatic takes the aromatic marks off and refuses aromatic atoms outside rings and atoms whose
// valence the Kekulé form changed.
func (m *Molecule) clearAromatic(before []int32) error {
	for k := range m.Bonds {
		m.Bonds[k].Aromatic = false
	}
	for i := range m.Atoms {
		a := &m.Atoms[i]
		if !a.Aromatic {
			continue
		}
		if !m.AtomInRing(i) {
			return Refuse(CodeKekulize, int(a.Offset), "atom %d (%s) is marked aromatic but lies in no ring", i, Symbol(a.Z))
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
