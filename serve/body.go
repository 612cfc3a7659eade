package serve

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	mediaJSON   = "application/json"
	mediaNDJSON = "application/x-ndjson"
	mediaCSV    = "text/csv"
	mediaSMILES = "chemical/x-daylight-smiles"
	mediaXYZ    = "chemical/x-xyz"
	mediaSDF    = "chemical/x-mdl-sdfile"
)

const acceptedMedia = mediaJSON + ", " + mediaSMILES + ", " + mediaCSV + ", " + mediaXYZ + ", " + mediaSDF + ", " + mediaNDJSON

// mediaOf is the media type of a predict route's body: JSON, which is read whole, or one of openers.
func mediaOf(h http.Header) (string, error) {
	given := h.Get("Content-Type")
	media, params, err := mime.ParseMediaType(given)
	if media == "" || media == "application/x-www-form-urlencoded" { // what curl -d sends
		return "", refuse(codeMediaType, "say what the body is, for JSON with the header Content-Type: application/json "+
			"(curl: -H 'Content-Type: application/json'); accepted: %s", acceptedMedia)
	}
	if err != nil || media != mediaJSON && openers[media] == nil {
		return "", refuse(codeMediaType, "Content-Type %q is not read; accepted: %s", given, acceptedMedia)
	}
	if c := strings.ToLower(params["charset"]); c != "" && c != "utf-8" && c != "us-ascii" {
		return "", refuse(codeMediaType, "charset %q is not read; send UTF-8", c)
	}
	return media, nil
}

// firstRead is the room for a body before any of it has come. A header that promises 8 MiB gets no more.
const firstRead = 4 << 10

// readExpanded reads a whole body, which may be compressed. The caller calls free when the request is done and
// nobody reads the body any more.
func (s *Server) readExpanded(r *http.Request) (body []byte, free func(), err error) {
	b, err := s.readAligned(r, 0)
	return b.bytes(), b.free, err
}

// readAligned is readExpanded of a body whose byte at stands at a multiple of alignment in memory. The caller frees the
// body, whether there was an error or not.
func (s *Server) readAligned(r *http.Request, at int) (*body, error) {
	b := newBody(&s.buffered, at)
	size := r.ContentLength
	if codingOf(r.Header) != "" {
		size = -1
	}
	plain, err := expand(r.Header, r.Body, s.cfg.expansion(), &s.buffered)
	if err != nil {
		return b, err
	}
	defer plain.Close()
	return b, b.read(plain, size, s.cfg.MaxBody)
}

// alignment is that of the widest elements of tensors.
const alignment = 8

// body is that of a request, read whole into a buffer that is lent by a budget.
type body struct {
	budget *budget
	pad    int    // of buffer, before the body
	buffer []byte // its capacity is paid for
}

// newBody is empty; its byte at will be aligned.
func newBody(b *budget, at int) *body {
	return &body{budget: b, pad: (alignment - at%alignment) % alignment}
}

func (b *body) bytes() []byte { return b.buffer[min(b.pad, len(b.buffer)):] }

// free gives the buffer back, to be written over by the next body.
func (b *body) free() {
	if b.buffer != nil {
		b.budget.takeBack(b.buffer)
		b.buffer = nil
	}
}

// abandon leaves the buffer to the collector: somebody may read it still.
func (b *body) abandon() {
	b.budget.give(int64(cap(b.buffer)))
	b.buffer = nil
}

// read reads at most max bytes, paying for them as they come. The size is what the sender says, -1 when it does not.
func (b *body) read(from io.Reader, size, max int64) error {
	tooLarge := refuse(codeBodyTooLarge, "the body has more than %d bytes; send it in parts", max)
	if size > max {
		return tooLarge
	}
	var refusal *fault
	for {
		if len(b.buffer) == cap(b.buffer) {
			if err := b.grow(size, max); err != nil {
				return err
			}
		}
		n, err := from.Read(b.buffer[len(b.buffer):cap(b.buffer)])
		b.buffer = b.buffer[:len(b.buffer)+n]
		came := int64(len(b.buffer) - b.pad)
		switch {
		case came > max:
			return tooLarge
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &refusal):
			return refusal
		case err != nil:
			return refuse(codeIncomplete, "the body ended or stalled after %d bytes", came)
		}
	}
}

// grow doubles the room, or takes a buffer for the whole body if one lies idle. One byte over the largest size is room
// enough to see that the body is too large, or at its end.
func (b *body) grow(size, most int64) error {
	whole := int64(b.pad) + most + 1
	if size >= 0 {
		whole = int64(b.pad) + size + 1 // no more comes
	}
	step := min(max(2*int64(cap(b.buffer)), firstRead), whole)
	if size < 0 {
		whole = step
	}
	grown := b.budget.lend(step, whole)
	if grown == nil {
		return refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
	}
	old := b.buffer
	if grown = append(grown, old...); len(grown) == 0 {
		grown = grown[:b.pad]
	}
	b.free()
	b.buffer = grown
	return nil
}

// textOf checks the encoding and drops the byte order mark that spreadsheets write. The text is a copy: the body's
// memory is that of others later.
func textOf(body []byte) (string, error) {
	if !utf8.Valid(body) {
		return "", refuse(codeBadText, "the body is not UTF-8")
	}
	return strings.TrimPrefix(string(body), "\ufeff"), nil
}
