package molfile

import (
	"molserve/preprocess/molecule"
)

// bondV3000 reads number, type, two atoms and KEY=value …
func (b *block) bondV3000(list []string) error {
	if len(list) < 4 {
		return b.bad("the bond line is too short; it needs number, type and two atoms")
	}
	var numbers [4]int
	for at := range numbers {
		numbers[at] = max(leadingInt(list[at]), 0)
	}
	t, any, err := b.typeV3000(numbers[1])
	if err != nil {
		return err
	}
	bond := molecule.Bond{Type: t}
	for _, token := range list[4:] {
		key, value, ok := assignment(token)
		if !ok {
			return b.bad("%q is no KEY=value of a bond", token)
		}
		if err := b.bondWord(&bond, key, value); err != nil {
			return err
		}
	}
	begin, ok := b.marks[numbers[2]]
	end, found := b.marks[numbers[3]]
	if !ok || !found {
		return b.refuse(molecule.CodeBond, "the bond joins atoms %d and %d; no two atoms have these numbers", numbers[2], numbers[3])
	}
	if b.bondMarks == nil {
		b.bondMarks = map[int]int32{}
	}
	if _, taken := b.bondMarks[numbers[0]]; !taken {
		b.bondMarks[numbers[0]] = int32(len(b.d.m.Bonds))
	}
	return b.addBond(bond, int(begin)+1, int(end)+1, any)
}

// typeV3000 knows hydrogen bonds.
func (b *block) typeV3000(number int) (molecule.BondType, bool, error) {
	if number == 10 {
		return molecule.HydrogenBond, false, nil
	}
	return b.bondType(number)
}

// bondWord reads one KEY=value; RDKit takes those that it does not know.
func (b *block) bondWord(bond *molecule.Bond, key, value string) error {
	switch key {
	case "CFG":
		return b.bondMark(bond, value)
	case "TOPO":
		if value == "1" || value == "2" {
			return b.query("TOPO=%s", value)
		}
		if value != "0" {
			return b.bad("TOPO=%s; 0, 1 and 2 are known", value)
		}
	case "RXCTR":
		if _, ok := integer(value); !ok {
			return b.bad("RXCTR=%s; the value is no number", value)
		}
	}
	return nil
}

// bondMark reads CFG: 1 wedge, 2 either, 3 hash.
func (b *block) bondMark(bond *molecule.Bond, value string) error {
	switch max(leadingInt(value), 0) {
	case 0:
	case 1:
		bond.Dir, b.d.marked = molecule.DirWedge, true
	case 2:
		switch bond.Type {
		case molecule.Single:
			bond.Dir = molecule.DirUnknown
		case molecule.Double:
			bond.Dir, bond.Stereo = molecule.DirEitherDouble, molecule.StereoAny
		}
	case 3:
		bond.Dir, b.d.marked = molecule.DirDash, true
	default:
		return b.bad("CFG=%s of a bond; 0 to 3 are known", value)
	}
	return nil
}
