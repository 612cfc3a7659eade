package serve

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
)

var everyCoding = []string{"gzip", "deflate", "zstd"}

func packed(t testing.TB, coding string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := newCompressor(coding, &b)
	defer keepCompressor(coding, w)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// usual is the expansion that a server allows by default.
var usual = func() expansion { c := Config{}.withDefaults(); return c.expansion() }()

// unpacked reads all, as far as that goes.
func unpacked(coding string, body io.Reader) ([]byte, *expander, error) {
	b := budget{max: 2 * largestWindow}
	e, err := newExpander(body, coding, usual, &b)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if e.Close(); b.used.Load() != 0 {
			panic("a window is not given back")
		}
	}()
	text, err := io.ReadAll(e)
	return text, e, err
}

func TestBodiesExpandWhateverTheReadsAre(t *testing.T) {
	text := []byte(strings.Repeat("CCO ethanol\n", 3000))
	for _, coding := range everyCoding {
		body := packed(t, coding, text)
		for name, from := range map[string]io.Reader{"whole": bytes.NewReader(body), "by byte": iotest.OneByteReader(bytes.NewReader(body)),
			"with the end": iotest.DataErrReader(bytes.NewReader(body))} {
			if got, _, err := unpacked(coding, from); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%s %s: %d bytes of %d, %v", coding, name, len(got), len(text), err)
			}
		}
	}
}

// A bomb is 10 MB that would be 10 GB: a thousand times the same member or frame, or as good as endless zeros.
func TestBombsAreNeverInflated(t *testing.T) {
	member := map[string][]byte{"gzip": packed(t, "gzip", make([]byte, 10<<20)), "zstd": packed(t, "zstd", make([]byte, 10<<20))}
	for coding, m := range member {
		body := bytes.Repeat(m, 10<<20/len(m))
		_, e, err := unpacked(coding, bytes.NewReader(body))
		var f *fault
		if !errors.As(err, &f) || f.code != codeBodyTooLarge || e.out > 32<<20 {
			t.Errorf("%s: %v after %d bytes", coding, err, e.out)
		}
	}
	_, e, err := unpacked("deflate", bytes.NewReader(packed(t, "deflate", make([]byte, 64<<20))))
	var f *fault
	if !errors.As(err, &f) || f.code != codeBodyTooLarge || e.out > 32<<20 {
		t.Errorf("deflate: %v after %d bytes", err, e.out)
	}
}

func TestWindowsAreBounded(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(32<<20), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(w, &letters{}, 40<<20)
	w.Close()
	_, _, err = unpacked("zstd", &b)
	var f *fault
	if !errors.As(err, &f) || f.code != codeBodyTooLarge || !strings.Contains(f.message, "window") {
		t.Errorf("%v", err)
	}
}

func TestWindowsArePaidFor(t *testing.T) {
	text := make([]byte, 3<<20)
	(&letters{}).Read(text)
	for window, want := range map[int]int64{1 << 10: smallestWindow, 2 << 20: 2 << 20, 8 << 20: largestWindow} {
		var body bytes.Buffer
		w, err := zstd.NewWriter(&body, zstd.WithWindowSize(window), zstd.WithSingleSegment(false))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(text[:len(text)/2])
		w.Flush() // so that the size is not known when the head is written
		w.Write(text[len(text)/2:])
		w.Close()
		b := budget{max: 2 * largestWindow}
		e, err := newExpander(bytes.NewReader(body.Bytes()), "zstd", usual, &b)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.used.Load(); got != want {
			t.Errorf("window %d: %d were paid, want %d", window, got, want)
		}
		if got, err := io.ReadAll(e); err != nil || !bytes.Equal(got, text) {
			t.Errorf("window %d: %d bytes, %v", window, len(got), err)
		}
		e.Close()
		if _, err := newExpander(bytes.NewReader(body.Bytes()), "zstd", usual, &budget{max: 2*want - 1}); err == nil || explain(err).code != codeQueueFull {
			t.Errorf("window %d without memory: %v", window, err)
		}
	}
	for head, want := range map[string]int64{"": largestWindow, "\x28\xb5\x2f\xfd\x20\x01": 0, "\x28\xb5\x2f\xfd\xa0\x01": largestWindow,
		"\x28\xb5\x2f\xfd\x00\x58": 2 << 20, "\x28\xb5\x2f\xfd\x00\x01": 1<<10 + 1<<7, "\x50\x2a\x4d\x18\x00\x00": largestWindow} {
		if got := windowOf([]byte(head)); got != want {
			t.Errorf("%q: %d, want %d", head, got, want)
		}
	}
}

// letters are text that hardly compresses.
type letters struct{ x uint32 }

func (l *letters) Read(p []byte) (int, error) {
	for i := range p {
		l.x = l.x*1664525 + 1013904223
		p[i] = 'A' + byte(l.x>>24)%26
	}
	return len(p), nil
}

func TestDamagedBodiesAreRefused(t *testing.T) {
	text := []byte(strings.Repeat("CCO ethanol\n", 300))
	says := map[string]string{"gzip": "not whole gzip", "deflate": "not whole zlib (RFC 1950)", "zstd": "not whole zstd"}
	for _, coding := range everyCoding {
		body := packed(t, coding, text)
		for name, bad := range map[string][]byte{"nothing": {}, "garbage": []byte("CCO\nCCO\nCCO\n"), "truncated": body[:len(body)-3],
			"half": body[:len(body)/2], "trailing": append(bytes.Clone(body), "CCO\n"...)} {
			got, _, err := unpacked(coding, bytes.NewReader(bad))
			var f *fault
			if !errors.As(err, &f) || f.code != codeBadRequest || len(got) > len(text) || name != "trailing" && !strings.Contains(f.message, says[coding]) {
				t.Errorf("%s %s: %d bytes, %v", coding, name, len(got), err)
			}
		}
	}
	if _, _, err := unpacked("br", strings.NewReader("")); err == nil || explain(err).code != codeMediaType {
		t.Errorf("br: %v", err)
	}
}

func TestAcceptedCodings(t *testing.T) {
	for header, want := range map[string]string{"": "", "gzip": "gzip", "br": "", "deflate, gzip;q=1.0, *;q=0.5": "gzip", "gzip;q=0, zstd": "zstd",
		"zstd;q=0.9, gzip;q=0.8": "zstd", "GZIP": "gzip", "gzip; q=0.000": "", "deflate": "deflate", "gzip;q=x": "gzip", ";;,": ""} {
		if got := acceptedCoding(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func FuzzExpander(f *testing.F) {
	for i, coding := range everyCoding {
		f.Add(packed(f, coding, []byte("CCO\n")), i)
	}
	f.Fuzz(func(t *testing.T, body []byte, coding int) {
		got, e, err := unpacked(everyCoding[uint(coding)%3], bytes.NewReader(body))
		var refusal *fault
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
		if e != nil && len(got) > max(freeExpansion, int(usual.times)*len(body)) {
			t.Fatalf("%d bytes became %d", len(body), len(got))
		}
	})
}
