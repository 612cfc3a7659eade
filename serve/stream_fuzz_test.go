package serve

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// readAll returns the inputs of a body, and the error that ended it.
func readAll(open opener, from io.Reader) (all []input, err error) {
	s, err := open(&textReader{from: from}, bounds{1 << 20, 20, ""})
	for err == nil {
		var in input
		if in, err = s.next(); err == nil {
			all = append(all, in)
		}
	}
	return all, err
}

// FuzzSources holds the readers of streams to one row an input, each a record or a refusal that says where,
// and to the same rows however the body is cut into reads.
func FuzzSources(f *testing.F) {
	for _, s := range []string{"1\n\nC 0 0 0\n", "2\nid=a\nC 0 0 0\n1\n\nC 1 2 3\n", `{"xyz":"x","id":1}` + "\n\n{}\n", "1\nLattice=\"1 0 0 0 1 0 0 0 1\"\nC 0 0 0\nVEC1 1 0 0\n",
		"smiles,id\n\"C\nC\",é\n\"C", "\ufeffsmiles\r\nC\r\n\r\n", "C é\n\xc3", "\n  x\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n$$$$\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for media, open := range openers {
			whole, err := readAll(open, strings.NewReader(body))
			bytewise, errBytewise := readAll(open, iotest.OneByteReader(strings.NewReader(body)))
			if err != io.EOF && explain(err).code == codeInternal {
				t.Fatalf("%s: %v", media, err)
			}
			if len(bytewise) < len(whole) || explain(err).message != explain(errBytewise).message {
				t.Fatalf("%s: %d rows and %v; byte by byte %d and %v", media, len(whole), err, len(bytewise), errBytewise)
			}
			for i, in := range whole {
				same(t, media, in, bytewise[i])
			}
			if n := strings.Count(strings.TrimSuffix(body, "\n"), "\n") + 1; err == io.EOF && (media == mediaNDJSON || media == mediaSMILES) && body != "" && body != byteOrderMark && len(whole) != n {
				t.Fatalf("%s: %d lines, %d rows", media, n, len(whole))
			}
		}
	})
}

const byteOrderMark = "\ufeff"

func same(t *testing.T, media string, a, b input) {
	t.Helper()
	if (a.refused == nil) != (b.refused == nil) || a.record.Text != b.record.Text || a.record.ID != b.record.ID {
		t.Fatalf("%s: %+v, byte by byte %+v", media, a, b)
	}
	if (a.refused == nil) == (a.record.Kind == "") || a.refused != nil && (a.refused.Line < 1 || a.refused.Code == "" || a.refused.Message == "") {
		t.Fatalf("%s: %+v, refused: %+v", media, a.record, a.refused)
	}
}

// FuzzTextReader holds it to pass on what is UTF-8, and nothing behind the first byte that is not.
func FuzzTextReader(f *testing.F) {
	for _, s := range []string{"", "\ufeff", "\ufeff\ufeffé", "aé€😀", "a\xf0\x9f\x98", "\xff", "é\xa9", strings.Repeat("€", 6000), strings.Repeat("a", 16383) + "é"} {
		f.Add(s, 1)
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, step int) {
		if step < 1 || step > 1<<20 {
			return
		}
		for name, from := range map[string]io.Reader{"whole": strings.NewReader(s), "by byte": iotest.OneByteReader(strings.NewReader(s)),
			"with the end": iotest.DataErrReader(strings.NewReader(s))} {
			r := &textReader{from: from}
			var got strings.Builder
			p := make([]byte, step)
			var err error
			for err == nil {
				var n int
				n, err = r.Read(p)
				got.Write(p[:n])
			}
			want := strings.TrimPrefix(s, byteOrderMark)
			var f *fault
			switch {
			case utf8.ValidString(s) && (err != io.EOF || got.String() != want):
				t.Fatalf("%s: %q became %q, %v", name, s, got.String(), err)
			case !utf8.ValidString(s) && (!errors.As(err, &f) || f.code != codeBadText || !strings.HasPrefix(want, got.String())):
				t.Fatalf("%s: %q became %q, %v", name, s, got.String(), err)
			}
		}
	})
}

// FuzzGatherer holds chunks to their bounds, and to hold every row once and in order.
func FuzzGatherer(f *testing.F) {
	f.Add([]byte{1, 2, 3})
	f.Add([]byte(strings.Repeat("a", 200)))
	f.Add([]byte(strings.Repeat("\xff", 20)))
	f.Fuzz(func(t *testing.T, sizes []byte) {
		in := make(chan input, len(sizes))
		for i, size := range sizes {
			one := input{record: smilesLine(strings.Repeat("C", int(size)<<6) + " " + string(rune('a'+i%26)))}
			in <- one
		}
		close(in)
		g, row := gatherer{in: in}, 0
		for {
			c := g.next(context.Background())
			if len(c.records) == 0 {
				break
			}
			var sum, weight int64
			for i := range c.records {
				if want := string(rune('a' + row%26)); c.records[i].ID != want && c.records[i].Text != want || c.first+i != row {
					t.Fatalf("row %d is %d of a chunk from %d", row, i, c.first)
				}
				sum += sizeOf(&c.records[i])
				weight += weightOf(&c.records[i])
				row++
			}
			if sum != c.bytes || len(c.records) > chunkRows || len(c.records) > 1 && weight > chunkBytes {
				t.Fatalf("a chunk of %d rows and %d bytes, said to be %d", len(c.records), sum, c.bytes)
			}
		}
		if row != len(sizes) || !g.ended {
			t.Fatalf("%d of %d rows, ended %v", row, len(sizes), g.ended)
		}
	})
}
