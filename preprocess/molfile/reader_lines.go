package molfile

import "strings"

// lines hands out the lines of a text, without LF or CRLF.
type lines struct {
	text string
	at   int
	line int  // number of the line that next returned last, from 1; behind the text, of its end
	eof  bool // the text ended before a line did
}

// next returns the next line; behind the last one it is empty.
func (l *lines) next() string {
	if !l.eof {
		l.line++
	}
	rest := l.text[l.at:]
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		l.at, l.eof = len(l.text), true
		return strings.TrimSuffix(rest, "\r")
	}
	l.at += end + 1
	return strings.TrimSuffix(rest[:end], "\r")
}
