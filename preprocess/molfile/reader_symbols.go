package molfile

import (
	"slices"
	"strconv"
	"strings"

	"molserve/preprocess/molecule"
)

// querySymbols stand for more than one element.
var querySymbols = []string{"A", "AH", "Q", "QH", "X", "XH", "M", "MH"}

// genericSymbols name kinds of groups, such as any heteroaryl, short and, where columns allow it, in
// full; RDKit reads each as a dummy atom.
var genericSymbols = genericNames("G G* ALK AEL AYL CBC CAL CEL ARY CYC ACY ABC AHC AOX CHC HAR CXX " +
	"Group Group* Alkyl Alkenyl Alkynyl Carbocyclic Carbocycloalkyl Carbocycloalkenyl Carboaryl Cyclic Acyclic " +
	"Carboacyclic Heteroacyclic Alkoxy Heterocyclic Heteroaryl NoCarbonRing")

// genericNames adds the names of groups that may be hydrogen: an H at the end or before the *, of three
// capitals in the third place.
func genericNames(list string) map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(list) {
		names[name] = true
		stem, star := strings.CutSuffix(name, "*")
		switch {
		case star:
			names[stem+"H*"] = true
		case len(name) == 3:
			names[name[:2]+"H"] = true
		default:
			names[name+"H"] = true
		}
	}
	return names
}

// symbolAtom makes the atom that a symbol names. any: RDKit holds it as a query.
func (b *block) symbolAtom(symbol string) (a molecule.Atom, any bool, err error) {
	switch {
	case slices.Contains(querySymbols, symbol):
		return a, false, b.query("atom symbol %q", symbol)
	case symbol == "*":
		return molecule.Atom{NoImplicit: true}, true, nil
	case isRGroup(symbol):
		if n, err := strconv.ParseInt(symbol[1:], 10, 32); err == nil && n >= 0 {
			a.Isotope = uint16(n)
		}
		return a, false, nil
	case symbol == "D":
		return molecule.Atom{Z: 1, Isotope: 2}, false, nil
	case symbol == "T":
		return molecule.Atom{Z: 1, Isotope: 3}, false, nil
	case symbol == "Pol", symbol == "Mod":
		return a, false, nil
	case genericSymbols[symbol]:
		return a, true, nil
	}
	a.Z, err = b.element(symbol)
	return a, false, err
}

// isRGroup tells R#, R, and what sorts between R0 and R99.
func isRGroup(symbol string) bool {
	return symbol == "R#" || symbol == "R" || symbol >= "R0" && symbol <= "R99"
}

// element looks a symbol up; a second letter may be a capital. Of the systematic names of new elements,
// RDKit knows two in molfiles.
func (b *block) element(symbol string) (uint8, error) {
	if len(symbol) == 2 && symbol[1] >= 'A' && symbol[1] <= 'Z' {
		symbol = symbol[:1] + strings.ToLower(symbol[1:])
	}
	z, ok := molecule.AtomicNumber(symbol)
	systematic := ok && symbol != molecule.Symbol(z) && symbol != "Uut" && symbol != "Uup"
	if !ok || systematic {
		return 0, b.refuse(molecule.CodeBadElement, "%q is no element symbol", symbol)
	}
	return z, nil
}

// bondTypes are the orders that a molfile counts as numbers; 8 matches any bond, and so does for RDKit
// every number without a meaning.
func (b *block) bondType(number int) (t molecule.BondType, any bool, err error) {
	switch number {
	case 0:
		return molecule.BondUnspecified, false, nil
	case 1, 2, 3:
		return molecule.Single + molecule.BondType(number-1), false, nil
	case 4:
		return molecule.AromaticBond, false, nil
	case 5, 6, 7:
		return 0, false, b.query("bond type %d", number)
	case 9:
		return molecule.Dative, false, nil
	}
	return molecule.BondUnspecified, true, nil
}
