package molfile

import "strings"

// scanner reads values off a text as a C++ stream does: once a value is missing, all that follow are.
type scanner struct {
	text   string
	at     int
	failed bool
}

const blanks = " \t\n\v\f\r"

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.failed || s.at >= len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// take returns the next byte and passes it.
func (s *scanner) take() byte {
	c := s.peek()
	if s.failed = s.failed || s.at >= len(s.text); !s.failed {
		s.at++
	}
	return c
}

// until returns the text before the next byte of a kind, and passes that.
func (s *scanner) until(end byte) string {
	if s.failed {
		return ""
	}
	text, _, found := strings.Cut(s.text[s.at:], string(end))
	s.at += len(text)
	if found {
		s.at++
	}
	return text
}

// word returns the next run without blanks.
func (s *scanner) word() string {
	if s.failed {
		return ""
	}
	rest := strings.TrimLeft(s.text[s.at:], blanks)
	s.at = len(s.text) - len(rest)
	end := strings.IndexAny(rest, blanks)
	if end < 0 {
		end = len(rest)
	}
	s.failed = end == 0
	s.at += end
	return rest[:end]
}

// integer reads a number; 0 where there is none.
func (s *scanner) integer() int {
	if s.failed {
		return 0
	}
	rest := strings.TrimLeft(s.text[s.at:], blanks)
	sign := 0
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		sign = 1
	}
	n := digits(rest[sign:])
	s.at = len(s.text) - len(rest)
	if s.failed = n == 0; s.failed {
		return 0
	}
	s.at += sign + n
	return leadingInt(strings.TrimPrefix(rest[:sign+n], "+"))
}

// float reads a decimal number.
func (s *scanner) float() float64 {
	if s.failed {
		return 0
	}
	rest := strings.TrimLeft(s.text[s.at:], blanks)
	n := floatLength(rest)
	s.at = len(s.text) - len(rest) + n
	s.failed = n == 0
	return leadingFloat(rest[:n])
}

// list reads (n number …) of at most so many numbers. The parentheses may be other characters.
func (s *scanner) list(most int) ([]int, bool) {
	s.take()
	count := s.integer()
	if s.failed || count < 0 || count > most {
		return nil, false
	}
	numbers := make([]int, count)
	for at := range numbers {
		numbers[at] = s.integer()
	}
	ok := !s.failed
	s.take()
	return numbers, ok
}

// bracket reads nine coordinates.
func (s *scanner) bracket() bool {
	s.take()
	count := s.integer()
	for range 9 {
		s.float()
	}
	ok := !s.failed && count == 9
	s.take()
	return ok
}

// value reads a text: one word, or what stands in quotes, where two quotes mean one.
func (s *scanner) value() string {
	switch s.peek() {
	case ' ':
		return ""
	case '\'':
		s.take() // RDKit ends at the first of them
		return ""
	case '"':
		s.take()
		return trimRight(s.quoted())
	}
	return s.word()
}

// quoted reads up to the closing quote.
func (s *scanner) quoted() string {
	var text strings.Builder
	for {
		text.WriteString(s.until('"'))
		if s.peek() != '"' {
			return text.String()
		}
		text.WriteByte(s.take())
	}
}
