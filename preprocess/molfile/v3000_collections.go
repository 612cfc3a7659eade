package molfile

import (
	"regexp"
	"slices"
	"strings"
)

// stereoGroup is a line of a collection: atoms whose configurations belong together.
var stereoGroup = regexp.MustCompile(`^MDLV30/STE(...)([0-9]*) +ATOMS=\(([0-9]+) +(.*)\) *$`)

// collections checks enhanced stereo groups, which change nothing that is perceived here, and passes
// other collections.
func (b *block) collections() error {
	text, err := b.upperV3000()
	absolute := false
	for err == nil && !strings.HasPrefix(text, "END") {
		if parts := stereoGroup.FindStringSubmatch(text); parts != nil {
			if parts[1] == "ABS" && absolute {
				return b.bad("a second group of absolute stereo")
			}
			absolute = absolute || parts[1] == "ABS"
			if err := b.stereoGroup(text, parts); err != nil {
				return err
			}
		}
		text, err = b.lineV3000()
	}
	return err
}

func (b *block) stereoGroup(text string, parts []string) error {
	if !slices.Contains([]string{"ABS", "REL", "RAC"}, parts[1]) {
		return b.bad("%q is no stereo group; STEABS, STEREL and STERAC are known", text)
	}
	count, fields := leadingInt(parts[3]), strings.Fields(parts[4])
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
