package serve

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"molserve/preprocess/stream"
)

// parser reads a body into q. The text is valid UTF-8.
type parser func(text string, query url.Values, q *request) error

// parsers are the media types that a predict route takes.
var parsers = map[string]parser{
	mediaJSON:   parseJSON,
	mediaCSV:    parseCSV,
	mediaSMILES: parseSMILES,
	mediaXYZ:    parseFile(stream.XYZ),
	mediaSDF:    parseFile(stream.SDF),
	mediaNDJSON: parseNDJSON,
}

const (
	mediaJSON   = "application/json"
	mediaNDJSON = "application/x-ndjson"
	mediaCSV    = "text/csv"
	mediaSMILES = "chemical/x-daylight-smiles"
	mediaXYZ    = "chemical/x-xyz"
	mediaSDF    = "chemical/x-mdl-sdfile"
)

const acceptedMedia = mediaJSON + ", " + mediaSMILES + ", " + mediaCSV + ", " + mediaXYZ + ", " + mediaSDF + ", " + mediaNDJSON

// parserOf chooses a parser by the request's headers.
func parserOf(h http.Header) (parser, error) {
	if e := h.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, refuse(codeMediaType, "a body with Content-Encoding %q is not read; send it uncompressed", e)
	}
	given := h.Get("Content-Type")
	media, params, err := mime.ParseMediaType(given)
	if media == "" || media == "application/x-www-form-urlencoded" { // what curl -d sends
		return nil, refuse(codeMediaType, "say what the body is, for JSON with the header Content-Type: application/json "+
			"(curl: -H 'Content-Type: application/json'); accepted: %s", acceptedMedia)
	}
	p, ok := parsers[media]
	if err != nil || !ok {
		return nil, refuse(codeMediaType, "Content-Type %q is not read; accepted: %s", given, acceptedMedia)
	}
	if c := strings.ToLower(params["charset"]); c != "" && c != "utf-8" && c != "us-ascii" {
		return nil, refuse(codeMediaType, "charset %q is not read; send UTF-8", c)
	}
	return p, nil
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

func (b *budget) give(n int64) { b.used.Add(-n) }

// firstRead is the room for a body before any of it has come. A header that promises 8 MiB gets no more.
const firstRead = 4 << 10

// readBody reads a body of at most max bytes, paying for them out of b as they come. The caller gives
// cap(body) back to b, whether there was an error or not.
func readBody(r *http.Request, max int64, b *budget) ([]byte, error) {
	tooLarge := refuse(codeBodyTooLarge, "the body has more than %d bytes; send it in parts", max)
	if r.ContentLength > max {
		return nil, tooLarge
	}
	var body []byte
	most := max
	if r.ContentLength >= 0 {
		most = r.ContentLength // and no more comes
	}
	for {
		if len(body) == cap(body) {
			grown, err := grow(body, most, b)
			if err != nil {
				return body, err
			}
			body = grown
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > max:
			return body, tooLarge
		case errors.Is(err, io.EOF):
			return body, nil
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
