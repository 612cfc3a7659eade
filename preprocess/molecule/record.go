package molecule

import "slices"

// Record is what `molserve inspect` prints of a molecule.
type Record struct {
	Title   string    `json:"title,omitempty"`
	N       int       `json:"n"`
	NB      int       `json:"nb"`
	Frags   int       `json:"frags"`
	Charge  int       `json:"charge"`
	Formula string    `json:"formula"`
	Mass    float64   `json:"mass"`
	Exact   float64   `json:"exact"`
	Z       []int     `json:"z"`
	Q       []int     `json:"q"`
	Iso     []int     `json:"iso"`
	Map     []int     `json:"map"`
	H       []int     `json:"h"`
	HI      []int     `json:"hi"`
	Rad     []int     `json:"rad"`
	Arom    []int     `json:"arom"`
	Deg     []int     `json:"deg"`
	Ring    []int     `json:"ring"`
	MinRing []int     `json:"minring"`
	Hyb     []string  `json:"hyb"`
	Chi     []int     `json:"chi"`
	CIP     []string  `json:"cip"`
	Frag    []int     `json:"frag"`
	Bonds   []BondRow `json:"bonds"`
	SSSR    []int     `json:"sssr"`
	Symm    []int     `json:"symm"`
	Changes []string  `json:"changes,omitempty"`
}

// BondRow is begin, end, type, aromatic, conjugated, in ring, stereo.
type BondRow [7]any

// NewRecord fills the record of a perceived molecule.
func NewRecord(m *Molecule) Record {
	of, frags := m.Fragments()
	r := Record{
		Title: m.Title, N: len(m.Atoms), NB: len(m.Bonds), Frags: frags,
		Charge: m.Charge(), Formula: m.Formula(), Mass: m.Mass(), Exact: m.ExactMass(),
		Hyb: make([]string, len(m.Atoms)), CIP: make([]string, len(m.Atoms)), Bonds: make([]BondRow, len(m.Bonds)),
		SSSR: ringSizes(m.Rings.SSSR), Symm: ringSizes(m.Rings.Symmetric), Changes: m.Changes,
	}
	r.fillAtoms(m, of)
	for k := range m.Bonds {
		b := &m.Bonds[k]
		r.Bonds[k] = BondRow{b.Begin, b.End, b.Type.String(), bit(b.Aromatic), bit(b.Conjugated), bit(m.BondInRing(k)), b.Stereo.String()}
	}
	return r
}

func (r *Record) fillAtoms(m *Molecule, fragment []int32) {
	columns := []*[]int{&r.Z, &r.Q, &r.Iso, &r.Map, &r.H, &r.HI, &r.Rad, &r.Arom, &r.Deg, &r.Ring, &r.MinRing, &r.Chi, &r.Frag}
	for _, column := range columns {
		*column = make([]int, len(m.Atoms))
	}
	for i := range m.Atoms {
		a := &m.Atoms[i]
		values := [...]int{int(a.Z), int(a.Charge), int(a.Isotope), int(a.Map), m.TotalHs(i), int(a.ImplicitHs), int(a.Radicals),
			bit(a.Aromatic), m.Degree(i), bit(m.AtomInRing(i)), int(m.Rings.MinSize[i]), int(a.Chiral), int(fragment[i])}
		for at, value := range values {
			(*columns[at])[i] = value
		}
		r.Hyb[i] = a.Hybridization.String()
		if a.CIP != 0 {
			r.CIP[i] = string(a.CIP)
		}
	}
}

func ringSizes(rings [][]int32) []int {
	sizes := make([]int, len(rings))
	for at, ring := range rings {
		sizes[at] = len(ring)
	}
	slices.Sort(sizes)
	return sizes
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
