package jsonread

// Raw reads any value and returns its text.
func (r *Reader[T]) Raw() (T, error) {
	r.Peek()
	from := r.At
	err := r.Skip()
	return r.Text[from:r.At], err
}

// Skip reads a value of any type, checking that it is JSON.
func (r *Reader[T]) Skip() (err error) {
	switch c := r.Peek(); {
	case c == '{':
		return r.skipObject()
	case c == '[':
		return r.Array(func(int) error { return r.Skip() })
	case c == '"':
		err = r.skipString()
	case c == '-' || c >= '0' && c <= '9':
		_, err = r.Number()
	case r.Word() == "":
		err = r.Expected("a value")
	}
	return err
}

func (r *Reader[T]) skipString() error {
	if end, escaped := stringEnd(r.Text, r.At+1); end >= 0 && !escaped {
		r.At = end + 1
		return nil
	}
	_, err := r.Str()
	return err
}

// skipObject does not look for equal keys: who reads the value later does.
func (r *Reader[T]) skipObject() error {
	if err := r.open('{', "an object"); err != nil {
		return err
	}
	return r.members('}', func(int) error {
		if _, err := r.key(); err != nil {
			return err
		}
		return r.Skip()
	})
}

// Word reads true, false or null, and returns it, or "".
func (r *Reader[T]) Word() string {
	r.Peek()
	for _, w := range [...]string{"true", "false", "null"} {
		if r.hasWord(w) {
			r.At += len(w)
			return w
		}
	}
	return ""
}

func (r *Reader[T]) hasWord(w string) bool {
	return len(r.Text)-r.At >= len(w) && string(r.Text[r.At:r.At+len(w)]) == w
}

// Number reads a number by the grammar of RFC 8259 (no leading zeros, digits after a point and an exponent) and
// returns its text.
func (r *Reader[T]) Number() (T, error) {
	r.Peek()
	from := r.At
	i := from
	if i < len(r.Text) && r.Text[i] == '-' {
		i++
	}
	digits := i
	if i = digitsEnd(r.Text, i); i > digits+1 && r.Text[digits] == '0' {
		i = digits + 1 // what follows the zero is not of the number
	}
	good := i > digits
	if good && i < len(r.Text) && r.Text[i] == '.' {
		digits = i + 1
		i = digitsEnd(r.Text, digits)
		good = i > digits
	}
	if good && i < len(r.Text) && r.Text[i]|0x20 == 'e' {
		digits = i + 1
		if digits < len(r.Text) && (r.Text[digits] == '+' || r.Text[digits] == '-') {
			digits++
		}
		i = digitsEnd(r.Text, digits)
		good = i > digits
	}
	r.At = i
	if !good {
		return r.Text[:0], r.Expected("a digit")
	}
	return r.Text[from:i], nil
}

// digitsEnd is where the digits that begin at i end.
func digitsEnd[T string | []byte](s T, i int) int {
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	return i
}
