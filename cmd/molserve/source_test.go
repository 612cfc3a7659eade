package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// gzipped packs each part as a member of its own.
func gzipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstandard(t testing.TB, parts ...string) (packed []byte) {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, part := range parts {
		packed = w.EncodeAll([]byte(part), packed)
	}
	return packed
}

// A packed file gives the rows of the plain one, in every form, from a file and from standard input.
func TestPackedInputIsUnpacked(t *testing.T) {
	for _, form := range []string{"smi", "csv", "ndjson", "sdf", "xyz"} {
		model := map[bool]string{true: "ethanol-egnn", false: "esol-gcn"}[form == "xyz"]
		plain := libraryFile(t, form, 30)
		text := string(must(os.ReadFile(plain)))
		want := predictShipped(t, "", "--model", model, "--output-format", "ndjson", plain)
		if want.code != 0 || strings.Count(want.stdout, "\n") != 30 {
			t.Fatalf("%s: exit %d: %s", form, want.code, want.stderr)
		}
		for suffix, packed := range map[string][]byte{".gz": gzipped(t, text[:100], text[100:]), ".zst": zstandard(t, text[:100], text[100:]), ".GZ": gzipped(t, text)} {
			path := filepath.Join(t.TempDir(), "library."+form+suffix)
			if err := os.WriteFile(path, packed, 0o644); err != nil {
				t.Fatal(err)
			}
			if got := predictShipped(t, "", "--model", model, "--output-format", "ndjson", path); got.stdout != want.stdout {
				t.Errorf("%s%s: exit %d: %s", form, suffix, got.code, got.stderr)
			}
			if got := predictShipped(t, string(packed), "--model", model, "--output-format", "ndjson", "--format", form, "-"); got.stdout != want.stdout {
				t.Errorf("%s%s on standard input: exit %d: %s", form, suffix, got.code, got.stderr)
			}
		}
	}
}

func TestOutputIsPackedByItsSuffix(t *testing.T) {
	in := libraryFile(t, "smi", 30)
	want := predictShipped(t, "", "--model", "esol-gcn", in).stdout
	for _, suffix := range []string{".gz", ".zst"} {
		out := filepath.Join(t.TempDir(), "out.csv"+suffix)
		if r := predictShipped(t, "", "--model", "esol-gcn", "--output", out, in); r.code != 0 {
			t.Fatal(r.stderr)
		}
		s, err := openSource(t.Context(), []string{out}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(s)
		s.Close()
		if err != nil || string(got) != want {
			t.Errorf("%s: %v: %q", suffix, err, got)
		}
	}
}

func TestDamagedInputEndsTheRunWithItsReason(t *testing.T) {
	packed := gzipped(t, strings.Repeat("CCO\n", 10000))
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-6] ^= 1 // of the checksum
	for name, data := range map[string][]byte{"cut off": packed[:len(packed)-9], "checksum": flipped, "header alone": packed[:3], "junk behind": append(bytes.Clone(packed), "junk"...),
		"zstd cut off": zstandard(t, strings.Repeat("CCO\n", 10000))[:20]} {
		if r := predictShipped(t, string(data), "--model", "esol-gcn", "--quiet", "-"); r.code != exitFailed || r.stderr == "" || strings.Contains(r.stderr, "panic") {
			t.Errorf("%s: exit %d: %s", name, r.code, r.stderr)
		}
	}
	if r := predictShipped(t, "", "--model", "esol-gcn", "-"); r.code != 0 || !strings.Contains(r.stderr, "0 rows") {
		t.Errorf("nothing: exit %d: %s", r.code, r.stderr)
	}
}

// A run that waits for standard input ends at the first signal.
func TestSignalEndsARunThatWaitsForInput(t *testing.T) {
	for _, when := range []string{"", "CCO\n"} {
		run := subprocess("predict", "--models", shippedModels, "--model", "esol-gcn", "-")
		in, err := run.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		var out, log bytes.Buffer
		run.Stdout, run.Stderr = &out, &log
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		io.WriteString(in, when)
		time.Sleep(time.Second) // it may not have come to the input yet: a signal ends it everywhere
		run.Process.Signal(os.Interrupt)
		killer := time.AfterFunc(time.Minute, func() { run.Process.Kill() })
		run.Wait()
		if !killer.Stop() || run.ProcessState.ExitCode() != exitFailed || !strings.Contains(log.String(), "interrupted") {
			t.Errorf("%v: %s%s", run.ProcessState, out.String(), log.String())
		}
	}
}

// FuzzOpenSource: any bytes are read to an end, and what is no packing as it is.
func FuzzOpenSource(f *testing.F) {
	f.Add([]byte("CCO\n"))
	f.Add(gzipped(f, "CCO\n"))
	f.Add(zstandard(f, "CCO\n"))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := openSource(t.Context(), nil, bytes.NewReader(data))
		if err != nil {
			return
		}
		defer s.Close()
		got, err := io.ReadAll(io.LimitReader(s, 1<<20))
		if plain := !bytes.HasPrefix(data, gzipMagic) && !bytes.HasPrefix(data, zstdMagic); plain && (err != nil || !bytes.Equal(got, data)) {
			t.Errorf("%q became %q, %v", data, got, err)
		}
	})
}

func TestProgressShowsRateShareAndTimeLeft(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	g := &progress{out: &out, terminal: true, every: time.Second, size: 1000, now: func() time.Time { return clock }}
	g.begin(100, 200) // of an earlier run: they took none of this run's time
	tick := func(after time.Duration, rows int, read int64) { clock = clock.Add(after); g.add(rows, read) }
	tick(500*time.Millisecond, 10, 210) // too soon
	tick(1500*time.Millisecond, 190, 400)
	tick(time.Second, 100, 500)
	tick(time.Second, 1, 2000) // of a file that grew
	want := "\r40 %, 300 molecules, 100/s, 6s left\x1b[K\r50 %, 400 molecules, 100/s, 5s left\x1b[K\r100 %, 401 molecules, 75/s, 0s left\x1b[K"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	g.done(tally{401, 3})
	if want := "\r\x1b[Kmolserve: 401 rows, 3 failed, 4.0 s, 75/s; 100 rows were there before\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	log := &progress{out: &out, every: time.Second, now: g.now}
	log.begin(0, 0)
	clock = clock.Add(2 * time.Second)
	log.add(7, 0)
	if want := "molserve: 7 molecules, 4/s\n"; out.String() != want {
		t.Errorf("without a size: %q", out.String())
	}
}
