package preprocess_test

import (
	"fmt"
	"strings"

	"molserve/preprocess/molecule"
)

const (
	cage = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41" // C60
)

// hostileSMILES are the families of SMILES.
var hostileSMILES = []hostile{
	{name: "chain", text: repeat("C"), fits: 1000, giant: million},
	{name: "aromatic chain", text: repeat("c"), fits: 1000, giant: million, answer: molecule.CodeKekulize, lifted: molecule.CodeKekulize},
	{name: "fragments", text: chain("", "C.", "C"), fits: 999, giant: million},
	{name: "charged fragments", text: chain("", "[Na+].[Cl-].", "C"), fits: 499, giant: million / 2},
	{name: "nested branches", text: func(n int) string { return strings.Repeat("C(", n) + "C" + strings.Repeat(")", n) }, fits: 999, giant: million},
	{name: "bushes", text: chain("", "C(C(C)(C)C)", "C"), fits: 199, giant: million / 5},
	{name: "open parentheses", text: repeat("("), fits: 100 * thousand, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "open branches", text: repeat("C("), fits: 1000, giant: million / 2, answer: molecule.CodeUnclosedBranch, lifted: molecule.CodeUnclosedBranch},
	{name: "open brackets", text: repeat("["), fits: 100 * thousand, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "dots", text: repeat("."), fits: 100 * thousand, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "bonds", text: repeat("="), fits: 100 * thousand, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "open ring numbers", text: repeat("C%("), fits: 30 * thousand, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "isotope of many digits", text: chain("[", "9", "C]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "hydrogens of many digits", text: chain("[CH", "9", "]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "charge of many digits", text: chain("[C+", "9", "]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "charge of many signs", text: chain("[C", "+", "]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "map of many digits", text: chain("[C:", "9", "]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},
	{name: "quotes in a bracket", text: chain("[C@", "'", "]"), fits: 99_990, giant: million, answer: molecule.CodeSyntax, lifted: molecule.CodeSyntax},

	{name: "star", text: chain("[Fe]", "(C)", ""), fits: 890, giant: 99900},
	{name: "star of hydrogens", text: chain("[Fe]", "([H])", ""), fits: 890, giant: 99900},
	{name: "star of isotopes", text: starOfIsotopes, fits: 888, giant: 99899},
	{name: "star of centres", text: chain("[Fe@]", "([C@H](C)F)", "C"), fits: 330, giant: 99900},
	{name: "star of maps", text: starOfMaps, fits: 888, giant: 99899},
	{name: "star of arms", text: starOfArms, fits: 43, giant: 1100},
	{name: "carbon star", text: chain("C", "(C)", ""), fits: 890, giant: 99900, answer: molecule.CodeValence},
	{name: "written hydrogens", text: chain("[H]", "C([H])([H])", "[H]"), fits: 332, giant: 100 * thousand},
	{name: "deuterium", text: chain("[2H]", "C([2H])([2H])", "[2H]"), fits: 332, giant: 100 * thousand},

	{name: "centres", text: chain("", "[C@H](O)", "C"), fits: 499, giant: 100 * thousand},
	{name: "equal centres", text: chain("C", "[C@H](C)", "C"), fits: 499, giant: 100 * thousand},
	{name: "octahedra", text: chain("C", "[Fe@OH5](F)(Cl)(Br)I", "C"), fits: 199, giant: 100 * thousand},
	{name: "polyene", text: chain("C", "/C=C", "/C"), fits: 499, giant: 100 * thousand},
	{name: "polyene of both marks", text: chain("F", `/C=C/C=C\C=C`, "F"), fits: 160, giant: 50 * thousand},
	{name: "double bonds", text: chain("", `C/C=C/`, "C"), fits: 333, giant: 100 * thousand},
	{name: "plain polyene", text: chain("", "C=C", ""), fits: 500, giant: 100 * thousand},
	{name: "cumulene", text: chain("C", "=C", ""), fits: 999, giant: million / 2},
	{name: "polyyne", text: chain("C", "C#C", ""), fits: 499, giant: 100 * thousand},
	{name: "amides", text: chain("N", "[C@@H](C)C(=O)N", "C"), fits: 199, giant: 50 * thousand},

	{name: "ring", text: chain("C1", "C", "C1"), fits: 998, giant: million},
	{name: "aromatic ring", text: chain("c1", "cccc", "c1"), fits: 249, giant: million / 4},
	{name: "odd aromatic ring", text: chain("c1", "cc", "c1"), fits: 499, giant: million / 2},
	{name: "pyrrole ring", text: chain("c1", "[nH]c", "c1"), fits: 499, giant: million / 2, answer: molecule.CodeKekulize, lifted: molecule.CodeTooLarge},
	{name: "marked ring", text: chain("C1", "[C@H](F)", "C1"), fits: 499, giant: 100 * thousand},
	{name: "marked ring of two", text: func(n int) string {
		return "[C@H]1(F)" + strings.Repeat("C", n) + "[C@@H](F)" + strings.Repeat("C", n) + "1"
	}, fits: 498, giant: 200 * thousand},
	{name: "cyclopropanes", text: chain("", "C1CC1.", "C"), fits: 333, giant: 100 * thousand},
	{name: "spiro rings", text: chain("", "C1CC1", ""), fits: 333, giant: 100 * thousand},
	{name: "true spiro rings", text: spiro, fits: 330, giant: 100 * thousand},
	{name: "benzene rings", text: repeat("c1ccccc1"), fits: 166, giant: 50 * thousand},
	{name: "pyrroles", text: chain("", "c1cc[nH]c1.", "C"), fits: 199, giant: 50 * thousand},
	{name: "marked cyclohexanes", text: chain("C", "[C@H]1CC[C@@H](C)CC1", ""), fits: 142, giant: 50 * thousand},
	{name: "marked cyclohexanes apart", text: chain("", "C[C@H]1CC[C@@H](C)CC1.", "C"), fits: 124, giant: 50 * thousand},
	{name: "halogenated cyclobutanes", text: repeat("[C@]1(F)CC[C@@]1(Cl)"), fits: 166, giant: 20 * thousand},
	{name: "bicycles", text: chain("", "C1C[C@H]2CC[C@@H]1CC2.", "C"), fits: 124, giant: 50 * thousand, lifted: molecule.CodeUnsupported},
	{name: "ferrocenes", text: chain("", "[CH]12[CH]3[CH]4[CH]5[CH]1[Fe]23456789[CH]%10[CH]6[CH]7[CH]8[CH]9%10.", "C"), fits: 90, giant: 10 * thousand},
	{name: "sandwich", text: sandwich, fits: 160, giant: 10 * thousand, lifted: molecule.CodeUnsupported},

	{name: "ladder", text: drawn("C", "", rungs), fits: 500, giant: 50 * thousand},
	{name: "aromatic ladder", text: drawn("c", "", rungs), fits: 500, giant: 50 * thousand},
	{name: "acene", text: drawn("c", "", acene), fits: 249, giant: 50 * thousand, lifted: molecule.CodeUnsupported},
	{name: "square lattice", text: drawn("C", "", lattice), fits: 31, giant: 300},
	{name: "lattice of dummies", text: drawn("*", "", lattice), fits: 31, giant: 300},
	{name: "lattice of aromatic dummies", text: drawn("*", ":", lattice), fits: 31, giant: 300},
	{name: "graphene", text: drawn("c", "", rhombus), fits: 20, giant: 150},
	{name: "graphane", text: drawn("C", "", graphene), fits: 30, giant: 300},
	{name: "marked graphane", text: drawn("[C@]", "", graphene), fits: 30, giant: 300},
	{name: "diamond", text: drawn("[Si]", "", diamond), fits: 4, giant: 20, lifted: molecule.CodeUnsupported},
	{name: "cubes", text: drawn("*", "", cubes), fits: 9, giant: 40, lifted: molecule.CodeUnsupported},
	{name: "C60", text: chain("", cage+".", "C"), fits: 16, giant: 500, refused: molecule.CodeTooLarge},
	{name: "saturated C60", text: chain("", strings.ToUpper(cage)+".", "C"), fits: 16, giant: 500, refused: molecule.CodeTooLarge},
	{name: "rings of dummies", text: chain("", "*1ccccc1.", "C"), fits: 160, giant: 100 * thousand},
	{name: "rings of many dummies", text: chain("", "*1*c*c*1.", "C"), fits: 160, giant: 50 * thousand},
	{name: "aromatic fan of dummies", text: drawn("*", ":", fan), fits: 440, giant: 44_808, lifted: molecule.CodeUnsupported},
	{name: "aromatic wheel of dummies", text: drawn("*", ":", wheel), fits: 890, giant: 90_000, lifted: molecule.CodeUnsupported},
	{name: "aromatic ladder of dummies", text: drawn("*", ":", rungs), fits: 500, giant: 50 * thousand},
	{name: "quinuclidines", text: chain("", "[N@]12CC[C@H](CC1)CC2.", "C"), fits: 124, giant: 30 * thousand},
	{name: "hub of hydrogens and arms", text: func(n int) string { return "[Fe]" + strings.Repeat("([H])", n) + strings.Repeat("(C)", n) + "C" }, fits: 440, giant: 49_850, lifted: molecule.CodeTooLarge},
	{name: "hub of arms and hydrogens", text: func(n int) string { return "[Fe]" + strings.Repeat("(C)", n) + strings.Repeat("([H])", n) + "C" }, fits: 440, giant: 49_850},
	{name: "hub of donors", text: chain("[Fe]", "(N(C)(C)C)", "C"), fits: 100, giant: 99_900},
	{name: "hub of vinyls", text: chain("[Fe]", "(C=C)", "C"), fits: 320, giant: 99_900},
	{name: "hub of double bonds", text: chain("*", "(=C)", "C"), fits: 440, giant: 49_850},
	{name: "hub of marked double bonds", text: chain("*", "(/C=C/F)", "C"), fits: 300, giant: 99_900},
	{name: "marked hub of rings", text: markedHub, fits: 90, giant: 89_900},
	{name: "strip", text: drawn("*", "", strip(40)), fits: 160, giant: 3000, lifted: molecule.CodeUnsupported},
	{name: "complete graph", text: drawn("*", "", completeGraph), fits: 120, giant: 600, lifted: molecule.CodeUnsupported},
	{name: "complete bipartite graph", text: drawn("*", "", bipartite), fits: 75, giant: 300, lifted: molecule.CodeUnsupported},
	{name: "theta graph", text: drawn("*", "", theta), fits: 40, giant: 29_978, lifted: molecule.CodeUnsupported},
	{name: "wheel", text: drawn("*", "", wheel), fits: 890, giant: 89_900, lifted: molecule.CodeUnsupported},
	{name: "book of triangles", text: drawn("*", "", book(1)), fits: 890, giant: 40_000, lifted: molecule.CodeUnsupported},
	{name: "book of squares", text: drawn("*", "", book(2)), fits: 380, giant: 40_000, lifted: molecule.CodeUnsupported},
	{name: "dense graph", text: drawn("*", "", dense), fits: 8, giant: 100, lifted: molecule.CodeUnsupported},
	{name: "fan of triangles", text: drawn("*", "", fan), fits: 440, giant: 44_840, lifted: molecule.CodeUnsupported},
	{name: "rings that stay open", text: openRings, fits: 1000, giant: 100 * thousand, answer: molecule.CodeUnclosedRing, lifted: molecule.CodeUnclosedRing},
	{name: "crossed rings", text: drawn("*", "", crossed), fits: 500, giant: 50 * thousand, lifted: molecule.CodeUnsupported},
	{name: "Moebius ladder", text: drawn("C", "", moebius), fits: 500, giant: 20 * thousand, lifted: molecule.CodeUnsupported},
	{name: "random cubic graph", text: drawn("C", "", cubic), fits: 500, giant: 20 * thousand, lifted: molecule.CodeUnsupported},
	{name: "random aromatic graph", text: drawn("c", "", cubic), fits: 500, giant: 20 * thousand, answer: molecule.CodeKekulize, lifted: molecule.CodeUnsupported},
	{name: "random graph of degree 4", text: drawn("[Si]", "", quartic), fits: 500, giant: 10 * thousand, lifted: molecule.CodeUnsupported},
}

func repeat(part string) func(int) string {
	return func(n int) string { return strings.Repeat(part, n) }
}

func chain(first, part, last string) func(int) string {
	return func(n int) string { return first + strings.Repeat(part, n) + last }
}

func starOfIsotopes(n int) string {
	var b strings.Builder
	b.WriteString("[Fe]")
	for i := range n {
		fmt.Fprintf(&b, "([%dCH3])", 1+i%60_000)
	}
	return b.String() + "[C@H](F)Cl"
}

func starOfMaps(n int) string {
	var b strings.Builder
	b.WriteString("[Fe]")
	for i := range n {
		fmt.Fprintf(&b, "([%dCH3:%d])", i/1000+1, i%1000)
	}
	return b.String() + "[C@H](F)Cl"
}

func starOfArms(n int) string {
	var b strings.Builder
	b.WriteString("[Fe]")
	for i := range n {
		b.WriteString("(" + strings.Repeat("C", i+1) + ")")
	}
	return b.String() + "[C@H](F)Cl"
}

// spiro is a chain of three-rings, each of which shares an atom with the next.
func spiro(n int) string {
	var b strings.Builder
	b.WriteString("C1")
	for i := range n {
		fmt.Fprintf(&b, "CC%d%d", i%2+1, (i+1)%2+1)
	}
	fmt.Fprintf(&b, "CC%d", n%2+1)
	return b.String()
}

func sandwich(n int) string {
	var b strings.Builder
	b.WriteString("[Fe]")
	for range n {
		b.WriteString("1234C5C1C2C3C45[Fe]")
	}
	return b.String()
}

func acene(n int) network {
	var edges [][2]int
	for i := range 2*n + 1 {
		if i > 0 {
			edges = append(edges, [2]int{2*i - 2, 2 * i}, [2]int{2*i - 1, 2*i + 1})
		}
		if i%2 == 0 {
			edges = append(edges, [2]int{2 * i, 2*i + 1})
		}
	}
	return network{4*n + 2, edges}
}

// markedHub is a marked atom of n rings.
func markedHub(n int) string {
	var b strings.Builder
	b.WriteString("[Fe@]")
	for i := range n {
		fmt.Fprintf(&b, "%%(%d)", i)
	}
	b.WriteString("C")
	for i := range n {
		fmt.Fprintf(&b, "CC%%(%d)", i)
	}
	return b.String()
}

// openRings is n rings that are never closed.
func openRings(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "C%%(%d)", i%100_000)
	}
	return b.String()
}
