package molfile

// settle gives atoms the hydrogens that the total valence of their lines asks for, now that all bonds
// are known, and does what data groups say (RDKit's ProcessMolProps).
func (b *block) settle() error {
	drawn := make([]int, len(b.d.m.Atoms))
	for i := range drawn {
		drawn[i] = b.d.m.ExplicitValence(i)
	}
	for i, asked := range b.valences {
		a := &b.d.m.Atoms[i]
		if b.counted[i] {
			continue
		}
		a.NoImplicit, a.ExplicitHs = true, 0
		if asked != 15 && asked != -1 {
			a.ExplicitHs = uint8(max(asked-drawn[i], 0))
		}
	}
	return b.applyGroups()
}
