package serve_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"molserve/serve"
)

// packer compresses what is written to it.
type packer struct {
	io.WriteCloser
	flush func() error
}

// flushed writes text so that its reader has all of it.
func (p *packer) flushed(text string) {
	io.WriteString(p, text)
	p.flush()
}

func packTo(coding string, to io.Writer) *packer {
	switch coding {
	case "gzip":
		w := gzip.NewWriter(to)
		return &packer{w, w.Flush}
	case "deflate":
		w := zlib.NewWriter(to)
		return &packer{w, w.Flush}
	}
	w, _ := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1))
	return &packer{w, w.Flush}
}

func pack(t *testing.T, coding, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := packTo(coding, &b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func unpacker(t *testing.T, coding string, from io.Reader) (r io.Reader) {
	t.Helper()
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(from)
	case "deflate":
		r, err = zlib.NewReader(from)
	case "zstd":
		r, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func unpack(t *testing.T, coding string, from io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(unpacker(t, coding, from))
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func TestCompressedBodiesBothWays(t *testing.T) {
	w := start(t, serve.Config{})
	list := strings.Repeat(`"CCO",`, 50) + `"CC"`
	for _, c := range []struct{ path, media, body string }{
		{"/v1/models/m/predict", "application/json", `{"smiles":[` + list + `]}`},
		{"/v1/models/m/predict", "chemical/x-daylight-smiles", strings.Repeat("CCO\n", 50)},
		{"/v2/models/m/infer", "application/json", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[51],"data":[` + list + `]}]}`},
	} {
		plain := w.do("POST", c.path, c.body, "Content-Type", c.media)
		if plain.status != 200 {
			t.Fatalf("%s: %d %s", c.path, plain.status, plain.body)
		}
		for _, coding := range []string{"gzip", "deflate", "zstd"} {
			req, _ := http.NewRequest("POST", w.base+c.path, strings.NewReader(pack(t, coding, c.body)))
			req.Header.Set("Content-Type", c.media)
			req.Header.Set("Content-Encoding", coding)
			req.Header.Set("Accept-Encoding", coding)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			got := unpack(t, coding, res.Body)
			res.Body.Close()
			if res.Header.Get("Content-Encoding") != coding || res.Header.Get("Vary") != "Accept-Encoding" || got != plain.body {
				t.Errorf("%s %s %s: %v\n got %s\nwant %s", c.path, c.media, coding, res.Header, got, plain.body)
			}
		}
	}
}

// Lists, models and the document are long; what is short stays as it is, and so does what Triton's client reads.
func TestQuestionsAreAnsweredCompressed(t *testing.T) {
	w := start(t, serve.Config{})
	for path, packed := range map[string]bool{"/openapi.json": true, "/v1/models/m": true, "/v2/models/stats": false, "/v2": false} {
		plain := w.do("GET", path, "")
		for _, coding := range []string{"gzip", "deflate", "zstd"} {
			req, _ := http.NewRequest("GET", w.base+path, nil)
			req.Header.Set("Accept-Encoding", coding)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			got, want := "", ""
			if packed {
				want = coding
			}
			if res.Header.Get("Content-Encoding") == coding {
				got = unpack(t, coding, res.Body)
			} else {
				text, _ := io.ReadAll(res.Body)
				got = string(text)
			}
			res.Body.Close()
			if res.Header.Get("Content-Encoding") != want || got != plain.body {
				t.Errorf("%s %s: %v\n got %.200s\nwant %.200s", path, coding, res.Header, got, plain.body)
			}
		}
	}
}

func TestCompressedBodiesAreRefusedWithAReason(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 1 << 20})
	wide := `{"smiles":["` + strings.Repeat("C", 2<<20) + `"]}`
	for _, c := range []struct {
		coding, body string
		status       int
		code         string
	}{
		{"br", `{"smiles":["C"]}`, 415, "unsupported_media_type"},
		{"gzip, gzip", `{"smiles":["C"]}`, 415, "unsupported_media_type"},
		{"gzip", `{"smiles":["C"]}`, 400, "bad_request"},
		{"zstd", pack(t, "zstd", `{"smiles":["C"]}`)[:10], 400, "bad_request"},
		{"deflate", pack(t, "deflate", wide), 413, "body_too_large"},
		{"gzip", pack(t, "gzip", wide), 413, "body_too_large"},
		{"x-gzip", pack(t, "gzip", `{"smiles":["C"]}`), 200, ""},
		{"identity", `{"smiles":["C"]}`, 200, ""},
	} {
		a := w.do("POST", "/v1/models/m/predict", c.body, "Content-Type", "application/json", "Content-Encoding", c.coding)
		if a.status != c.status || c.code != "" && readFault(t, a).Error.Code != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.coding, a.status, a.body, c.status, c.code)
		}
	}
}
