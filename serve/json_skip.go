package serve

import "strings"

// skip reads a value of any type, checking that it is JSON.
func (r *reader) skip() error {
	switch c := r.peek(); {
	case c == '{':
		return r.skipObject()
	case c == '[':
		return r.array(func(int) error { return r.skip() })
	case c == '"':
		_, err := r.str()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return r.skipNumber()
	}
	for _, word := range []string{"true", "false", "null"} {
		if r.hasWord(word) {
			r.at += len(word)
			return nil
		}
	}
	return r.syntax("a value")
}

// skipObject does not look for equal keys: who reads the value later does.
func (r *reader) skipObject() error {
	if err := r.open('{', "an object"); err != nil {
		return err
	}
	return r.members('}', func(int) error {
		if _, err := r.key(); err != nil {
			return err
		}
		return r.skip()
	})
}

// skipNumber follows the grammar of RFC 8259: no leading zeros, digits after a point and an exponent.
func (r *reader) skipNumber() error {
	r.skipByte("-")
	if !r.skipByte("0") && r.skipDigits() == 0 {
		return r.syntax("a digit")
	}
	if r.skipByte(".") && r.skipDigits() == 0 {
		return r.syntax("a digit")
	}
	if r.skipByte("eE") {
		r.skipByte("+-")
		if r.skipDigits() == 0 {
			return r.syntax("a digit")
		}
	}
	return nil
}

func (r *reader) hasWord(w string) bool { return strings.HasPrefix(r.text[r.at:], w) }

// skipByte reads one byte if it is one of set.
func (r *reader) skipByte(set string) bool {
	if r.at == len(r.text) || strings.IndexByte(set, r.text[r.at]) < 0 {
		return false
	}
	r.at++
	return true
}

func (r *reader) skipDigits() (n int) {
	for r.skipByte("0123456789") {
		n++
	}
	return n
}

// wrongType tells what stands where another type belongs.
func (r *reader) wrongType(want string) error {
	is := ""
	switch c := r.peek(); {
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
		return r.syntax(want)
	}
	if len(r.steps) == 0 {
		return r.fail(codeBadRequest, "the body is %s, not %s", is, want)
	}
	return r.fail(codeBadRequest, "is %s, not %s", is, want)
}
