package serve_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"molserve/serve"
)

func TestGRPCTakesEveryCompressionThatTritonsClientOffers(t *testing.T) {
	_, client, _ := startRPCWith(t, serve.Config{Grace: 2 * time.Second, MaxBody: 1 << 20})
	bomb := rpcAsk(strings.Repeat("C", 4<<20))
	for _, name := range []string{"gzip", "deflate"} {
		for range 2 {
			r, err := client.ModelInfer(t.Context(), rpcAsk("CCO", "C1CC"), grpc.UseCompressor(name))
			if err != nil || string(r.RawOutputContents[2][4:6]) != "ok" {
				t.Errorf("%s: %v %v", name, r, err)
			}
		}
		if _, err := client.ModelInfer(t.Context(), bomb, grpc.UseCompressor(name)); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("%s of 4 MiB where 1 is the limit: %v", name, err)
		}
	}
}
