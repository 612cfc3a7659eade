package xyz

// cursor reads JSON tokens from b at i. What does not fit leaves i where the token should be.
type cursor struct {
	b []byte
	i int
}

func (c *cursor) blanks() {
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return
		}
	}
}

// next reads one character after white space, if it is want.
func (c *cursor) next(want byte) bool {
	c.blanks()
	if c.i < len(c.b) && c.b[c.i] == want {
		c.i++
		return true
	}
	return false
}

func (c *cursor) atEnd() bool {
	c.blanks()
	return c.i == len(c.b)
}

// word reads a string without escapes; neither keys nor symbols have any.
func (c *cursor) word() ([]byte, bool) {
	if !c.next('"') {
		return nil, false
	}
	begin := c.i
	for k := begin; k < len(c.b) && c.b[k] != '\\' && c.b[k] >= ' '; k++ {
		if c.b[k] == '"' {
			c.i = k + 1
			return c.b[begin:k], true
		}
	}
	c.i--
	return nil, false
}

// number reads a JSON number.
func (c *cursor) number() (float64, bool) {
	c.blanks()
	x, n := jsonFloat(c.b[c.i:])
	c.i += n
	return x, n > 0
}

// natural reads a JSON number of digits alone, below 1e9.
func (c *cursor) natural() (int, bool) {
	c.blanks()
	n, k := 0, c.i
	for ; k < len(c.b) && c.b[k]-'0' <= 9 && k-c.i < 9; k++ {
		n = n*10 + int(c.b[k]-'0')
	}
	ends := k == len(c.b) || c.b[k] == ',' || c.b[k] == ']' || blank[c.b[k]]
	if k == c.i || !ends || c.b[c.i] == '0' && k > c.i+1 {
		return 0, false
	}
	c.i = k
	return n, true
}

func (c *cursor) boolean() (value, ok bool) {
	if c.literal("true") {
		return true, true
	}
	return false, c.literal("false")
}

func (c *cursor) literal(word string) bool {
	c.blanks()
	if len(c.b)-c.i < len(word) || string(c.b[c.i:c.i+len(word)]) != word {
		return false
	}
	c.i += len(word)
	return true
}
