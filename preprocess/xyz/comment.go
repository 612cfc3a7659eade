package xyz

import (
	"bytes"
	"unicode/utf8"

	"molserve/preprocess/molecule"
)

// comment cuts a comment line into keys and values with ASE's rules, character by character:
// white space ends a pair, = ends a key, a quote or an opening bracket goes on to its closing one
// and both are dropped, a backslash keeps the next character as it is. White space around = does not
// count, so an empty value takes the next word; a further = belongs to the value.
type comment struct {
	text    []byte // keys and values one after another, without delimiters
	pairs   []pair
	part    int  // where the current key or value begins in text
	plain   bool // no = outside quotes, or nothing before it: no keys
	closing byte // the delimiter that ends the quote, 0 = outside
}

// pair is text[begin:value] = text[value:end].
type pair struct {
	begin, value, end int
	hasValue          bool
}

// split fills pairs.
func (c *comment) split(line []byte) error {
	*c = comment{text: c.text[:0], pairs: append(c.pairs[:0], pair{}), plain: true}
	if !utf8.Valid(line) {
		return refuse(molecule.CodeFormat, "comment line is not UTF-8")
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		return refuse(molecule.CodeFormat, "carriage return inside the comment line")
	}
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case b == '\\':
			if i++; i < len(line) {
				c.text = append(c.text, line[i])
			}
		case c.closing != 0:
			c.inQuotes(b)
		case closingOf[b] != 0:
			c.closing = closingOf[b]
		case b == '=':
			if !c.equals() {
				return nil
			}
		case blankAt(line, i) > 0:
			i += blankAt(line, i) - 1
			c.endPair()
		default:
			c.text = append(c.text, b)
		}
	}
	c.endPair()
	return nil
}

var closingOf = [256]byte{'\'': '\'', '"': '"', '{': '}', '[': ']'}

func (c *comment) inQuotes(b byte) {
	if b == c.closing {
		c.closing = 0
		return
	}
	c.text = append(c.text, b)
}

// endPair begins the next pair, unless what was read last is empty: then it goes on.
func (c *comment) endPair() {
	if c.part == len(c.text) {
		return
	}
	c.pairs[len(c.pairs)-1].end = len(c.text)
	c.part = len(c.text)
	c.pairs = append(c.pairs, pair{begin: c.part})
}

// equals begins the value of the last pair that is not empty. It reports false when there is none: a
// line such as "=== water ===" has no keys.
func (c *comment) equals() bool {
	last := &c.pairs[len(c.pairs)-1]
	if !last.hasValue && last.begin == len(c.text) {
		if c.pairs = c.pairs[:len(c.pairs)-1]; len(c.pairs) == 0 {
			return false
		}
		last = &c.pairs[len(c.pairs)-1]
	}
	c.plain = false
	if last.hasValue {
		c.text = append(c.text, '=')
	} else {
		last.hasValue, last.value = true, len(c.text)
	}
	c.part = len(c.text)
	return true
}

// each calls yield with every key and its value; a key without one is true. The last pair may have an
// empty value, which endPair does not close.
func (c *comment) each(yield func(key, value []byte) error) error {
	for i, p := range c.pairs {
		if i == len(c.pairs)-1 {
			p.end = len(c.text)
		}
		value := []byte("T")
		if p.hasValue {
			value = c.text[p.value:p.end]
		} else {
			p.value = p.end
		}
		if p.value == p.begin {
			continue // no key: an empty pair of quotes
		}
		if err := yield(c.text[p.begin:p.value], value); err != nil {
			return err
		}
	}
	return nil
}
