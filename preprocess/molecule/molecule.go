package molecule

// Molecule is one input record: its atoms and bonds in the order in which they were read.
// n atoms, nb bonds.
type Molecule struct {
	Title string
	Atoms []Atom // [n]
	Bonds []Bond // [nb]
	Rings Rings  // filled by Perceive

	Budget Budget // bounds the work on it; whoever reads it sets it

	Changes []string // what was changed at the caller's wish after reading, for people

	incident [][]int32 // [n][degree] bond indices of each atom, in the order the bonds were added
	slab     []int32   // where the first four places of each list of incident come from
	rings    ringMemory
	work     *arena // scratch of Perceive, nil outside
}

// Atom is one atom of the graph. Hydrogens that are not atoms of the graph are counted in
// ExplicitHs and ImplicitHs.
type Atom struct {
	Z             uint8  // atomic number, 0 = dummy (*)
	Charge        int8   // formal charge, e
	Isotope       uint16 // isotope label, 0 = none
	Map           int32  // atom map number, 0 = none
	MapZero       bool   // the reader saw the map number 0: CIP ranks tell it from none
	ExplicitHs    uint8  // hydrogens that stood in a bracket or were folded in
	ImplicitHs    uint8  // hydrogens that the valence model adds
	NoImplicit    bool   // the atom stood in a bracket: no implicit hydrogens
	Radicals      uint8  // unpaired electrons
	Aromatic      bool
	Chiral        Chirality
	Permutation   uint8 // of a non-tetrahedral class (@SP1 …), 0 = none
	Hybridization Hybridization
	CIP           byte  // 'R', 'S' or 0
	Offset        int32 // byte offset of the atom in the SMILES it was read from, of a molfile its line from 1; -1 = unknown

	explicitValence int16 // as last computed: bonds and ExplicitHs; RDKit's later steps read it stale, and so do ours
	ringStereo      bool  // the tag says how the atom stands to others of its ring system (see ringStereo of perceiver)
}

// Bond joins two atoms. Begin is the atom that was read first (see docs of the readers).
type Bond struct {
	Begin, End  int32
	Type        BondType
	Dir         BondDir // as written (/ or \); kept until double-bond stereo is perceived
	Aromatic    bool
	Conjugated  bool
	Stereo      BondStereo
	StereoAtoms [2]int32 // the neighbours that Stereo refers to; [-1,-1] = none
}

// Rings is what ring perception found.
type Rings struct {
	SSSR      [][]int32 // smallest set of smallest rings, atom indices in ring order
	Symmetric [][]int32 // symmetrized set that sanitizing leaves in RDKit's RingInfo; begins with SSSR
	Bonds     [][]int32 // bond indices of each ring of Symmetric: entry i joins atoms i and i+1
	AtomCount []int32   // [n] rings of the symmetrized set through each atom
	BondCount []int32   // [nb]
	MinSize   []int32   // [n] smallest ring that holds the atom, 0 = none
}

// New returns a molecule with room for n atoms and as many bonds.
func New(n int) *Molecule {
	return &Molecule{
		Atoms:    make([]Atom, 0, n),
		Bonds:    make([]Bond, 0, n+n/8),
		incident: make([][]int32, 0, n),
		slab:     make([]int32, 0, slabDegree*n),
	}
}

// slabDegree is the room that an atom's list of bonds has before it moves out of the slab.
const slabDegree = 4

// Reset forgets the molecule and keeps its memory for the next one. What was taken out of m, rings and
// lists of bonds too, must not be used any more.
func (m *Molecule) Reset() {
	m.Title, m.Rings = "", Rings{}
	m.Atoms, m.Bonds, m.incident, m.slab = m.Atoms[:0], m.Bonds[:0], m.incident[:0], m.slab[:0]
}

// AddAtom appends an atom and returns its index.
func (m *Molecule) AddAtom(a Atom) int {
	m.Atoms = append(m.Atoms, a)
	if cap(m.slab)-len(m.slab) < slabDegree {
		m.slab = make([]int32, 0, slabDegree*max(16, len(m.Atoms)))
	}
	at := len(m.slab)
	m.slab = m.slab[:at+slabDegree]
	m.incident = append(m.incident, m.slab[at:at:at+slabDegree])
	return len(m.Atoms) - 1
}

// AddBond appends a bond and returns its index. Begin and End must be atoms of m.
func (m *Molecule) AddBond(b Bond) int {
	k := int32(len(m.Bonds))
	m.Bonds = append(m.Bonds, b)
	m.incident[b.Begin] = append(m.incident[b.Begin], k)
	m.incident[b.End] = append(m.incident[b.End], k)
	return int(k)
}

// Incident returns the bonds of atom i in the order in which they were added. The slice is m's own.
func (m *Molecule) Incident(i int) []int32 { return m.incident[i] }

// Other returns the atom at the other end of bond k, seen from atom i.
func (m *Molecule) Other(k, i int) int {
	b := &m.Bonds[k]
	return int(b.Begin^b.End) ^ i // without a branch: which end i is cannot be predicted
}

// BondBetween returns the bond that joins atoms i and j, -1 = none.
func (m *Molecule) BondBetween(i, j int) int {
	if len(m.incident[j]) < len(m.incident[i]) {
		i, j = j, i
	}
	for _, k := range m.incident[i] {
		if m.Other(int(k), i) == j {
			return int(k)
		}
	}
	return -1
}

// Degree counts the neighbours of atom i in the graph.
func (m *Molecule) Degree(i int) int { return len(m.incident[i]) }

// TotalHs counts all hydrogens on atom i that are not atoms of the graph.
func (m *Molecule) TotalHs(i int) int {
	return int(m.Atoms[i].ExplicitHs) + int(m.Atoms[i].ImplicitHs)
}

// TotalDegree counts the neighbours of atom i, hydrogens outside the graph included.
func (m *Molecule) TotalDegree(i int) int { return m.Degree(i) + m.TotalHs(i) }

// BondInRing tells whether bond k lies in any ring.
func (m *Molecule) BondInRing(k int) bool { return m.Rings.BondCount[k] > 0 }

// AtomInRing tells whether atom i lies in any ring.
func (m *Molecule) AtomInRing(i int) bool { return m.Rings.AtomCount[i] > 0 }

// Charge is the sum of the formal charges, e.
func (m *Molecule) Charge() int {
	q := 0
	for i := range m.Atoms {
		q += int(m.Atoms[i].Charge)
	}
	return q
}
