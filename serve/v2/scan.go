package v2

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxDepth bounds the nesting of arrays and objects.
const maxDepth = 100

// scanner walks JSON once, refusing what encoding/json lets pass: equal keys, keys in another case, numbers
// out of range, invalid UTF-8 (which the caller checks).
type scanner struct {
	text  []byte
	at    int
	depth int
}

func newScanner(text []byte) (*scanner, error) {
	if !utf8.Valid(text) {
		return nil, fault("the JSON is not UTF-8")
	}
	return &scanner{text: text}, nil
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\n', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expected(what string) error {
	return fault("JSON, byte %d: expected %s", s.at, what)
}

// object calls member for each key, which must read the value.
func (s *scanner) object(member func(key string) error) error {
	var seen []string
	return s.members('{', '}', func(int) error {
		key, err := s.str()
		if err != nil {
			return err
		}
		if slices.Contains(seen, key) {
			return fault("JSON, byte %d: the key %q stands twice", s.at, clip(key))
		}
		if len(seen) > maxKeys {
			return fault("JSON, byte %d: an object of more than %d keys", s.at, maxKeys)
		}
		seen = append(seen, key)
		if s.peek() != ':' {
			return s.expected("':'")
		}
		s.at++
		return member(key)
	})
}

// maxKeys bounds the keys of an object, and with them the search for equal ones.
const maxKeys = 256

// array calls item for each element, which must read it.
func (s *scanner) array(item func(i int) error) error { return s.members('[', ']', item) }

func (s *scanner) members(opening, closing byte, member func(i int) error) error {
	if s.peek() != opening {
		return s.expected("'" + string(opening) + "'")
	}
	if s.depth++; s.depth > maxDepth {
		return fault("JSON, byte %d: nested deeper than %d", s.at, maxDepth)
	}
	s.at++
	if s.peek() != closing {
		for i := 0; ; i++ {
			if err := member(i); err != nil {
				return err
			}
			if c := s.peek(); c == closing {
				break
			} else if c != ',' {
				return s.expected("',' or '" + string(closing) + "'")
			}
			s.at++
		}
	}
	s.at++
	s.depth--
	return nil
}

func (s *scanner) str() (string, error) {
	if s.peek() != '"' {
		return "", s.expected("a string")
	}
	from, escaped := s.at, false
	for i := from + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return "", s.expected("a string without control characters")
		case c == '"':
			s.at = i + 1
			if !escaped {
				return string(s.text[from+1 : i]), nil
			}
			var out string
			if json.Unmarshal(s.text[from:s.at], &out) != nil {
				return "", fault("JSON, byte %d: an escape that JSON does not know", from)
			}
			return out, nil
		}
	}
	return "", s.expected("a string that ends")
}

// number returns the text of a number as RFC 8259 has it.
func (s *scanner) number() (string, error) {
	s.peek()
	from := s.at
	for s.at < len(s.text) && isNumeric(s.text[s.at]) {
		s.at++
	}
	if text := s.text[from:s.at]; len(text) > 0 && (len(text) == 1 && isDigit(text[0]) || json.Valid(text)) {
		return string(text), nil
	}
	s.at = from
	return "", s.expected("a number")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNumeric(c byte) bool { return isDigit(c) || c == '-' || c == '+' || c == '.' || c|0x20 == 'e' }

// integer reads a whole number of 64 bits. One with a point or an exponent, or out of range, is refused.
func (s *scanner) integer() (int64, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault("JSON, byte %d: %s is no 64-bit integer", s.at, clip(text))
	}
	return v, nil
}

// real reads a number as a float of so many bits. One that is too large for it is refused.
func (s *scanner) real(bits int) (float64, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return 0, fault("JSON, byte %d: %s does not fit into %d bits", s.at, clip(text), bits)
	}
	return v, nil
}

// word reads true, false or null, and returns it, or "".
func (s *scanner) word() string {
	s.peek()
	for _, w := range []string{"true", "false", "null"} {
		if rest := s.text[s.at:]; len(rest) >= len(w) && string(rest[:len(w)]) == w {
			s.at += len(w)
			return w
		}
	}
	return ""
}

// skip reads any value.
func (s *scanner) skip() (err error) {
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(string) error { return s.skip() })
	case c == '[':
		return s.array(func(int) error { return s.skip() })
	case c == '"':
		_, err = s.str()
	case s.word() == "":
		_, err = s.number()
	}
	return err
}

// end fails when anything but white space is left.
func (s *scanner) end() error {
	if s.peek() != 0 || s.at < len(s.text) {
		return s.expected("the end of the JSON")
	}
	return nil
}
