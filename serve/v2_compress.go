package serve

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// maxRatio bounds how far a compressed body may expand; below freeExpansion bytes nobody counts.
const (
	maxRatio      = 100
	freeExpansion = 64 << 10
)

// readV2 reads a body, which may be compressed. The caller calls free when the request is done.
func (s *Server) readV2(r *http.Request) (body []byte, free func(), err error) {
	plain := r
	var e *expander
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		if e, err = newExpander(r.Body, coding); err != nil {
			return nil, func() {}, err
		}
		plain = r.Clone(r.Context())
		plain.Body, plain.ContentLength = e, -1
	}
	body, err = readBody(plain, s.cfg.MaxBody, &s.buffered)
	free = func() { s.buffered.give(int64(cap(body))) }
	if e != nil && e.err != nil {
		err = e.err
	}
	return body, free, err
}

// expander decompresses a body and stops one that expands beyond measure.
type expander struct {
	from *counter
	io.Reader
	out int64
	err error // what is wrong with the body, when something is
}

// counter counts what is read through it.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func newExpander(body io.Reader, coding string) (*expander, error) {
	e := &expander{from: &counter{Reader: body}}
	var err error
	switch coding {
	case "gzip":
		e.Reader, err = gzip.NewReader(e.from)
	case "deflate":
		e.Reader, err = zlib.NewReader(e.from)
	default:
		return nil, refuse(codeMediaType, "Content-Encoding %.100q is not read; gzip and deflate are", coding)
	}
	if err != nil {
		return nil, refuse(codeBadRequest, "the body is not %s", coding)
	}
	return e, nil
}

func (e *expander) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if e.out += int64(n); e.out > freeExpansion && e.out > maxRatio*e.from.n {
		e.err = refuse(codeBodyTooLarge, "the body expands more than %d times", maxRatio)
		return n, e.err
	}
	if err != nil && err != io.EOF {
		e.err = refuse(codeBadRequest, "the compressed body is damaged or incomplete")
	}
	return n, err
}

func (e *expander) Close() error { return nil }

// smallest is the body below which compressing gains nothing.
const smallest = 512

// compressFor compresses a body as the client accepts it, gzip before deflate.
func compressFor(c *gin.Context, body []byte) ([]byte, error) {
	var out bytes.Buffer
	var w io.WriteCloser
	coding := acceptedCoding(c.GetHeader("Accept-Encoding"))
	switch {
	case coding == "" || len(body) < smallest:
		return body, nil
	case coding == "gzip":
		w, _ = gzip.NewWriterLevel(&out, gzip.BestSpeed)
	default:
		w, _ = zlib.NewWriterLevel(&out, zlib.BestSpeed)
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	c.Header("Content-Encoding", coding)
	c.Header("Vary", "Accept-Encoding")
	return out.Bytes(), nil
}

// acceptedCoding is gzip or deflate if the header names it without refusing it, else "".
func acceptedCoding(header string) string {
	best := ""
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := strings.ReplaceAll(params, " ", "")
		if q == "q=0" || strings.HasPrefix(q, "q=0.0") && strings.Trim(q, "q=0.") == "" {
			continue
		}
		if name == "gzip" || name == "deflate" && best == "" {
			best = name
		}
	}
	return best
}
