package molecule

// electronMass in u (NIST).
const electronMass = 0.00054857991

// AtomMass is the mass of the isotope that labels atom i, else the standard weight of its element, u.
// A label that is no known isotope counts as the mass itself.
func (m *Molecule) AtomMass(i int) float64 {
	a := &m.Atoms[i]
	if a.Isotope == 0 {
		return AtomicWeight(a.Z)
	}
	mass := isotopeMasses()[isotope{a.Z, a.Isotope}]
	if mass == 0 && a.Z != 0 {
		return float64(a.Isotope)
	}
	return mass
}

// Mass is the average molecular mass with all hydrogens, isotopes as labelled, u.
func (m *Molecule) Mass() float64 {
	sum := 0.0
	for i := range m.Atoms {
		sum += m.AtomMass(i)
		sum += float64(float64(m.TotalHs(i)) * AtomicWeight(1)) // converted: the product is rounded before it is added
	}
	return sum
}

// ExactMass is the monoisotopic mass with all hydrogens, isotopes as labelled, less the electrons of
// the charge, u.
func (m *Molecule) ExactMass() float64 {
	sum, hydrogens := 0.0, 0
	for i := range m.Atoms {
		a := &m.Atoms[i]
		if a.Isotope == 0 {
			sum += elements[a.Z].mostCommon
		} else {
			sum += m.AtomMass(i)
		}
		sum -= float64(electronMass * float64(a.Charge))
		hydrogens += m.TotalHs(i)
	}
	return sum + float64(float64(hydrogens)*elements[1].mostCommon)
}
