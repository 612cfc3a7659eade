package xyz

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"
)

// lines reads LF or CRLF lines of at most limit bytes, and can hold one back. A last line without an
// end counts, an empty rest after the last LF does not.
type lines struct {
	r     *bufio.Reader
	limit int
	n     int    // lines read, the one held back not counted
	buf   []byte // a line that is longer than the reader's buffer
	last  []byte
	err   error // that came with last
	held  bool
}

// errLong is a line over the limit; it is skipped to its end.
var errLong = errors.New("line too long")

func newLines(r io.Reader, limit int) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

// next returns the next line without its end, io.EOF, errLong or what the reader fails with. The
// slice holds until the next call.
func (l *lines) next() ([]byte, error) {
	if !l.held {
		l.last, l.err = l.read()
	}
	l.held = false
	if l.err == nil || l.err == errLong {
		l.n++
	}
	return l.last, l.err
}

// hold gives what next returned last to its next call.
func (l *lines) hold() {
	l.held = true
	if l.err == nil || l.err == errLong {
		l.n--
	}
}

func (l *lines) read() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if err != nil {
		line, err = l.rest(line, err)
	}
	if err != nil {
		return nil, err
	}
	line = trimEnd(line)
	if len(line) > l.limit {
		return nil, errLong
	}
	return line, nil
}

// rest reads on where ReadSlice stopped before the end of a line.
func (l *lines) rest(part []byte, err error) ([]byte, error) {
	if err == io.EOF && len(part) == 0 {
		return nil, io.EOF
	}
	l.buf = l.buf[:0]
	long := false
	for {
		long = long || len(l.buf)+len(part) > l.limit+len("\r\n")
		if !long {
			l.buf = append(l.buf, part...)
		}
		if err != bufio.ErrBufferFull {
			break
		}
		part, err = l.r.ReadSlice('\n')
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	if long {
		return nil, errLong
	}
	return l.buf, nil
}

// trimEnd cuts LF, CRLF and blanks at the end.
func trimEnd(line []byte) []byte {
	n := len(line)
	for n > 0 && blank[line[n-1]] {
		n--
	}
	return line[:n]
}

// blank marks the ASCII characters that Python's str.split splits at.
var blank = func() (t [256]bool) {
	for _, c := range "\t\n\v\f\r\x1c\x1d\x1e\x1f " {
		t[c] = true
	}
	return t
}()

// blankAt is the width of the white space at b[i], 0 if there is none.
func blankAt(b []byte, i int) int {
	if b[i] < utf8.RuneSelf {
		if blank[b[i]] {
			return 1
		}
		return 0
	}
	if c, n := utf8.DecodeRune(b[i:]); unicode.IsSpace(c) {
		return n
	}
	return 0
}

func isBlankRune(c rune) bool {
	return c < utf8.RuneSelf && blank[c] || c >= utf8.RuneSelf && unicode.IsSpace(c)
}

// trim cuts white space at both ends.
func trim(b []byte) []byte { return bytes.TrimFunc(b, isBlankRune) }

// token returns the bounds of the next token at or after i; begin = end at the end of the line.
func token(b []byte, i int) (begin, end int) {
	for i < len(b) {
		w := blankAt(b, i)
		if w == 0 {
			break
		}
		i += w
	}
	begin = i
	for i < len(b) && blankAt(b, i) == 0 {
		i++
	}
	return begin, i
}

// quoted shortens what a message repeats.
func quoted(b []byte) string {
	const most = 40
	if len(b) > most {
		return string(bytes.ToValidUTF8(b[:most], []byte("?"))) + "…"
	}
	return string(bytes.ToValidUTF8(b, []byte("?")))
}
