// Package charges computes partial charges from the bonds of a molecule.
package charges

import (
	"math"

	"molserve/preprocess/molecule"
)

const (
	iterations      = 12
	damping         = 0.5   // of the first iteration; half of it in the next, and so on
	hydrogenIonized = 20.02 // electronegativity of H⁺, eV
)

// Gasteiger returns the partial charge of each atom, e, by the partial equalization of orbital
// electronegativities (Gasteiger and Marsili, Tetrahedron 1980, 36, 3219) as RDKit's
// ComputeGasteigerCharges has it with its defaults: 12 iterations, the charge of a conjugated pair of
// like atoms shared beforehand, hydrogens outside the graph as partners of their atom. An electronegativity
//
//	χ(q) = a + b q + c q²
//
// draws charge between neighbours, each step ½ of the one before, over the electronegativity of the cation
// of the less electronegative. Atoms without parameters have a = b = c = 0, so that charges near them come out NaN or infinite, as
// they do there.
func Gasteiger(m *molecule.Molecule) []float64 {
	n := len(m.Atoms)
	e := equalizer{m: m, charge: shareCharges(m), onHs: make([]float64, n), chi: make([]float64, n),
		ionized: make([]float64, n), parameters: make([]parameters, n)}
	for i := range m.Atoms {
		p := parametersOf(m, i)
		e.parameters[i] = p
		e.ionized[i] = p.a + p.b + p.c
		if m.Atoms[i].Z == 1 {
			e.ionized[i] = hydrogenIonized
		}
	}
	damp := damping
	for range iterations {
		e.step(damp)
		damp *= damping
	}
	return e.charge
}

// equalizer is the state of one molecule, [n] each.
type equalizer struct {
	m          *molecule.Molecule
	parameters []parameters
	ionized    []float64 // χ(1), eV
	charge     []float64 // e
	onHs       []float64 // e, of all hydrogens on the atom that are not in the graph
	chi        []float64 // χ(q), eV
}

// step moves charge along all bonds once. All bonds see the charges of the step before.
func (e *equalizer) step(damp float64) {
	for i, p := range e.parameters {
		e.chi[i] = p.chi(e.charge[i])
	}
	for i := range e.charge {
		dq := 0.0
		for _, k := range e.m.Incident(i) {
			j := e.m.Other(int(k), i)
			dq += flow(e.chi[j]-e.chi[i], e.ionized[i], e.ionized[j])
		}
		if hs := float64(e.m.TotalHs(i)); hs > 0 {
			chi := hydrogen.chi(e.onHs[i] / hs)
			drawn := float64(hs * flow(chi-e.chi[i], e.ionized[i], hydrogenIonized))
			dq += drawn
			e.onHs[i] -= float64(drawn * damp)
		}
		e.charge[i] += float64(damp * dq)
	}
}

// flow is the charge that comes from a partner whose χ is higher by difference, undamped.
func flow(difference, own, partner float64) float64 {
	if difference < 0 {
		return difference / (float64(0*(own-partner)) + partner)
	}
	return difference / (own - partner + partner)
}

// chi is the electronegativity at charge q, eV. Products are converted so that no processor fuses them with the sum.
func (p parameters) chi(q float64) float64 {
	return p.a + float64(q*(p.b+float64(p.c*q)))
}

// shareCharges starts with the formal charges of atoms that have a like atom at the other end of two conjugated
// bonds, each group's shared evenly, as in a carboxylate or an amidinium; other charged atoms keep theirs.
func shareCharges(m *molecule.Molecule) []float64 {
	charge := make([]float64, len(m.Atoms))
	const zero = 0x1p-52 // below it a charge counts as not yet set
	for i := range m.Atoms {
		if m.Atoms[i].Charge == 0 || math.Abs(charge[i]) >= zero {
			continue
		}
		group, sum := conjugatedLike(m, i), 0
		for _, j := range group {
			sum += int(m.Atoms[j].Charge)
		}
		for _, j := range group {
			charge[j] = float64(sum) / float64(len(group))
		}
	}
	return charge
}

// conjugatedLike lists atom i and the atoms of its element at the other end of two conjugated bonds; one that is reached
// twice, in a ring of four, stands there twice.
func conjugatedLike(m *molecule.Molecule, i int) []int {
	group := []int{i}
	for _, k := range m.Incident(i) {
		if !m.Bonds[k].Conjugated {
			continue
		}
		middle := m.Other(int(k), i)
		for _, l := range m.Incident(middle) {
			if j := m.Other(int(l), middle); l != k && m.Bonds[l].Conjugated && m.Atoms[j].Z == m.Atoms[i].Z {
				group = append(group, j)
			}
		}
	}
	return group
}
