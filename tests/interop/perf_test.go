package interop

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// What perf_analyzer sends, over REST and over gRPC, is answered: testdata/perf_analyzer has its bytes.
func TestPerfAnalyzersRequestsAreAnswered(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	s := serve(t)
	for file, want := range map[string]int{"binary.http": 7, "json.http": 3} {
		if n := replayHTTP(t, s.public, file); n < want {
			t.Errorf("%s: %d requests", file, n)
		}
	}
	for file, want := range map[string]int{"unary.h2": 8, "stream.h2": 8} {
		if n := replayGRPC(t, s.grpc, file); n < want {
			t.Errorf("%s: %d calls", file, n)
		}
	}
}

func recorded(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/perf_analyzer/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func dial(t *testing.T, addr string, data []byte) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := c.Write(data); err != nil {
		t.Fatal(err)
	}
	return c
}

// replayHTTP sends the bytes, wants 200 for each request in them, and returns how many those are.
func replayHTTP(t *testing.T, addr, file string) (n int) {
	t.Helper()
	data := recorded(t, file)
	answers := bufio.NewReader(dial(t, addr, data))
	for requests := bufio.NewReader(bytes.NewReader(data)); ; n++ {
		q, err := http.ReadRequest(requests)
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		io.Copy(io.Discard, q.Body)
		r, err := http.ReadResponse(answers, q)
		if err != nil {
			t.Fatalf("%s: %s: %v", file, q.URL, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK || q.Method == "POST" && !bytes.Contains(body, []byte("logS")) {
			t.Errorf("%s: %s: %s %s %v", file, q.URL, r.Status, body, err)
		}
	}
}

// replayGRPC sends the frames, waits for the answer of each message, as a client does, wants grpc-status 0 of the
// calls that end, and returns how many messages those are.
func replayGRPC(t *testing.T, addr, file string) (n int) {
	t.Helper()
	data := recorded(t, file)
	c := dial(t, addr, data[:len(http2.ClientPreface)])
	answers := http2.NewFramer(io.Discard, c)
	answers.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for data = data[len(http2.ClientPreface):]; len(data) > 0; {
		h, err := http2.ReadFrameHeader(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		size := 9 + int(h.Length) // RFC 9113 §4.1
		if _, err := c.Write(data[:size]); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if data = data[size:]; h.Type == http2.FrameData {
			await(t, file, answers, h.StreamID, h.Flags.Has(http2.FlagDataEndStream))
			n++
		}
	}
	return n
}

// await reads frames until a call has a message, or when it was its last until it has ended well.
func await(t *testing.T, file string, answers *http2.Framer, call uint32, last bool) {
	t.Helper()
	for {
		f, err := answers.ReadFrame()
		if err != nil {
			t.Fatalf("%s: call %d has no answer: %v", file, call, err)
		}
		if f.Header().StreamID != call {
			continue
		}
		switch f := f.(type) {
		case *http2.DataFrame:
			if !last && len(f.Data()) > 0 {
				return
			}
		case *http2.MetaHeadersFrame:
			if !f.StreamEnded() {
				continue
			}
			if !slices.ContainsFunc(f.Fields, func(h hpack.HeaderField) bool { return h.Name == "grpc-status" && h.Value == "0" }) {
				t.Errorf("%s: call %d: %v", file, call, f.Fields)
			}
			return
		}
	}
}
