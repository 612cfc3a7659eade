package stream_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// read returns "id|text" of every item, or its error's code.
func read(t *testing.T, text string, f stream.Format, o stream.Options) []string {
	t.Helper()
	r, err := stream.Open(strings.NewReader(text), f, o)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for {
		item, err := r.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(item.Cells) != len(r.Columns()) {
			t.Errorf("%d cells under %v", len(item.Cells), r.Columns())
		}
		if item.Err != nil {
			rows = append(rows, string(item.Err.Code))
			continue
		}
		rows = append(rows, item.Record.ID+"|"+item.Record.Text)
	}
}

func TestOneItemComesOutForEveryRecord(t *testing.T) {
	for _, c := range []struct {
		name, text string
		format     stream.Format
		want       []string
	}{
		{"smi", "CCO ethanol\n\tC\r\n\nN", stream.SMI, []string{"ethanol|CCO", "|C", "|", "|N"}},
		{"smi without a last line", "C\n", stream.SMI, []string{"|C"}},
		{"nothing", "", stream.SMI, nil},
		{"csv", "id,SMILES,y\n1,CCO ,2\n\"a,b\",C,\n", stream.CSV, []string{"1|CCO", "a,b|C"}},
		{"csv of one column", "molecule\nCCO\n", stream.CSV, []string{"|CCO"}},
		{"csv with short and broken rows", "id,smiles\nC\n1,\"C\"x\n2,N\n", stream.CSV, []string{"format", "format", "2|N"}},
		{"csv with a byte order mark", "\ufeffsmiles,id\nC,1\n", stream.CSV, []string{"1|C"}},
		{"ndjson", "{\"smiles\":\"C\",\"id\":\"m\"}\n{\"smile\":1}\nnonsense\n{\"smiles\":\"N\"}", stream.NDJSON,
			[]string{"m|C", "format", "format", "|N"}},
	} {
		if got := read(t, c.text, c.format, stream.Options{}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCSVColumnIsFoundByName(t *testing.T) {
	got := read(t, "mol,smiles\nC,N\n", stream.CSV, stream.Options{SMILESColumn: "mol"})
	if !slices.Equal(got, []string{"|C"}) {
		t.Errorf("%q", got)
	}
	if _, err := stream.Open(strings.NewReader("a,b\nC,N\n"), stream.CSV, stream.Options{}); err == nil {
		t.Error("a CSV without a SMILES column is accepted")
	}
}

func TestLongLinesAreCutAndNeverLoseTheNext(t *testing.T) {
	text := strings.Repeat("C", 5000) + "\nN\n"
	got := read(t, text, stream.SMI, stream.Options{MaxBytes: 100})
	if !slices.Equal(got, []string{string(molecule.CodeTooLong), "|N"}) {
		t.Errorf("%q", got)
	}
	got = read(t, "{\"smiles\":\""+text[:5000]+"\"}\n{\"smiles\":\"N\"}\n", stream.NDJSON, stream.Options{MaxBytes: 100})
	if !slices.Equal(got, []string{string(molecule.CodeTooLong), "|N"}) {
		t.Errorf("%q", got)
	}
}

// A quote that is never closed would make one row of all that follows.
func TestARowOfCSVIsBounded(t *testing.T) {
	text := "smiles,id\nC,1\n\"" + strings.Repeat("C\n", 1<<20)
	r, err := stream.Open(strings.NewReader(text), stream.CSV, stream.Options{MaxBytes: 50000})
	if err != nil {
		t.Fatal(err)
	}
	if item, err := r.Next(); err != nil || item.Record.ID != "1" {
		t.Fatalf("%+v, %v", item, err)
	}
	for range 2 {
		if _, err = r.Next(); err == nil || !strings.Contains(err.Error(), "more than 50000 bytes") {
			t.Errorf("%v", err)
		}
	}
	text = "smiles\n" + strings.Repeat(strings.Repeat("C", 100)+"\n", 5000)
	if got := read(t, text, stream.CSV, stream.Options{MaxBytes: 10000}); len(got) != 5000 {
		t.Errorf("%d rows of 5000: short ones do not add up", len(got))
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\r\nb\n", 3)
	f.Add("\n\n", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 1 || limit > 1000 {
			t.Skip("limit out of range")
		}
		want := strings.Split(text, "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		lines := stream.NewLines(strings.NewReader(text), limit)
		for i, w := range want {
			got, err := lines.Next()
			w = strings.TrimSuffix(w, "\r")
			if len(w) <= limit && (err != nil || string(got) != w) {
				t.Fatalf("line %d = %q, %v; want %q", i, got, err, w)
			}
			if len(got) > limit+1 {
				t.Fatalf("line %d has %d bytes over a limit of %d", i, len(got), limit)
			}
		}
		if _, err := lines.Next(); err != io.EOF {
			t.Fatalf("after the last line: %v", err)
		}
	})
}
