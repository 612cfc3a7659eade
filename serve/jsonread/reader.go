// Package jsonread walks JSON once, value by value, as the caller asks for them. encoding/json cannot be as
// strict: it matches keys in any case, takes the last of two equal keys, and does not say where a value of the
// wrong type stands.
package jsonread

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Reader reads a text, which must be valid UTF-8. Its methods return an *Error, or what a callback returned.
type Reader[T string | []byte] struct {
	Text    T
	At      int // the next byte
	Deepest int // how deep arrays and objects may nest, and how deep Skip may recurse

	steps []step // from the root to the value at hand
}

// step is one member of a path: a key or an index.
type step struct {
	key   string
	isKey bool
	index int
}

// MaxKeys bounds the keys of an object, and with them the search for equal ones.
const MaxKeys = 256

// Error tells what is wrong with a value.
type Error struct {
	Pointer string // of the value, a JSON pointer (RFC 6901)
	IsJSON  bool   // it is one, of another type than it should be
	Reason  string
}

// Error is where and why.
func (e *Error) Error() string { return strings.TrimPrefix(e.Pointer+": "+e.Reason, ": ") }

// Object calls member for each key, which must read the value.
func (r *Reader[T]) Object(member func(key string) error) error {
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
			return r.fail("the key stands here twice")
		}
		if len(seen) >= MaxKeys {
			return r.fail("more than %d keys", MaxKeys)
		}
		seen = append(seen, key)
		return member(key)
	})
}

// key reads a member's key and the colon; the key becomes the last step.
func (r *Reader[T]) key() (string, error) {
	if r.Peek() != '"' {
		r.steps = r.steps[:len(r.steps)-1] // the object is at fault, not a member
		return "", r.Expected("a key in double quotes")
	}
	key, err := r.Str()
	if err != nil {
		return "", err
	}
	r.steps[len(r.steps)-1] = step{key: key, isKey: true}
	if r.Peek() != ':' {
		return "", r.Expected("':'")
	}
	r.At++
	return key, nil
}

// Array calls item for each element, which must read the value.
func (r *Reader[T]) Array(item func(i int) error) error {
	if err := r.open('[', "a list"); err != nil {
		return err
	}
	return r.members(']', item)
}

func (r *Reader[T]) open(bracket byte, what string) error {
	if r.Peek() != bracket {
		return r.WrongType(what)
	}
	if len(r.steps) >= r.Deepest {
		return r.fail("nested deeper than %d", r.Deepest)
	}
	r.At++
	return nil
}

// members reads what stands between brackets, one call a member.
func (r *Reader[T]) members(closing byte, member func(i int) error) error {
	if r.Peek() == closing {
		r.At++
		return nil
	}
	last := len(r.steps)
	r.steps = append(r.steps, step{})
	for i := 0; ; i++ {
		r.steps[last] = step{index: i}
		if err := member(i); err != nil {
			return err
		}
		switch r.Peek() {
		case ',':
			r.At++
		case closing:
			r.At++
			r.steps = r.steps[:last]
			return nil
		default:
			r.steps = r.steps[:last]
			return r.Expected("',' or '" + string(closing) + "'")
		}
	}
}

// Str reads a string.
func (r *Reader[T]) Str() (string, error) {
	if r.Peek() != '"' {
		return "", r.WrongType("a string")
	}
	from := r.At
	end, escaped := stringEnd(r.Text, from+1)
	if end < 0 {
		return "", r.Expected("a string that ends, without control characters")
	}
	r.At = end + 1
	if !escaped {
		return string(r.Text[from+1 : end]), nil
	}
	var s string
	if json.Unmarshal([]byte(r.Text[from:r.At]), &s) != nil {
		r.At = from
		return "", r.Expected("a string with escapes that JSON knows")
	}
	return s, nil
}

// stringEnd returns where the closing quote is, or -1.
func stringEnd[T string | []byte](s T, i int) (end int, escaped bool) {
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

// End fails when anything but white space is left.
func (r *Reader[T]) End() error {
	if r.Peek() != 0 || r.At < len(r.Text) {
		return r.Expected("the end of the body")
	}
	return nil
}

// Peek skips white space and returns the next byte, 0 at the end.
func (r *Reader[T]) Peek() byte {
	for ; r.At < len(r.Text); r.At++ {
		if c := r.Text[r.At]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// fail refuses the value at hand.
func (r *Reader[T]) fail(format string, args ...any) error {
	return &Error{Pointer: r.Pointer(), Reason: fmt.Sprintf(format, args...)}
}

// Expected refuses what stands here, which is no JSON or not what the caller wants.
func (r *Reader[T]) Expected(what string) error { return r.fail("byte %d: expected %s", r.At, what) }

// WrongType tells what stands where another type belongs.
func (r *Reader[T]) WrongType(want string) error {
	is := ""
	switch c := r.Peek(); {
	case c == '{':
		is = "an object"
	case c == '[':
		is = "a list"
	case c == '"':
		is = "a string"
	case c == '-' || c >= '0' && c <= '9':
		is = "a number"
	case r.hasWord("true") || r.hasWord("false"):
		is = "a truth value"
	case r.hasWord("null"):
		is = "null"
	default:
		return r.Expected(want)
	}
	subject := ""
	if len(r.steps) == 0 {
		subject = "the body "
	}
	return &Error{Pointer: r.Pointer(), IsJSON: true, Reason: subject + "is " + is + ", not " + want}
}

// Pointer is the JSON pointer of the value at hand.
func (r *Reader[T]) Pointer() string {
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
