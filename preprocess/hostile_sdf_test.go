package preprocess_test

import (
	"fmt"
	"strings"

	"molserve/preprocess/molecule"
)

// Parts of molfiles.
const (
	header  = "hostile\n\n\n"
	methane = header + "  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n"
	ethane  = header + "  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    1.5000    0.0000    0.0000 C   0  0\n  1  2  1  0\n"
	propane = header + "  3  2  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    1.5000    0.0000    0.0000 C   0  0\n    2.0000    1.4000    0.0000 C   0  0\n  1  2  1  0\n  2  3  1  0\n"
	extend  = header + "  0  0  0     0  0              0 V3000\nM  V30 BEGIN CTAB\n"
	carbon  = "M  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0\nM  V30 END ATOM\n"
	ending  = "M  V30 END CTAB\nM  END\n"

	oneAtom    = extend + "M  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0" // its line goes on
	afterAtom  = "\nM  V30 END ATOM\n" + ending
	oneCarbon  = extend + "M  V30 COUNTS 1 0 0 0 0\n" + carbon
	oneGroup   = extend + "M  V30 COUNTS 1 0 1 0 0\n" + carbon + "M  V30 BEGIN SGROUP\nM  V30 1 DAT 0" // its line goes on
	afterGroup = "\nM  V30 END SGROUP\n" + ending
)

// hostileSDF are the families of records of SD files.
var hostileSDF = []hostile{
	{name: "data items", text: counted(methane, ">  <%d>\nv\n\n", ""), fits: 20000, giant: million},
	{name: "data items of one name", text: chain(methane, "> <a>\nv\n\n", ""), fits: 20000, giant: million},
	{name: "data items without a name", text: chain(methane, ">\n\n", ""), fits: 100000, giant: 5 * million},
	{name: "data item of many lines", text: chain(methane+"> <a>\n", "v\n", ""), fits: 160000, giant: 8 * million},
	{name: "data item of many CRLF lines", text: chain(methane+"> <a>\n", "v\r\n", ""), fits: 100000, giant: 5 * million},
	{name: "data item of blanks", text: chain(methane+"> <a>\n", " \n", ""), fits: 160000, giant: 8 * million},
	{name: "data item of one line", text: chain(methane+"> <a>\n", "v", ""), fits: 320000, giant: 16 * million},
	{name: "data item of one line of blanks", text: chain(methane+"> <a>\n", " ", ""), fits: 320000, giant: 16 * million},
	{name: "data item of a long name", text: chain(methane+"> <", "a<>", ">\nv\n"), fits: 100000, giant: 5 * million},
	{name: "long data items", text: chain(methane, "> <a>\n"+strings.Repeat("v", 1000)+"\n\n", ""), fits: 320, giant: 16_000},
	{name: "blank lines", text: chain(methane, "\n", ""), fits: 320000, giant: 16 * million},
	{name: "long title", text: chain("", "t", methane[7:]), fits: 320000, giant: 16 * million},
	{name: "long counts line", text: chain(header+"  1  0", " ", "\n"), fits: 320000, giant: 16 * million, answer: molecule.CodeFormat, lifted: molecule.CodeFormat},
	{name: "long atom line", text: chain(methane[:len(methane)-8], "0", "\nM  END\n"), fits: 320000, giant: 16 * million},
	{name: "long number", text: chain(extend+"M  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C ", "9", " 0 0 0\nM  V30 END ATOM\n"+ending), fits: 320000, giant: 16 * million, answer: molecule.CodeFormat, lifted: molecule.CodeFormat},

	{name: "charges", text: chain(ethane, "M  CHG  1   1   0\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "charges in one line", text: chain(ethane+"M  CHG 99", "   1   0", "\nM  END\n"), fits: 40000, giant: 2 * million},
	{name: "radicals", text: chain(ethane, "M  RAD  1   1   0\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "isotopes", text: chain(ethane, "M  ISO  1   1  13\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "property lines of no meaning", text: chain(ethane, "M  X\n", "M  END\n"), fits: 60000, giant: 3 * million},
	{name: "empty property lines", text: chain(ethane+"M  X\n", "\n", "M  END\n"), fits: 320000, giant: 16 * million},
	{name: "aliases", text: chain(ethane, "A    1\nx\n", "M  END\n"), fits: 36000, giant: 1_800_000},
	{name: "atom values", text: chain(ethane, "V    1 x\n", "M  END\n"), fits: 36000, giant: 1_800_000},
	{name: "skips", text: chain(ethane, "S  SKP  0\n", "M  END\n"), fits: 32000, giant: 1_600_000},
	{name: "attachment points", text: chain(ethane, "M  APO  1   1   0\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "link nodes", text: chain(propane, "M  LIN  1   2   2   1   3\n", "M  END\n"), fits: 12000, giant: 600_000},
	{name: "group kinds", text: chain(ethane, "M  STY  1   1 DAT\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "group members", text: chain(ethane+"M  STY  1   1 DAT\n", "M  SAL   1  1   1\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "group bonds", text: chain(ethane+"M  STY  1   1 SUP\nM  SAL   1  1   1\n", "M  SBL   1  1   1\n", "M  END\n"), fits: 18000, giant: 900_000},
	{name: "group data", text: chain(ethane+"M  STY  1   1 DAT\nM  SDT   1 ZCH\nM  SAL   1  1   1\n", "M  SED   1 0\n", "M  END\n"), fits: 24000, giant: 1_200_000},
	{name: "group data of all atoms", text: groupData, fits: 1500, giant: 1500},
	{name: "group attachments", text: chain(ethane+"M  STY  1   1 SUP\nM  SAL   1  1   1\n", "M  SAP   1  1   1   2  1\n", "M  END\n"), fits: 13000, giant: 650_000},

	{name: "continued lines", text: chain(extend, "M  V30 -\n", "M  V30 COUNTS 1 0 0 0 0\n"+carbon+ending), fits: 36000, giant: 1_800_000},
	{name: "one line continued", text: chain(oneAtom+"-\n", "M  V30  A=1-\n", "M  V30 \nM  V30 END ATOM\n"+ending), fits: 24000, giant: 1_200_000},
	{name: "atom of many words", text: chain(oneAtom, " CHG=0", afterAtom), fits: 54000, giant: 2_700_000},
	{name: "atom of blanks", text: chain(oneAtom, " ", afterAtom), fits: 320000, giant: 16 * million},
	{name: "nested parentheses", text: chain(oneAtom+" X=", "(", afterAtom), fits: 320000, giant: 16 * million},
	{name: "quotes", text: chain(oneAtom+" X=", "\"", afterAtom), fits: 320000, giant: 16 * million},
	{name: "quoted words", text: chain(oneAtom, " \"A=1\"", afterAtom), fits: 50000, giant: 2_500_000},
	{name: "equals signs", text: chain(oneAtom+" X=", "=", afterAtom), fits: 320000, giant: 16 * million, answer: molecule.CodeFormat, lifted: molecule.CodeFormat},
	{name: "R group labels", text: groupLabels, fits: 140_000, giant: 7 * million},
	{name: "attachment order", text: attachmentOrder, fits: 14000, giant: 700_000},
	{name: "link nodes, V3000", text: chain(oneCarbon, "M  V30 LINKNODE 1 3 2 1 2 1 3\n", ending), fits: 10000, giant: 500_000},
	{name: "groups", text: groups("M  V30 %d DAT 0\n"), fits: 18000, giant: 900_000, lifted: molecule.CodeTooLarge},
	{name: "groups with members", text: groups("M  V30 %d DAT 0 ATOMS=(1 1)\n"), fits: 9600, giant: 480_000, lifted: molecule.CodeTooLarge},
	{name: "group of many labels", text: chain(oneGroup, " A=1", afterGroup), fits: 80000, giant: 4 * million},
	{name: "group of many members", text: chain(oneGroup, " ATOMS=(1 1)", afterGroup), fits: 26000, giant: 1_300_000},
	{name: "group of many values", text: chain(oneGroup+" FIELDNAME=ZCH ATOMS=(1 1)", " FIELDDATA=0", afterGroup), fits: 26000, giant: 1_300_000},
	{name: "group value of quotes", text: chain(oneGroup+" FIELDDATA=\"", "\"\"", "\""+afterGroup), fits: 160000, giant: 8 * million},
	{name: "defaults of groups", text: defaults, fits: 4000, giant: 200_000},
	{name: "collections", text: chain(oneCarbon, "M  V30 BEGIN COLLECTION\nM  V30 END COLLECTION\n", ending), fits: 7000, giant: 350_000},
	{name: "nested collections", text: chain(oneCarbon, "M  V30 BEGIN COLLECTION\n", ending), fits: 14000, giant: 700_000, answer: molecule.CodeFormat, lifted: molecule.CodeFormat},
	{name: "stereo groups", text: chain(oneCarbon+"M  V30 BEGIN COLLECTION\n", "M  V30 MDLV30/STEREL1 ATOMS=(1 1)\n", "M  V30 END COLLECTION\n"+ending), fits: 9000, giant: 450_000},
	{name: "stereo group of blanks", text: chain(oneCarbon+"M  V30 BEGIN COLLECTION\nM  V30 MDLV30/STEREL1 ATOMS=(1", " ", "x\nM  V30 END COLLECTION\n"+ending), fits: 320000, giant: 16 * million},
	{name: "other blocks", text: chain(oneCarbon+"M  V30 BEGIN TEMPLATE\n", "M  V30 x\n", "M  V30 END TEMPLATE\n"+ending), fits: 34000, giant: 1_700_000},
	{name: "3D objects", text: func(n int) string {
		return extend + fmt.Sprintf("M  V30 COUNTS 1 0 0 %d 0\n", n) + carbon + "M  V30 BEGIN OBJ3D\n" + strings.Repeat("M  V30 x\n", n) + "M  V30 END OBJ3D\n" + ending
	}, fits: 34000, giant: 1_700_000},

	{name: "complete graph", text: block3000(completeGraph), fits: 300, giant: 894, lifted: molecule.CodeUnsupported},
	{name: "half complete graph", text: block3000(completeGraph), fits: 120, giant: 350, lifted: molecule.CodeUnsupported},
	{name: "complete bipartite graph", text: block3000(bipartite), fits: 100, giant: 380, lifted: molecule.CodeUnsupported},
	{name: "strip", text: block3000(strip(40)), fits: 1000, giant: 10_000, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "wide strip", text: block3000(strip(60)), fits: 1000, giant: 3_000, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "hub of drawn double bonds", text: drawnHub, fits: 290, giant: 49_900, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "dense graph", text: block3000(dense), fits: 8, giant: 80, lifted: molecule.CodeUnsupported},
	{name: "theta graph", text: block3000(theta), fits: 40, giant: 29_978, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "star", text: block3000(wheelOf(false)), fits: 890, giant: 99_900, refused: molecule.CodeTooLarge},
	{name: "wheel", text: block3000(wheelOf(true)), fits: 890, giant: 99_900, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "book of triangles", text: block3000(book(1)), fits: 890, giant: 40_000, lifted: molecule.CodeUnsupported, refused: molecule.CodeTooLarge},
	{name: "chain", text: block3000(line), fits: 1000, giant: 300_000},
	{name: "ladder", text: block3000(rungs), fits: 500, giant: 50_000, refused: molecule.CodeTooLarge},
	{name: "drawn polyene", text: drawnPolyene, fits: 1000, giant: 200_000, refused: molecule.CodeTooLarge},
	{name: "wedged star", text: wedgedStar, fits: 890, giant: 99_900, refused: molecule.CodeTooLarge},
	{name: "wedged chain", text: wedgedChain, fits: 1000, giant: 200_000, refused: molecule.CodeTooLarge},
	{name: "atoms that are announced", text: func(n int) string { return extend + fmt.Sprintf("M  V30 COUNTS %d 0 0 0 0\n", n) + carbon }, fits: 1000, giant: 2_000_000_000, answer: molecule.CodeFormat, lifted: molecule.CodeTooLarge},
	{name: "bonds that are announced", text: func(n int) string { return extend + fmt.Sprintf("M  V30 COUNTS 1 %d 0 0 0\n", n) + carbon }, fits: 1000, giant: 2_000_000_000, answer: molecule.CodeFormat, lifted: molecule.CodeFormat},
	{name: "groups that are announced", text: func(n int) string {
		return extend + fmt.Sprintf("M  V30 COUNTS 1 0 %d 0 0\n", n) + carbon + "M  V30 BEGIN SGROUP\n"
	}, fits: 1000, giant: 2_000_000_000, answer: molecule.CodeFormat, lifted: molecule.CodeTooLarge},
	{name: "hydrogens on one metal", text: hydrogenStar, fits: 890, giant: 99_900, refused: molecule.CodeTooLarge},
}

func counted(first, part, last string) func(int) string {
	return func(n int) string {
		var b strings.Builder
		b.WriteString(first)
		for i := range n {
			fmt.Fprintf(&b, part, i+1)
		}
		b.WriteString(last)
		return b.String()
	}
}

func groupData(n int) string {
	const atoms = 500
	var b strings.Builder
	fmt.Fprintf(&b, "%s%3d  0  0  0  0  0  0  0  0  0999 V2000\n", header, atoms)
	for range atoms {
		b.WriteString("    0.0000    0.0000    0.0000 C   0  0\n")
	}
	b.WriteString("M  STY  1   1 DAT\nM  SDT   1 ZCH\n")
	for range n {
		b.WriteString("M  SAL   1 99" + strings.Repeat("   7", 99) + "\nM  SED   1 " + strings.Repeat("0;", 100) + "\n")
	}
	return b.String() + "M  END\n"
}

func groupLabels(n int) string {
	return extend + fmt.Sprintf("M  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 R# 0 0 0 0 RGROUPS=(%d", n) + strings.Repeat(" 1", n) +
		")\nM  V30 END ATOM\n" + ending
}

func attachmentOrder(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%sM  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0 ATTCHORD=(%d", extend, 2*n)
	for i := range n {
		fmt.Fprintf(&b, " %d l%d", i+1, i+1)
	}
	return b.String() + ")\nM  V30 END ATOM\n" + ending
}

func groups(part string) func(int) string {
	return func(n int) string {
		return extend + fmt.Sprintf("M  V30 COUNTS 1 0 %d 0 0\n", n) + carbon + "M  V30 BEGIN SGROUP\n" + counted("", part, "")(n) + "M  V30 END SGROUP\n" + ending
	}
}

// defaults are n bytes of labels that hold for each of so many groups as they allow.
func defaults(n int) string {
	labels := strings.Repeat(" A=1", n/4)
	count := (32<<20)/len(labels) - 1
	return extend + fmt.Sprintf("M  V30 COUNTS 1 0 %d 0 0\n", count) + carbon + "M  V30 BEGIN SGROUP\nM  V30 DEFAULT" + labels + "\n" +
		counted("", "M  V30 %d DAT 0\n", "")(count) + "M  V30 END SGROUP\n" + ending
}

// block3000 writes a graph as a V3000 block of dummies.
func block3000(make func(n int) network) func(int) string {
	return func(n int) string {
		g := make(n)
		var b strings.Builder
		fmt.Fprintf(&b, "%sM  V30 COUNTS %d %d 0 0 0\nM  V30 BEGIN ATOM\n", extend, g.n, len(g.edges))
		for i := range g.n {
			fmt.Fprintf(&b, "M  V30 %d * %d %d 0 0\n", i+1, i%100, i/100)
		}
		b.WriteString("M  V30 END ATOM\nM  V30 BEGIN BOND\n")
		for k, e := range g.edges {
			fmt.Fprintf(&b, "M  V30 %d 1 %d %d\n", k+1, e[0]+1, e[1]+1)
		}
		b.WriteString("M  V30 END BOND\n" + ending)
		return b.String()
	}
}

// placed writes a V3000 block of atoms at places.
func placed(symbols []string, at [][2]float64, bonds []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%sM  V30 COUNTS %d %d 0 0 0\nM  V30 BEGIN ATOM\n", extend, len(symbols), len(bonds))
	for i, s := range symbols {
		fmt.Fprintf(&b, "M  V30 %d %s %.4f %.4f 0 0\n", i+1, s, at[i][0], at[i][1])
	}
	b.WriteString("M  V30 END ATOM\nM  V30 BEGIN BOND\n")
	for k, bond := range bonds {
		fmt.Fprintf(&b, "M  V30 %d %s\n", k+1, bond)
	}
	return b.String() + "M  V30 END BOND\n" + ending
}

func drawnPolyene(n int) string {
	symbols, at, bonds := make([]string, n), make([][2]float64, n), make([]string, n-1)
	for i := range n {
		symbols[i], at[i] = "C", [2]float64{1.3 * float64(i), 0.75 * float64(i%2)}
		if i > 0 {
			bonds[i-1] = fmt.Sprintf("%d %d %d", 1+i%2, i, i+1)
		}
	}
	return placed(symbols, at, bonds)
}

func wedgedStar(n int) string {
	symbols, at, bonds := make([]string, n+1), make([][2]float64, n+1), make([]string, n)
	symbols[0] = "Fe"
	for i := range n {
		symbols[i+1], at[i+1] = "C", [2]float64{float64(i%100) + 1, float64(i/100) + 1}
		bonds[i] = fmt.Sprintf("1 1 %d CFG=%d", i+2, 1+2*(i%2))
	}
	return placed(symbols, at, bonds)
}

func wedgedChain(n int) string {
	symbols, at, bonds := make([]string, n), make([][2]float64, n), make([]string, n-1)
	for i := range n {
		symbols[i], at[i] = "C", [2]float64{1.3 * float64(i/2), 0.75 * float64(i/2%2)}
		if i%2 == 1 {
			symbols[i], at[i][1] = "O", 3*at[i-1][1]-1
			bonds[i-1] = fmt.Sprintf("1 %d %d CFG=1", i, i+1)
		} else if i > 0 {
			bonds[i-1] = fmt.Sprintf("1 %d %d", i-1, i+1)
		}
	}
	return placed(symbols, at, bonds)
}

func hydrogenStar(n int) string {
	symbols, at, bonds := make([]string, n+1), make([][2]float64, n+1), make([]string, n)
	symbols[0] = "Fe"
	for i := range n {
		symbols[i+1], at[i+1] = "H", [2]float64{float64(i%100) + 1, float64(i/100) + 1}
		bonds[i] = fmt.Sprintf("1 1 %d", i+2)
	}
	return placed(symbols, at, bonds)
}

// drawnHub is an atom with n double bonds and n single ones.
func drawnHub(n int) string {
	symbols, at, bonds := []string{"*"}, [][2]float64{{0, 0}}, []string(nil)
	for i := range n {
		x, y := float64(i%100)+1, float64(i/100)+1
		symbols, at = append(symbols, "C", "C", "C"), append(at, [2]float64{x, y}, [2]float64{x + 1, y + 1}, [2]float64{-x, y})
		bonds = append(bonds, fmt.Sprintf("2 1 %d", 3*i+2), fmt.Sprintf("1 %d %d", 3*i+2, 3*i+3), fmt.Sprintf("1 1 %d", 3*i+4))
	}
	return placed(symbols, at, bonds)
}
