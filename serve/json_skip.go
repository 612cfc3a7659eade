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
	i := r.at
	if r.text[i] == '-' {
		i++
	}
	from := i
	if i = digitsEnd(r.text, i); i > from+1 && r.text[from] == '0' {
		i = from + 1 // what follows the zero is not of the number
	}
	good := i > from
	if good && i < len(r.text) && r.text[i] == '.' {
		from = i + 1
		i = digitsEnd(r.text, from)
		good = i > from
	}
	if good && i < len(r.text) && r.text[i]|0x20 == 'e' {
		from = i + 1
		if from < len(r.text) && (r.text[from] == '+' || r.text[from] == '-') {
			from++
		}
		i = digitsEnd(r.text, from)
		good = i > from
	}
	r.at = i
	if !good {
		return r.syntax("a digit")
	}
	return nil
}

// digitsEnd is where the digits that begin at i end.
func digitsEnd(s string, i int) int {
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	return i
}

func (r *reader) hasWord(w string) bool { return strings.HasPrefix(r.text[r.at:], w) }

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
