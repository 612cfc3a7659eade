package molfile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// stereoGroup is a line of a collection: atoms whose configurations belong together, as in
// MDLV30/STERAC1 ATOMS=(2 4 7).
type stereoGroup struct {
	kind  string // three characters
	count string // digits: how many atoms are listed
	atoms string
}

// readStereoGroup takes such a line apart; !ok: it is another one.
func readStereoGroup(text string) (g stereoGroup, ok bool) {
	rest, ok := strings.CutPrefix(text, "MDLV30/STE")
	kind := 0
	for range 3 {
		_, width := utf8.DecodeRuneInString(rest[kind:])
		kind += width
		ok = ok && width > 0
	}
	g.kind, rest = rest[:kind], rest[kind:]
	rest = rest[digits(rest):]
	rest, spaced := cutBlanks(rest)
	rest, found := strings.CutPrefix(rest, "ATOMS=(")
	n := digits(rest)
	g.count, rest = rest[:n], rest[n:]
	rest, after := cutBlanks(rest)
	atoms, closed := strings.CutSuffix(strings.TrimRight(rest, " "), ")")
	g.atoms = atoms
	return g, ok && spaced && found && n > 0 && after && closed
}

// cutBlanks takes blanks off the beginning; false: there are none.
func cutBlanks(text string) (string, bool) {
	rest := strings.TrimLeft(text, " ")
	return rest, len(rest) < len(text)
}

// collections checks enhanced stereo groups, which change nothing that is perceived here, and passes
// other collections.
func (b *block) collections() error {
	text, err := b.upperV3000()
	absolute := false
	for err == nil && !strings.HasPrefix(text, "END") {
		if g, ok := readStereoGroup(text); ok {
			if g.kind == "ABS" && absolute {
				return b.bad("a second group of absolute stereo")
			}
			absolute = absolute || g.kind == "ABS"
			if err := b.stereoGroup(text, g); err != nil {
				return err
			}
		}
		text, err = b.lineV3000()
	}
	return err
}

func (b *block) stereoGroup(text string, g stereoGroup) error {
	if !slices.Contains([]string{"ABS", "REL", "RAC"}, g.kind) {
		return b.bad("%q is no stereo group; STEABS, STEREL and STERAC are known", text)
	}
	count, fields := leadingInt(g.count), strings.Fields(g.atoms)
	if count > len(fields) {
		return b.bad("%q lists %d atoms of %d", text, len(fields), count)
	}
	seen := map[int]bool{}
	for _, field := range fields[:max(count, 0)] {
		i := leadingInt(field)
		if i < 1 || i > len(b.d.m.Atoms) || seen[i] {
			return b.bad("%q names atom %s, which is none or named twice", text, field)
		}
		seen[i] = true
	}
	return nil
}
