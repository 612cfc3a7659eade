package xyz_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// TestDump writes the records of the files that MOLSERVE_XYZ_IN names, one a line, to
// MOLSERVE_XYZ_OUT, for tests/parity/xyz.py. MOLSERVE_XYZ_WRITE names a file for the same frames as
// extended XYZ.
func TestDump(t *testing.T) {
	names, out := os.Getenv("MOLSERVE_XYZ_IN"), os.Getenv("MOLSERVE_XYZ_OUT")
	if names == "" || out == "" {
		t.Skip("MOLSERVE_XYZ_IN and MOLSERVE_XYZ_OUT name no files; tests/parity/xyz.py sets them")
	}
	records, frames := create(t, out), io.Writer(io.Discard)
	if name := os.Getenv("MOLSERVE_XYZ_WRITE"); name != "" {
		frames = create(t, name)
	}
	w := xyz.NewWriter(frames)
	for name := range strings.SplitSeq(names, string(os.PathListSeparator)) {
		dump(t, name, records, w)
	}
	if err := errors.Join(w.Flush(), records.Flush()); err != nil {
		t.Fatal(err)
	}
	if b, ok := frames.(*bufio.Writer); ok && b.Flush() != nil {
		t.Fatal("frames cannot be written")
	}
}

func create(t *testing.T, name string) *bufio.Writer {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return bufio.NewWriter(file)
}

// dump writes an error record for what is refused.
func dump(t *testing.T, name string, records io.Writer, w *xyz.Writer) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := xyz.NewReader(file, xyz.Options{})
	for {
		f, err := r.Next()
		if err == io.EOF {
			return
		}
		var line []byte
		if err == nil {
			line, err = xyz.AppendRecord(nil, f)
		}
		if err == nil {
			err = w.Write(f)
		}
		var refusal *molecule.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		if refusal != nil {
			line = []byte(`{"error":"` + string(refusal.Code) + `"}`)
		}
		records.Write(append(line, '\n'))
	}
}
