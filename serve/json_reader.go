package serve

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of arrays and objects, and so the recursion of skip.
const maxDepth = 32

// reader walks JSON once. encoding/json cannot be as strict: it matches keys in any case, takes the
// last of two equal keys, and does not say where a value of the wrong type stands.
type reader struct {
	text  string // valid UTF-8
	at    int
	steps []step // from the root to the value at hand
}

// step is one member of a path: a key or an index.
type step struct {
	key   string
	isKey bool
	index int
}

// object calls member for each key, which must read the value.
func (r *reader) object(member func(key string) error) error {
	if err := r.open('{', "an object"); err != nil {
		return err
	}
	var seen []string
	return r.members('}', func(int) error {
		key, err := r.key()
		if err != nil {
			return err
		}
		if slices.Contains(seen, key) {
			return r.fail(codeBadJSON, "the key stands here twice")
		}
		seen = append(seen, key)
		return member(key)
	})
}

// key reads a member's key and the colon; the key becomes the last step.
func (r *reader) key() (string, error) {
	if r.peek() != '"' {
		r.steps = r.steps[:len(r.steps)-1] // the object is at fault, not a member
		return "", r.syntax("a key in double quotes")
	}
	key, err := r.str()
	if err != nil {
		return "", err
	}
	r.steps[len(r.steps)-1] = step{key: key, isKey: true}
	if r.peek() != ':' {
		return "", r.syntax("':'")
	}
	r.at++
	return key, nil
}

// array calls item for each element, which must read the value.
func (r *reader) array(item func(i int) error) error {
	if err := r.open('[', "a list"); err != nil {
		return err
	}
	return r.members(']', item)
}

func (r *reader) open(bracket byte, what string) error {
	if r.peek() != bracket {
		return r.wrongType(what)
	}
	if len(r.steps) >= maxDepth {
		return r.fail(codeBadJSON, "nested deeper than %d", maxDepth)
	}
	r.at++
	return nil
}

// members reads what stands between brackets, one call a member.
func (r *reader) members(closing byte, member func(i int) error) error {
	if r.peek() == closing {
		r.at++
		return nil
	}
	for i := 0; ; i++ {
		r.steps = append(r.steps, step{index: i})
		if err := member(i); err != nil {
			return err
		}
		r.steps = r.steps[:len(r.steps)-1]
		switch r.peek() {
		case ',':
			r.at++
		case closing:
			r.at++
			return nil
		default:
			return r.syntax("',' or '" + string(closing) + "'")
		}
	}
}

// str reads a string.
func (r *reader) str() (string, error) {
	if r.peek() != '"' {
		return "", r.wrongType("a string")
	}
	from := r.at
	end, escaped := stringEnd(r.text, from+1)
	if end < 0 {
		return "", r.syntax("a string that ends, without control characters")
	}
	r.at = end + 1
	if !escaped {
		return r.text[from+1 : end], nil
	}
	var s string
	if json.Unmarshal([]byte(r.text[from:r.at]), &s) != nil {
		r.at = from
		return "", r.syntax("a string with escapes that JSON knows")
	}
	return s, nil
}

// stringEnd returns where the closing quote is, or -1.
func stringEnd(s string, i int) (end int, escaped bool) {
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i, escaped
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return -1, false
		}
	}
	return -1, false
}

func (r *reader) appendString(to *[]string) error {
	s, err := r.str()
	*to = append(*to, s)
	return err
}

// stringOrNumber reads either; a number comes back as it is written.
func (r *reader) stringOrNumber() (string, error) {
	if c := r.peek(); c != '-' && (c < '0' || c > '9') {
		if c != '"' {
			return "", r.wrongType("a string or a number")
		}
		return r.str()
	}
	return r.raw()
}

// raw reads any value and returns its text.
func (r *reader) raw() (string, error) {
	r.peek()
	from := r.at
	err := r.skip()
	return r.text[from:r.at], err
}

// end fails when anything but white space is left.
func (r *reader) end() error {
	if r.peek() != 0 || r.at < len(r.text) {
		return r.syntax("the end of the body")
	}
	return nil
}

// peek skips white space and returns the next byte, 0 at the end.
func (r *reader) peek() byte {
	for ; r.at < len(r.text); r.at++ {
		if c := r.text[r.at]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// fail refuses the value at hand.
func (r *reader) fail(c code, format string, args ...any) error {
	return refuseAt(r.pointer(), c, format, args...)
}

func (r *reader) syntax(want string) error {
	return r.fail(codeBadJSON, "byte %d: expected %s", r.at, want)
}

// pointer is the JSON pointer (RFC 6901) of the value at hand.
func (r *reader) pointer() string {
	var b strings.Builder
	for _, s := range r.steps {
		b.WriteByte('/')
		if s.isKey {
			b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(s.key))
		} else {
			b.WriteString(strconv.Itoa(s.index))
		}
	}
	return b.String()
}
