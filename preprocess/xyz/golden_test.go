package xyz_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"molserve/preprocess/xyz"
)

// goldenCase is a text and what ASE reads of it (tests/parity/xyz.py golden).
type goldenCase struct {
	Name, Text string
	Frames     []map[string]any
	Refused    string // the exception
}

// kinder are the cases that ASE cannot read and the reader does: what it makes of them.
var kinder = map[string]string{
	"atomic number for a symbol":         `"z":[8]`,
	"Fortran exponents":                  `"xyz":[[0.5,0,-0.1]],"cell":[[10,0,0],[0,10,0],[0,0,10]],"pbc":[true,true,true],"info":{"energy":-1.5}`,
	"comment that begins with =":         `"info":{}`,
	"comment: =x":                        `"info":{}`,
	"comment: a=\"_JSON [[1, 2], [3]]\"": `"info":{"a":[[1,2],[3]]}`,
}

// stricter are the cases that ASE reads by a guess and the reader refuses: the code.
var stricter = map[string]string{
	"mixed pbc":                   "format", // ASE: a string, taken for true in every direction
	"numbers in a logical column": "format", // ASE: false, false
	"no positions":                "format", // ASE: all at the origin
	"no species":                  "format", // ASE: X
	"no atoms":                    "empty",
	"flat cell":                   "format",
	"zero cell":                   "format", // ASE: periodic without vectors
	"far away":                    "format",
	"NaN":                         "format",
	"frame after a blank line":    "format", // ASE: does not see it
}

// differing are read by both, to values that differ on purpose.
var differing = map[string]string{
	"Fortran energy":       `"info":{"energy":-1.5,"name":"1D2"}`, // ASE: the string -1.5D+00
	"plain with a comment": `"info":{}`,
}

// TestGolden compares every frame of every case with ASE's.
func TestGolden(t *testing.T) {
	for _, c := range readGolden(t) {
		got, codes := records(t, c.Text)
		switch {
		case kinder[c.Name]+differing[c.Name] != "":
			if want := kinder[c.Name] + differing[c.Name]; len(got) != 1 || !strings.Contains(string(got[0]), want) {
				t.Errorf("%s: %s %v, want %s", c.Name, got, codes, want)
			}
		case stricter[c.Name] != "":
			if c.Refused != "" || len(codes) != 1 || codes[0] != stricter[c.Name] {
				t.Errorf("%s: %v, want %s; ASE %s", c.Name, codes, stricter[c.Name], c.Refused)
			}
		case c.Refused != "":
			if len(codes) == 0 {
				t.Errorf("%s: read as %s, but ASE refuses: %s", c.Name, got, c.Refused)
			}
		default:
			compareGolden(t, c, got, codes)
		}
	}
}

func compareGolden(t *testing.T, c goldenCase, got []json.RawMessage, codes []string) {
	t.Helper()
	if len(codes) > 0 || len(got) != len(c.Frames) {
		t.Errorf("%s: %d frames, refusals %v; ASE has %d", c.Name, len(got), codes, len(c.Frames))
		return
	}
	for i, want := range c.Frames {
		var frame map[string]any
		if err := json.Unmarshal(got[i], &frame); err != nil {
			t.Fatalf("%s: %v: %s", c.Name, err, got[i])
		}
		if !reflect.DeepEqual(frame, want) {
			t.Errorf("%s:\n got %v\nwant %v", c.Name, frame, want)
		}
	}
}

// records reads text: the records of its frames, and the codes of what is refused.
func records(t *testing.T, text string) (frames []json.RawMessage, codes []string) {
	t.Helper()
	r := xyz.NewReader(strings.NewReader(text), xyz.Options{})
	for {
		f, err := r.Next()
		if err == io.EOF {
			return frames, codes
		}
		if err != nil {
			codes = append(codes, string(refusal(t, err).Code))
			continue
		}
		record, err := xyz.NewRecord(f)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, record)
	}
}

// readGolden reads the cases after the line with the versions.
func readGolden(t testing.TB) (cases []goldenCase) {
	t.Helper()
	file, err := os.Open("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c goldenCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Name != "" {
			cases = append(cases, c)
		}
	}
	return cases
}
