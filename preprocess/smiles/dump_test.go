package smiles

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"molserve/preprocess/molecule"
)

// TestDump writes records of the file MOLSERVE_DUMP_IN to MOLSERVE_DUMP_OUT, for tests/parity/compare.py.
func TestDump(t *testing.T) {
	from, to := os.Getenv("MOLSERVE_DUMP_IN"), os.Getenv("MOLSERVE_DUMP_OUT")
	if from == "" {
		t.Skip("MOLSERVE_DUMP_IN is not set")
	}
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := bufio.NewWriter(out)
	defer w.Flush()
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if err := encoder.Encode(dumpRecord(lines.Text())); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpRecord is the record of a line, or its error.
func dumpRecord(line string) any {
	text, title, _ := SplitLine(line)
	m, err := Parse(text, Options{})
	if err == nil {
		m.Title = title
		return molecule.NewRecord(m)
	}
	var refusal *molecule.Error
	if !errors.As(err, &refusal) {
		refusal = &molecule.Error{Code: "?", Message: err.Error()}
	}
	return map[string]any{"error": map[string]any{"code": refusal.Code, "message": refusal.Message, "offset": refusal.Offset}}
}
