package stream

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Lines reads LF or CRLF lines. A last line without an end counts, an empty rest after the last LF
// does not. A line longer than its limit is cut at limit + 1 bytes, so that its reader sees that it
// is too long; memory never holds more of it.
type Lines struct {
	r     *bufio.Reader
	limit int
	buf   []byte
}

// NewLines reads lines of at most limit bytes.
func NewLines(r io.Reader, limit int) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

// Next returns the next line without its end, or io.EOF. The slice holds until the next call.
func (l *Lines) Next() ([]byte, error) {
	l.buf = l.buf[:0]
	for started := false; ; started = true {
		part, err := l.r.ReadSlice('\n')
		l.keep(part)
		switch {
		case err == nil:
			return l.trimmed(), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && (started || len(part) > 0):
			return l.trimmed(), nil
		default:
			return nil, err
		}
	}
}

// keep appends as much of part as the limit allows, and its end of line.
func (l *Lines) keep(part []byte) {
	room := max(l.limit+2-len(l.buf), 0)
	if len(part) > room {
		part = part[:room]
	}
	l.buf = append(l.buf, part...)
}

func (l *Lines) trimmed() []byte {
	line := bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r"))
	return line[:min(len(line), l.limit+1)]
}
