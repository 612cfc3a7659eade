package serve

import (
	"io"

	"github.com/klauspost/compress/zlib"
	"google.golang.org/grpc/encoding"
)

// deflate is gRPC's message encoding of that name, zlib's form of it (RFC 1950), which Triton's client offers beside
// gzip. gRPC reads no more of an expanded message than MaxRecvMsgSize.
type deflate struct{}

func init() { encoding.RegisterCompressor(deflate{}) }

// Name is what grpc-encoding says.
func (deflate) Name() string { return "deflate" }

// Compress packs at the fastest level, as answers of HTTP are.
func (deflate) Compress(w io.Writer) (io.WriteCloser, error) {
	return zlib.NewWriterLevel(w, zlib.BestSpeed)
}

// Decompress unpacks. A header that is none of zlib's is an error.
func (deflate) Decompress(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }
