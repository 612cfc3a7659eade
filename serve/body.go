package serve

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
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

// budget bounds the bytes of all bodies in memory.
type budget struct {
	max  int64
	used atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) <= b.max {
		return true
	}
	b.used.Add(-n)
	return false
}

// takeSpare takes of one half only, so that those who hold memory for long leave the other to the rest.
func (b *budget) takeSpare(n int64) bool {
	if b.used.Add(n) <= b.max/2 {
		return true
	}
	b.used.Add(-n)
	return false
}

func (b *budget) give(n int64) { b.used.Add(-n) }

// firstRead is the room for a body before any of it has come. A header that promises 8 MiB gets no more.
const firstRead = 4 << 10

// readExpanded reads a whole body, which may be compressed. The caller calls free when the request is done.
func (s *Server) readExpanded(r *http.Request) (body []byte, free func(), err error) {
	size := r.ContentLength
	if codingOf(r.Header) != "" {
		size = -1
	}
	plain, err := expand(r.Header, r.Body, &s.buffered)
	if err != nil {
		return nil, func() {}, err
	}
	defer plain.Close()
	body, err = readBody(plain, size, s.cfg.MaxBody, &s.buffered)
	return body, func() { s.buffered.give(int64(cap(body))) }, err
}

// readBody reads a body of at most max bytes, paying for them out of b as they come. The size is what the
// sender says, -1 when it does not. The caller gives cap(body) back to b, whether there was an error or not.
func readBody(from io.Reader, size, max int64, b *budget) ([]byte, error) {
	tooLarge := refuse(codeBodyTooLarge, "the body has more than %d bytes; send it in parts", max)
	if size > max {
		return nil, tooLarge
	}
	var body []byte
	var refusal *fault
	most := max
	if size >= 0 {
		most = size // and no more comes
	}
	for {
		if len(body) == cap(body) {
			grown, err := grow(body, most, b)
			if err != nil {
				return body, err
			}
			body = grown
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > max:
			return body, tooLarge
		case errors.Is(err, io.EOF):
			return body, nil
		case errors.As(err, &refusal):
			return body, refusal
		case err != nil:
			return body, refuse(codeIncomplete, "the body ended or stalled after %d bytes", len(body))
		}
	}
}

// grow doubles the room of a body. One byte over max is room enough to see that it is too large, or at its end.
func grow(body []byte, max int64, b *budget) ([]byte, error) {
	size := min(2*int64(cap(body))+firstRead, max+1)
	if !b.take(size - int64(cap(body))) {
		return nil, refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
	}
	grown := make([]byte, len(body), size)
	copy(grown, body)
	return grown, nil
}

// textOf checks the encoding and drops the byte order mark that spreadsheets write.
func textOf(body []byte) (string, error) {
	if !utf8.Valid(body) {
		return "", refuse(codeBadText, "the body is not UTF-8")
	}
	return strings.TrimPrefix(string(body), "\ufeff"), nil
}
