package smiles

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// checkWritten holds the laws of writing: the text is read as the same molecule, and canonical text is
// written again as itself. It returns what does not hold, "" = all does.
func checkWritten(m *molecule.Molecule) string {
	for _, canonical := range []bool{false, true} {
		text, order, err := write(m, WriteOptions{Canonical: canonical})
		if err != nil {
			return err.Error()
		}
		back, err := Parse(text, Options{MaxBytes: 1 << 30, MaxAtoms: 1 << 30})
		if err != nil {
			return fmt.Sprintf("%s is refused: %v", text, err)
		}
		if what := differs(m, back, order); what != "" {
			return fmt.Sprintf("%s: %s", text, what)
		}
		again, err := Write(back, WriteOptions{Canonical: canonical})
		if canonical && (err != nil || again != text) {
			return fmt.Sprintf("%s is written again as %s (%v)", text, again, err)
		}
	}
	return ""
}

// differs names what is different about a molecule that was written and read; order[i] is the atom of m that
// became atom i. Numbers of hydrogens are compared without asking whether they stood in brackets.
func differs(m, back *molecule.Molecule, order []int32) string {
	if len(back.Atoms) != len(m.Atoms) || len(back.Bonds) != len(m.Bonds) {
		return fmt.Sprintf("%d atoms and %d bonds, want %d and %d", len(back.Atoms), len(back.Bonds), len(m.Atoms), len(m.Bonds))
	}
	for i := range back.Atoms {
		if got, want := atomRow(back, i), atomRow(m, int(order[i])); got != want {
			return fmt.Sprintf("atom %d (%d): %s, want %s", i, order[i], got, want)
		}
	}
	identity := make([]int32, len(order))
	at := make([]int32, len(order))
	for i, from := range order {
		identity[i], at[from] = int32(i), int32(i)
	}
	got, want := bondRows(back, identity), bondRows(m, at)
	for k := range got {
		if got[k] != want[k] {
			return fmt.Sprintf("bond %s, want %s", got[k], want[k])
		}
	}
	if a, b := ringSizes(m.Rings.Symmetric), ringSizes(back.Rings.Symmetric); !slices.Equal(a, b) {
		return fmt.Sprintf("rings of %v, want %v", b, a)
	}
	return ""
}

func atomRow(m *molecule.Molecule, i int) string {
	a := &m.Atoms[i]
	tag := a.Chiral
	if tag == molecule.ChiralCW {
		tag = molecule.ChiralCCW
	}
	cip := a.CIP
	if tag >= molecule.ChiralSquarePlanar {
		cip = 0 // RDKit reads these tags as @@ in whatever order the bonds come
	}
	return fmt.Sprint(a.Z, a.Charge, a.Isotope, a.Map, a.MapZero, m.TotalHs(i), a.Radicals, a.Aromatic, m.Degree(i), m.AtomInRing(i),
		m.Rings.MinSize[i], a.Hybridization, tag, cip)
}

// bondRows lists the bonds sorted; at numbers the atoms.
func bondRows(m *molecule.Molecule, at []int32) []string {
	rows := make([]string, len(m.Bonds))
	for k := range m.Bonds {
		b := &m.Bonds[k]
		i, j := at[b.Begin], at[b.End]
		if b.Type != molecule.Dative {
			i, j = min(i, j), max(i, j)
		}
		rows[k] = fmt.Sprint(i, j, b.Type, b.Aromatic, b.Conjugated, m.BondInRing(k), b.Stereo)
	}
	slices.SortFunc(rows, strings.Compare)
	return rows
}

func ringSizes(rings [][]int32) []int {
	sizes := make([]int, len(rings))
	for r, ring := range rings {
		sizes[r] = len(ring)
	}
	slices.SortFunc(sizes, cmp.Compare[int])
	return sizes
}
