package serve

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// expansion bounds how far a compressed body may expand.
type expansion struct {
	times int64 // its own size, beyond freeExpansion
	most  int64 // bytes; 0: any number
}

// freeExpansion is how many bytes a body may expand to before anybody counts how many times that is.
const freeExpansion = 64 << 10

func (c *Config) expansion() expansion { return expansion{int64(c.MaxExpansion), c.MaxExpanded} }

// The window of zstd is memory that its sender chooses. RFC 9659 lets no sender of HTTP ask for more than
// largestWindow; up to smallestWindow is a matter of course.
const (
	largestWindow  = 8 << 20
	smallestWindow = 1 << 20
)

const codings = "gzip, deflate and zstd"

// codingOf is the coding of a body in lower case, empty of one that is not compressed.
func codingOf(h http.Header) string {
	coding := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	switch coding {
	case "identity":
		return ""
	case "x-gzip":
		return "gzip"
	}
	return coding
}

// expand is the body of a request without its compression. What that takes of memory beyond the usual is
// paid for out of b. The caller closes it.
func expand(h http.Header, body io.Reader, most expansion, b *budget) (io.ReadCloser, error) {
	coding := codingOf(h)
	if coding == "" {
		return io.NopCloser(body), nil
	}
	return newExpander(body, coding, most, b)
}

// expander decompresses a body and stops one that expands beyond measure. Its errors are faults, or those
// of the body beneath.
type expander struct {
	coding string
	from   *counter
	in     *bufio.Reader // of from: what is read byte by byte, so that nothing behind the end is swallowed
	plain  io.Reader
	close  func()
	out    int64
	most   expansion
	err    error
}

// counter counts what is read through it, and keeps the error that is not the end.
type counter struct {
	io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

func newExpander(body io.Reader, coding string, most expansion, b *budget) (*expander, error) {
	e := &expander{coding: coding, from: &counter{Reader: body}, most: most, close: func() {}}
	e.in = bufio.NewReader(e.from)
	var err error
	switch coding {
	case "gzip":
		e.plain, err = gzip.NewReader(e.in)
	case "deflate":
		e.plain, err = zlib.NewReader(e.in)
	case "zstd":
		err = e.openZstd(b)
	default:
		return nil, refuse(codeMediaType, "Content-Encoding %.100q is not read; %s are", coding, codings)
	}
	if err != nil {
		return nil, e.fault(err)
	}
	return e, nil
}

// openZstd pays for the window that the first frame asks for. Later ones may ask for as much.
func (e *expander) openZstd(b *budget) error {
	head, _ := e.in.Peek(6)
	if len(head) == 0 { // no frame at all: to the library the end of nothing
		return io.ErrUnexpectedEOF
	}
	window := max(windowOf(head), smallestWindow)
	paid := min(window, largestWindow)
	if !b.takeSpare(paid) {
		return refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
	}
	d, err := zstd.NewReader(e.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(paid)))
	if err != nil {
		b.give(paid)
		return err
	}
	e.plain, e.close = d, func() { d.Close(); b.give(paid) }
	return nil
}

// windowOf is the window that the head of a zstd frame asks for (RFC 8878 §3.1.1.1), largestWindow where the
// first six bytes do not say it.
func windowOf(head []byte) int64 {
	const magic, single = "\x28\xb5\x2f\xfd", 1 << 5
	if len(head) < 6 || string(head[:4]) != magic || head[4]&single != 0 && head[4]>>6 > 1 {
		return largestWindow
	}
	if head[4]&single != 0 {
		return 0 // its content, of less than 66 kB
	}
	base := int64(1) << (10 + head[5]>>3)
	return base + base/8*int64(head[5]&7)
}

// Read returns expanded bytes.
func (e *expander) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.plain.Read(p)
	switch e.out += int64(n); {
	case e.out > freeExpansion && e.out > e.most.times*e.from.n:
		e.err = refuse(codeBodyTooLarge, "the body expands more than %d times; send it uncompressed", e.most.times)
		return 0, e.err
	case e.most.most > 0 && e.out > e.most.most:
		e.err = refuse(codeBodyTooLarge, "the body expands to more than %d bytes; send it in parts", e.most.most)
		return 0, e.err
	case err == io.EOF:
		e.err = e.rest()
	case err != nil:
		e.err = e.fault(err)
	}
	return n, e.err
}

// rest is io.EOF if the body ends with what was compressed.
func (e *expander) rest() error {
	n, err := io.ReadFull(e.in, make([]byte, 1))
	if n > 0 {
		return refuse(codeBadRequest, "bytes follow the end of the compressed body")
	}
	return err
}

func (e *expander) fault(err error) error {
	if errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return refuse(codeBodyTooLarge, "the body needs a larger window to expand than %d bytes, or than its first frame does; "+
			"compress it with less (zstd without --long and --ultra)", largestWindow)
	}
	var f *fault
	if errors.As(err, &f) || errors.As(e.from.err, &f) {
		return f
	}
	return refuse(codeBadRequest, "the body is not whole %s, which Content-Encoding says it is: it is damaged, cut off or of another form", formOf(e.coding))
}

// formOf names the bytes of a coding. Many take deflate for the bare stream inside (RFC 1951).
func formOf(coding string) string {
	if coding == "deflate" {
		return "zlib (RFC 1950)"
	}
	return coding
}

// Close gives the memory of the expansion back.
func (e *expander) Close() error {
	e.close()
	return nil
}
