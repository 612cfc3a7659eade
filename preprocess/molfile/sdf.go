package molfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"molserve/preprocess/molecule"
)

// Reader reads the records of an SD file one by one. Each ends with a line that begins with $$$$; a
// last one without it counts, blank lines behind the last do not. Memory holds one record, of at most
// Options.MaxBytes bytes.
type Reader struct {
	r      *bufio.Reader
	o      Options
	line   int // lines that were read
	record []byte
	some   bool // there was a record
	err    error
}

// NewReader reads records from r.
func NewReader(r io.Reader, o Options) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 64<<10), o: o}
}

// Next returns the next record, or io.EOF behind the last. A *molecule.Error is the refusal of one
// record, and reading goes on behind it; any other error is the source's and ends the stream.
func (s *Reader) Next() (*Record, error) {
	text, before, err := s.NextText()
	if err != nil {
		return nil, err
	}
	return parse(text, before, s.o)
}

// NextText returns the text of the next record, without $$$$, and how many lines stand before it. It
// refuses only what is too long, and a file without records.
func (s *Reader) NextText() (text string, before int, err error) {
	if s.err != nil {
		return "", 0, s.err
	}
	before = s.line
	s.record = s.record[:0]
	long, ended := false, false
	for !ended && s.err == nil {
		ended, s.err = s.readLine(&long)
	}
	text = string(s.record)
	switch {
	case s.err != nil && s.err != io.EOF:
		return "", before, s.err
	case s.err == io.EOF && !ended && !long && strings.Trim(text, blanks) == "":
		return "", before, s.end()
	}
	s.some = true
	if long {
		s.record = nil
		return "", before, atLine(before+1, molecule.CodeTooLong, "the record is longer than %d bytes", s.o.maxBytes())
	}
	return text, before, nil
}

// end is io.EOF, but the refusal of a file without records the first time.
func (s *Reader) end() error {
	if s.some {
		return io.EOF
	}
	s.some = true
	return atLine(1, molecule.CodeEmpty, "no records; each is a molfile, data items and a line $$$$")
}

// readLine appends a line to the record, unless that is too long or the line ends it.
func (s *Reader) readLine(long *bool) (ended bool, err error) {
	for part := 0; ; part++ {
		piece, err := s.r.ReadSlice('\n')
		if part == 0 && len(piece) > 0 {
			s.line++
			ended = bytes.HasPrefix(piece, []byte(recordEnd))
		}
		if !ended && len(s.record)+len(piece) > s.o.maxBytes() {
			*long = true
			s.record = s.record[:0]
		}
		if !ended && !*long {
			s.record = append(s.record, piece...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return ended, err
		}
	}
}

// ReadText reads the text of one molfile, and no more of r than a byte behind the limit, so that Parse
// sees that it is too long.
func ReadText(r io.Reader, o Options) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(o.maxBytes())+1))
	return string(text), err
}
