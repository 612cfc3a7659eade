package geometry

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	maxDegree = 127     // of a parsed irrep; no more is meant than that its width is a small number
	maxDim    = 1 << 24 // width of a row
)

// IrrepsError tells where an irreps string is wrong.
type IrrepsError struct {
	Offset int // byte offset in the text
	Reason string
}

// Error is the reason with its place.
func (e *IrrepsError) Error() string {
	return fmt.Sprintf("irreps: %s at offset %d", e.Reason, e.Offset)
}

// ParseIrreps reads e3nn's notation: terms joined by +, each MULxLP or LP; P is e (even), o (odd) or y (the parity of the
// spherical harmonics, (−1)^L). Blanks may stand around a term and its parts. Empty text is no irreps.
// An error is an *IrrepsError.
func ParseIrreps(text string) (Irreps, error) {
	if strings.Trim(text, blanks) == "" {
		return nil, nil
	}
	var s Irreps
	dim := 0
	for offset := 0; ; {
		term, _, more := strings.Cut(text[offset:], "+")
		m, err := parseTerm(term, offset)
		if err != nil {
			return nil, err
		}
		if dim += m.Dim(); dim > maxDim {
			return nil, &IrrepsError{offset, fmt.Sprintf("more than %d columns", maxDim)}
		}
		s = append(s, m)
		if !more {
			return s, nil
		}
		offset += len(term) + 1
	}
}

const blanks = " \t"

// parseTerm reads one term that starts at an offset of the whole text.
func parseTerm(term string, offset int) (MulIrrep, error) {
	m := MulIrrep{Mul: 1}
	if before, after, found := strings.Cut(term, "x"); found {
		mul, err := parseNumber(before, offset, maxDim)
		if err != nil {
			return m, err
		}
		m.Mul, term, offset = mul, after, offset+len(before)+1
	}
	trimmed := strings.TrimRight(term, blanks)
	if strings.Trim(term, blanks) == "" {
		return m, &IrrepsError{offset, "an irrep such as 1o is missing"}
	}
	last := len(trimmed) - 1
	l, err := parseNumber(trimmed[:last], offset, maxDegree)
	if err != nil {
		return m, err
	}
	m.L = l
	switch trimmed[last] {
	case 'e':
		m.P = 1
	case 'o':
		m.P = -1
	case 'y':
		m.P = 1 - 2*(l&1)
	default:
		return m, &IrrepsError{offset + last, fmt.Sprintf("parity %q is none of e, o, y", trimmed[last:])}
	}
	return m, nil
}

// parseNumber reads decimal digits between blanks, at most limit.
func parseNumber(text string, offset, limit int) (int, error) {
	digits := strings.TrimLeft(text, blanks)
	offset += len(text) - len(digits)
	digits = strings.TrimRight(digits, blanks)
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n > uint64(limit) {
		return 0, &IrrepsError{offset, fmt.Sprintf("%.20q is not a number in 0..%d", digits, limit)}
	}
	return int(n), nil
}
