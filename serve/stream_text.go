package serve

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// textReader passes UTF-8 on, without the byte order mark that spreadsheets write, and ends at what is
// none. Whatever the reads beneath, no character is passed on unseen.
type textReader struct {
	from  io.Reader
	buf   [16 << 10]byte
	held  int    // bytes of rest that stand at the head of buf
	ready []byte // of buf: good, and not passed on yet
	rest  []byte // of buf, behind ready: the beginning of a character
	good  int64  // bytes that were
	err   error
}

func (t *textReader) Read(p []byte) (int, error) {
	for len(t.ready) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		t.fill()
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	if len(t.ready) == 0 {
		t.hold()
	}
	return n, nil
}

// fill reads once.
func (t *textReader) fill() {
	n, err := t.from.Read(t.buf[t.held:])
	all := t.buf[:t.held+n]
	cut := wholeCharacters(all)
	bad := firstBad(all[:cut])
	if bad < 0 && err == io.EOF && cut < len(all) {
		bad = cut
	}
	if t.err = err; bad >= 0 {
		t.err = refuse(codeBadText, "the body is not UTF-8 at byte %d", t.good+int64(bad))
		cut = bad
	}
	t.ready, t.rest = all[:cut], all[cut:]
	if t.good == 0 {
		t.ready = bytes.TrimPrefix(t.ready, []byte("\ufeff"))
	}
	t.good += int64(cut)
	if len(t.ready) == 0 {
		t.hold()
	}
}

// hold moves the beginning of a character to where the next read will go on with it.
func (t *textReader) hold() { t.held = copy(t.buf[:], t.rest) }

// wholeCharacters is where the beginning of a character at the end of b begins.
func wholeCharacters(b []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if !utf8.RuneStart(b[len(b)-i]) {
			continue
		}
		if !utf8.FullRune(b[len(b)-i:]) {
			return len(b) - i
		}
		break
	}
	return len(b)
}

// firstBad is where b ceases to be UTF-8, -1 if it does not.
func firstBad(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for at := 0; ; {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}
