package serve

import (
	"bytes"
	"cmp"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// compressor compresses an answer; what was written so far can be read when it has flushed.
type compressor interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// compressors are those that are at rest, by coding. Making one costs more than compressing a short answer.
var compressors = map[string]*sync.Pool{
	"gzip": {New: func() any {
		w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		return w
	}},
	"deflate": {New: func() any {
		w, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed)
		return w
	}},
	"zstd": {New: func() any {
		w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
		return w
	}},
}

func newCompressor(coding string, to io.Writer) compressor {
	w := compressors[coding].Get().(compressor)
	w.Reset(to)
	return w
}

// keepCompressor takes back a compressor that nobody uses any more.
func keepCompressor(coding string, w compressor) {
	w.Reset(io.Discard) // lets go of what it wrote to
	compressors[coding].Put(w)
}

// smallest is the body below which compressing gains nothing.
const smallest = 512

// compressFor compresses a whole body as the client accepts it.
func compressFor(c *gin.Context, body []byte) ([]byte, error) {
	coding := acceptedCoding(c.GetHeader("Accept-Encoding"))
	if coding == "" || len(body) < smallest {
		return body, nil
	}
	var out bytes.Buffer
	w := newCompressor(coding, &out)
	defer keepCompressor(coding, w)
	_, err := w.Write(body)
	if err := cmp.Or(err, w.Close()); err != nil {
		return nil, err
	}
	c.Header("Content-Encoding", coding)
	c.Header("Vary", "Accept-Encoding")
	return out.Bytes(), nil
}

// writeCompressed sends a whole body as the client accepts it.
func writeCompressed(c *gin.Context, status int, media string, body []byte) error {
	body, err := compressFor(c, body)
	if err != nil {
		return err
	}
	write(c, status, media, body)
	return nil
}

// preferred are the codings in the order in which they are chosen where a client likes them alike.
var preferred = []string{"gzip", "zstd", "deflate"}

// acceptedCoding is the coding of highest q that the header names and we write, else "".
func acceptedCoding(header string) (best string) {
	given := map[string]float64{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="), 64)
		if err != nil {
			q = 1
		}
		given[strings.ToLower(strings.TrimSpace(name))] = q
	}
	for _, coding := range preferred {
		if given[coding] > given[best] {
			best = coding
		}
	}
	return best
}
