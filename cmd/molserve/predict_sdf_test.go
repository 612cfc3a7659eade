package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/stream"
)

const (
	methane = "methane\n  x\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n"
	nothing = "nothing\n  x\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n"
)

// carbons is a predictor without a network: the number of atoms, and each atom's number.
func carbons(_ context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
	list := make([]onnx.Row, len(recs))
	for i, r := range recs {
		read, err := molfile.Parse(r.Text, molfile.Options{Line: r.Line})
		if err != nil {
			list[i].Err = err.(*molecule.Error)
			continue
		}
		n := len(read.Mol.Atoms)
		list[i].Values = []onnx.Value{{Data: []float64{float64(n) / 2}}, {Shape: []int{n}, Data: make([]float64, n)}}
	}
	return list, nil
}

// predictRecords runs an SD file through the pipeline to an SD file.
func predictRecords(t *testing.T, in string, o stream.Options) string {
	t.Helper()
	source, err := stream.Open(strings.NewReader(in), stream.SDF, o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := newRowWriter(formatSDF, &out, rows.All([]onnx.Output{{Name: "half", Per: "graph"}, {Name: "index", Per: "atom"}}))
	err = pipeline(t.Context(), feed{Reader: source}, carbons, func(list []answered) error {
		for _, row := range list {
			if err := w.write(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPredictAddsItemsToTheRecordsOfAnSDFile(t *testing.T) {
	crlf := strings.ReplaceAll(methane, "\n", "\r\n")
	long := "long\n" + strings.Repeat("x", 2000) + "\n"
	in := methane + "$$$$\n" + crlf + "> <half>\r\n7\r\n\r\n$$$$\r\n" + nothing + "> <a>\nlast value\n$$$$\n" + long + "$$$$\n" + methane
	want := methane + ">  <half>\n0.5\n\n>  <index>\n[0]\n\n$$$$\n" +
		crlf + "> <half>\r\n7\r\n\r\n>  <predicted_half>\r\n0.5\r\n\r\n>  <index>\r\n[0]\r\n\r\n$$$$\r\n" +
		nothing + "> <a>\nlast value\n\n>  <molserve_error>\nempty: the counts line says 0 atoms (line 21)\n\n$$$$\n" +
		"\n  molserve\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n>  <molserve_error>\ntoo_long: the record is longer than 1000 bytes (line 26)\n\n$$$$\n" +
		methane + ">  <half>\n0.5\n\n>  <index>\n[0]\n\n$$$$\n"
	if got := predictRecords(t, in, stream.Options{MaxBytes: 1000}); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestPredictedRecordsAreAsManyAsThoseThatWereRead(t *testing.T) {
	pieces := []string{methane, nothing, "junk", "", "\n", "> <a>\nb", "M  END\n> <half>", "\x00\xff", methane + "> <a>\n \n \n"}
	for _, first := range pieces {
		for _, second := range pieces {
			out := predictRecords(t, first+"\n$$$$\n"+second+"\n$$$$\n", stream.Options{})
			reader := molfile.NewReader(strings.NewReader(out), molfile.Options{})
			for n := 0; ; n++ {
				if _, _, err := reader.NextText(); err == io.EOF {
					if n != 2 {
						t.Errorf("%q, %q: %d records: %q", first, second, n, out)
					}
					break
				}
			}
		}
	}
}

func TestPredictWritesSDFilesOfSDFilesOnly(t *testing.T) {
	library := filepath.Join(t.TempDir(), "library.sdf")
	if err := os.WriteFile(library, []byte(methane+"$$$$\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := predictShipped(t, "", "--model", "esol-gcn", "--quiet", "--output-format", "sdf", library)
	if r.code != 0 || !strings.HasPrefix(r.stdout, methane+">  <logS>\n") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	for want, args := range map[string][]string{"the input is smi": {"--model", "esol-gcn", "--output-format", "sdf", "-"},
		"is the input": {"--model", "esol-gcn", "--output", library, library}} {
		if r := predictShipped(t, "C\n", args...); r.code != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("exit %d: %s, want %q", r.code, r.stderr, want)
		}
	}
	if text, _ := os.ReadFile(library); string(text) != methane+"$$$$\n" {
		t.Errorf("the input is %q now", text)
	}
}
