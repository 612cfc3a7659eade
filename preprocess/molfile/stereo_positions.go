package molfile

import (
	"math"
	"slices"

	"molserve/preprocess/molecule"
)

// Handedness from positions in space (RDKit's assignChiralTypesFrom3D).
const (
	flatVolume    = 0.1                 // Å³, the largest volume of a centre that has no handedness
	across        = -0.9                // cosine between bonds that are across from each other
	octahedral    = 100 * math.Pi / 180 // angle below which two bonds beside an axis are at 90°, not at 120°
	firstBigShell = 15                  // atomic number of the first element with other than tetrahedral centres
	noPartner     = -1                  // of a ligand that stands across from none
	mostLigands   = 6
)

// tagFromPositions gives tags to all atoms with three ligands or more that span a volume.
func (d *draft) tagFromPositions() {
	for i := range d.m.Atoms {
		a := &d.m.Atoms[i]
		ligands := d.ligands(i)
		total := len(ligands) + d.m.TotalHs(i)
		if len(ligands) < 3 || total > mostLigands || d.tagPolyhedron(i) {
			continue
		}
		if total > 4 || total < 4 && a.Z != 16 && a.Z != 34 || d.wavy(i) {
			continue
		}
		a.Chiral = d.volumeTag(i, ligands)
	}
}

// ligands are the bonds of atom i that count in chirality.
func (d *draft) ligands(i int) []int32 {
	list := make([]int32, 0, 4)
	for _, k := range d.m.Incident(i) {
		if d.m.AffectsChirality(k, i) {
			list = append(list, k)
		}
	}
	return list
}

// wavy tells whether a wavy bond begins at atom i.
func (d *draft) wavy(i int) bool {
	return slices.ContainsFunc(d.m.Incident(i), func(k int32) bool {
		b := &d.m.Bonds[k]
		return int(b.Begin) == i && b.Type == molecule.Single && b.Dir == molecule.DirUnknown
	})
}

// volumeTag reads the tag off the first three ligands; where they lie in one plane with the atom, off
// the first two and the fourth.
func (d *draft) volumeTag(i int, ligands []int32) molecule.Chirality {
	v := func(x int) vec { return d.toward(i, ligands[x]) }
	volume := v(0).dot(v(1).cross(v(2)))
	if math.Abs(volume) <= flatVolume && len(ligands) == 4 {
		volume = -v(0).dot(v(1).cross(v(3)))
	}
	switch {
	case volume < -flatVolume:
		return molecule.ChiralCW
	case volume > flatVolume:
		return molecule.ChiralCCW
	}
	return molecule.ChiralNone
}

// tagPolyhedron finds square planar, trigonal bipyramidal and octahedral centres, places without
// ligand allowed, by the pairs of ligands that are across from each other.
func (d *draft) tagPolyhedron(i int) bool {
	bonds := d.m.Incident(i)
	if d.m.Atoms[i].Z < firstBigShell || len(bonds) < 3 || len(bonds) > mostLigands || d.wavy(i) {
		return false
	}
	p := polyhedron{n: len(bonds)}
	for x, k := range bonds {
		p.v[x] = d.toward(i, k).unit()
	}
	if !p.pair() {
		return false
	}
	a := &d.m.Atoms[i]
	a.Chiral = p.class()
	if a.Chiral == molecule.ChiralNone {
		return false
	}
	a.Permutation = a.Chiral.PermutationOf(p.seats(a.Chiral))
	return true
}
