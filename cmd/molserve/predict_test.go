package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// result is what a command left behind.
type result struct {
	stdout, stderr string
	code           int
}

// runCommand runs a command line with stdin against the shipped models.
func runCommand(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, log bytes.Buffer
	root := rootCommand()
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&out)
	root.SetErr(&log)
	root.SetArgs(args)
	r := result{}
	if err := root.ExecuteContext(t.Context()); err != nil {
		r.code = exitCode(err)
		log.WriteString(err.Error())
	}
	r.stdout, r.stderr = out.String(), log.String()
	return r
}

func predictShipped(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return runCommand(t, stdin, append([]string{"predict", "--models", shippedModels}, args...)...)
}

func TestPredictWritesOneRowForEveryRowInOrder(t *testing.T) {
	const n = 1000 // several chunks
	in := new(strings.Builder)
	for i := range n {
		in.WriteString(strings.Repeat("C", 1+i%7) + " m" + strconv.Itoa(i) + "\n")
		if i%10 == 3 {
			in.WriteString("C1CC broken\n")
		}
	}
	r := predictShipped(t, in.String(), "--model", "esol-gcn", "-")
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	rows, err := csv.NewReader(strings.NewReader(r.stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(in.String()), "\n")
	if len(rows) != 1+len(lines) {
		t.Fatalf("%d rows for %d lines", len(rows)-1, len(lines))
	}
	if want := []string{"smiles", "name", "logS", "status", "error_code", "error_message", "error_offset", "error_line"}; !slices.Equal(rows[0], want) {
		t.Errorf("header %q, want %q", rows[0], want)
	}
	for i, row := range rows[1:] {
		if row[0]+" "+row[1] != lines[i] {
			t.Fatalf("row %d is of %q, line is %q", i, row[:2], lines[i])
		}
		if broken := row[1] == "broken"; broken != (row[3] == "error") || broken != (row[2] == "") || broken && row[4] != "unclosed_ring" {
			t.Errorf("row %d: %q", i, row)
		}
	}
	if !strings.Contains(r.stderr, "1100 rows, 100 failed") {
		t.Errorf("stderr: %s", r.stderr)
	}
}

func TestPredictKeepsTheColumnsOfACSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "library.csv")
	if err := os.WriteFile(path, []byte("name,structure,logS\n\"a, b\",CCO,1\nc,not one,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := predictShipped(t, "", "--model", "esol-gcn@1", "--smiles-column", "structure", path)
	rows, err := csv.NewReader(strings.NewReader(r.stdout)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, exit %d: %s%s", err, r.code, r.stdout, r.stderr)
	}
	if want := []string{"name", "structure", "logS", "predicted_logS", "status"}; !slices.Equal(rows[0][:5], want) {
		t.Errorf("header %q", rows[0])
	}
	if rows[1][0] != "a, b" || rows[1][2] != "1" || rows[1][4] != "ok" || rows[2][4] != "error" {
		t.Errorf("%q", rows[1:])
	}
}

func TestPredictWritesTheRowsOfTheHTTPReply(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ndjson")
	r := predictShipped(t, `{"id":"x","smiles":"CCO"}`+"\n"+`{"smiles":"C(C"}`+"\n", "--model", "esol-gcn", "--format", "ndjson", "-o", out, "--strict")
	if r.code != exitFailed || !strings.Contains(r.stderr, "1 of 2 rows failed") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 2 {
		t.Fatalf("%q", lines)
	}
	var row struct {
		Index  int
		ID     string
		Status string
		Values map[string]float64
	}
	if err := json.Unmarshal([]byte(lines[0]), &row); err != nil || row.ID != "x" || row.Status != "ok" || row.Values["logS"] == 0 {
		t.Errorf("%s: %+v, %v", lines[0], row, err)
	}
	if want := `{"index":1,"status":"error","error":{"code":"unclosed_branch"`; !strings.HasPrefix(lines[1], want) {
		t.Errorf("%s", lines[1])
	}
}

func TestWrongUsageExitsWithTwo(t *testing.T) {
	for _, args := range [][]string{{"nonsense"}, {"predict", "-"}, {"predict", "--model", "esol-gcn", "a", "b"}, {"predict", "--nonsense"},
		{"predict", "--model", "esol-gcn", "--format", "pdf", "-"}, {"predict", "--model", "esol-gcn", "--output-format", "pdf", "-"},
		{"predict", "--model", "a b", "-"}, {"inspect", "--features", "ecfp", "-"}, {"inspect", "--hydrogens", "all", "-"},
		{"inspect", "--input", "pdf", "-"}, {"inspect", "--format", "xml", "-"}} {
		if r := runCommand(t, "", args...); r.code != exitUsage {
			t.Errorf("%q: exit %d, want 2 (%s)", args, r.code, r.stderr)
		}
	}
}

func TestFailuresExitWithOne(t *testing.T) {
	for _, args := range [][]string{{"predict", "--model", "no-such-model", "-"}, {"predict", "--model", "esol-gcn", "/no/such.smi"},
		{"predict", "--models", "/no/such", "--model", "esol-gcn", "-"}, {"inspect", "/no/such.smi"}} {
		if args[1] == "--model" {
			args = append(args, "--models", shippedModels)
		}
		if r := runCommand(t, "", args...); r.code != exitFailed || r.stderr == "" {
			t.Errorf("%q: exit %d, want 1 (%s)", args, r.code, r.stderr)
		}
	}
}

func TestAnOutputWhoseEndingNamesNoFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"x.foo", "x.tsv", "x.smi", "x.parquet.gz", "x.csv.tmp"} {
		output := filepath.Join(dir, name)
		r := predictShipped(t, "CCO\n", "--model", "esol-gcn", "--output", output, "-")
		if r.code != exitUsage || !strings.Contains(r.stderr, "--output "+output+": its ending names no format; .csv, ") || !strings.Contains(r.stderr, "--output-format") {
			t.Errorf("%s: exit %d: %s", name, r.code, r.stderr)
		}
		if _, err := os.Stat(output); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	for name, format := range map[string]string{"x.foo": "csv", "predicted": "", "predicted.gz": "", "X.CSV": ""} {
		output := filepath.Join(dir, name)
		if r := predictShipped(t, "CCO\n", "--model", "esol-gcn", "--output", output, "--output-format", format, "-"); r.code != 0 {
			t.Errorf("%s: exit %d: %s", name, r.code, r.stderr)
		}
	}
}

func TestAnOutputWithoutItsFolderIsRefusedByItsFlag(t *testing.T) {
	output := filepath.Join(t.TempDir(), "gone", "predicted.csv")
	r := runCommand(t, "CCO\n", "predict", "--models", shippedModels, "--model", "esol-gcn", "--output", output, "-")
	if r.code != exitFailed || !strings.Contains(r.stderr, "--output "+output+": its folder cannot be written to: ") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}
