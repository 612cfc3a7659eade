package v2

import (
	"errors"
	"strconv"
	"strings"

	"molserve/serve/jsonread"
)

// maxDepth bounds the nesting of arrays and objects.
const maxDepth = 100

// scanner reads JSON with numbers of the widths of tensors.
type scanner struct{ jsonread.Reader[[]byte] }

// scan reads text, which is valid UTF-8, from a byte on.
func scan(text []byte, at int) *scanner {
	return &scanner{jsonread.Reader[[]byte]{Text: text, At: at, Deepest: maxDepth}}
}

// number returns the text of a number.
func (s *scanner) number() ([]byte, error) {
	if c := s.Peek(); c != '-' && (c < '0' || c > '9') {
		return nil, s.WrongType("a number")
	}
	return s.Number()
}

// integer reads a whole number of 64 bits. One with a point or an exponent, or out of range, is refused.
func (s *scanner) integer() (int64, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, fault("JSON, byte %d: %s is no 64-bit integer", s.At, clip(string(text)))
	}
	return v, nil
}

// real reads a number as a float of so many bits. One that is too large for it is refused.
func (s *scanner) real(bits int) (float64, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		return 0, fault("JSON, byte %d: %s does not fit into %d bits", s.At, clip(string(text)), bits)
	}
	return v, nil
}

// malformed makes a fault of what a reader says of a value below root.
func malformed(root string, err error) error {
	var why *jsonread.Error
	if !errors.As(err, &why) {
		return err
	}
	return fault("%s: %s", strings.TrimSuffix(root+clip(why.Pointer), " "), why.Reason)
}
