package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The streams of docs/http.md are run as they are printed.
func TestTheDocsStreamsRun(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	text, err := os.ReadFile("../docs/http.md")
	if err != nil {
		t.Fatal(err)
	}
	library, err := os.ReadFile("testdata/druglike.smi")
	if err != nil {
		t.Fatal(err)
	}
	library = bytes.Repeat(library, 4)
	rows := bytes.Count(library, []byte("\n"))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "library.smi"), library, 0o644); err != nil {
		t.Fatal(err)
	}
	p := startServing(t, "../exported_models")
	commands := regexp.MustCompile("(?s)```sh\n([^`]*curl -sN[^`]*)```").FindAllSubmatch(text, -1)
	if len(commands) != 3 {
		t.Fatalf("%d streams in the docs", len(commands))
	}
	for i, want := range []struct {
		file string
		rows int
	}{{"answers.ndjson", rows}, {"answers.csv", rows + 1}, {"", 2}} {
		cmd := exec.Command("bash", "-o", "pipefail", "-ec", strings.ReplaceAll(string(commands[i][1]), "localhost:8080", p.base))
		cmd.Dir = dir
		out, err := cmd.Output()
		if err == nil && want.file != "" {
			out, err = os.ReadFile(filepath.Join(dir, want.file))
		}
		if n := bytes.Count(out, []byte("\n")); err != nil || n != want.rows || bytes.Contains(out, []byte(`"error"`)) {
			t.Errorf("%s: %d lines, want %d; %v\n%.300s", commands[i][1], n, want.rows, err, out)
		}
	}
}
