package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"molserve/onnx/prove/store"
)

// runAsMain makes the test binary the command itself, which marks every chunk.
const runAsMain = "MOLSERVE_TEST_RUN"

// subprocess is the command line in a process of its own.
func subprocess(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), runAsMain+"=1")
	return c
}

// libraryFile writes n records in a form that predict reads; every tenth is refused.
func libraryFile(t *testing.T, form string, n int) string {
	t.Helper()
	var b strings.Builder
	if form == "csv" {
		b.WriteString("id,smiles,note\n")
	}
	for i := range n {
		smiles := strings.Repeat("C", 1+i%23) + []string{"O", "N", "c1ccccc1"}[i%3]
		if i%10 == 3 {
			smiles = "C1CC"
		}
		switch form {
		case "smi":
			fmt.Fprintf(&b, "%s m%d\n", smiles, i)
		case "csv":
			fmt.Fprintf(&b, "%d,%s,\"two\nlines, %d\"\n", i, smiles, i)
		case "ndjson":
			fmt.Fprintf(&b, "{\"id\":\"m%d\",\"smiles\":\"%s\"}\n", i, smiles)
		case "sdf":
			fmt.Fprintf(&b, "m%d\n  x\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    1.4000    0.0000    0.0000 O   0  0\n  1  2  %d\nM  END\n$$$$\n", i, 1+i%10)
		case "xyz":
			fmt.Fprintf(&b, "9\nid=m%d\nC 0 0 0\nC 1.5 0 0\nO 2.1 1.3 0\nH -0.4 1 0\nH -0.4 -0.5 0.9\nH -0.4 -0.5 -0.9\nH 1.9 -0.5 0.9\nH 1.9 -0.5 -0.9\nH %.4f 1.3 0.1\n", i, 3+float64(i%50)/1000)
		}
	}
	path := filepath.Join(t.TempDir(), "library."+form)
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// predicting is the command line that predicts a file; its certificate is in state.
func predicting(state, model, in, out string) []string {
	return []string{"predict", "--models", shippedModels, "--state", state, "--model", model, "--output", out, in}
}

// A run that is killed at random moments and resumed writes the bytes of one that was not, whatever the form.
func TestResumedOutputIsThatOfAnUninterruptedRun(t *testing.T) {
	state := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2)) // of rows; when after them is left to chance
	for _, c := range []struct {
		model, in, out string
		n              int
	}{
		{"esol-gcn", "smi", "csv", 12000}, {"esol-gcn", "csv", "csv", 12000}, {"esol-gcn", "ndjson", "ndjson", 12000}, {"esol-gcn", "sdf", "sdf", 12000},
		{"esol-gcn", "csv", "csv.gz", 30000}, {"esol-gcn", "smi", "ndjson.zst", 30000}, {"ethanol-egnn", "xyz", "extxyz", 2000},
	} {
		t.Run(c.in+" to "+c.out, func(t *testing.T) {
			in, dir := libraryFile(t, c.in, c.n), t.TempDir()
			whole, out := filepath.Join(dir, "whole."+c.out), filepath.Join(dir, "out."+c.out)
			if log, err := subprocess(predicting(state, c.model, in, whole)...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, log)
			}
			kills := 0
			for killed := true; killed; kills++ {
				signal := []os.Signal{syscall.SIGKILL, syscall.SIGTERM, os.Interrupt}[kills%3]
				rows := rowsIn(out) + 1 + random.IntN(c.n/3)
				killed = killedAt(t, subprocess(append(predicting(state, c.model, in, out), "--resume")...), out, rows, signal)
			}
			if kills < 2 {
				t.Error("the run was never interrupted")
			}
			sameFile(t, whole, out)
			if _, err := os.Stat(resumePath(out)); !os.IsNotExist(err) {
				t.Errorf("%s is left: %v", resumePath(out), err)
			}
			t.Logf("interrupted %d times", kills-1)
		})
	}
}

// rowsIn is how many rows the mark of an output has.
func rowsIn(out string) int {
	var r resumption
	text, _ := os.ReadFile(resumePath(out)) // none yet, or none any more
	json.Unmarshal(text, &r)
	return r.Rows
}

// killedAt ends a run some milliseconds after so many rows are marked; false: it came to its end before that.
func killedAt(t *testing.T, run *exec.Cmd, out string, rows int, signal os.Signal) bool {
	t.Helper()
	var log bytes.Buffer
	run.Stderr = &log
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %s", err, log.String())
			}
			return false
		case <-time.After(time.Millisecond):
		}
		if rowsIn(out) < rows {
			continue
		}
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		run.Process.Signal(signal)
		err := <-ended
		if err != nil && signal != syscall.SIGKILL && !strings.Contains(log.String(), "interrupted; ") {
			t.Fatalf("%v: %s", err, log.String())
		}
		_, gone := os.Stat(resumePath(out)) // a process may be killed behind its last row
		return err != nil && gone == nil
	}
}

func sameFile(t *testing.T, want, got string) {
	t.Helper()
	w, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	g, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(w, g) {
		at := 0
		for at < min(len(w), len(g)) && w[at] == g[at] {
			at++
		}
		t.Errorf("%s has %d bytes, %s %d; they differ from byte %d on: %q against %q", got, len(g), want, len(w), at, g[at:min(at+80, len(g))], w[at:min(at+80, len(w))])
	}
}

// interrupted leaves an output of which about half is written, by an input that breaks off.
func interrupted(t *testing.T) (in, out string, again func(args ...string) result) {
	t.Helper()
	every := checkpointEvery
	checkpointEvery = 0
	t.Cleanup(func() { checkpointEvery = every })
	path, dir := libraryFile(t, "smi", 3000), t.TempDir()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(text)
	w.Close()
	in, out = filepath.Join(dir, "library.smi.gz"), filepath.Join(dir, "out.csv")
	if err := os.WriteFile(in, z.Bytes()[:z.Len()/2], 0o644); err != nil {
		t.Fatal(err)
	}
	r := predictShipped(t, "", "--model", "esol-gcn", "--output", out, in)
	if r.code != exitFailed || !strings.Contains(r.stderr, "cut off or damaged") || !strings.Contains(r.stderr, "--resume goes on from there") {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	if err := os.WriteFile(in, z.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return in, out, func(args ...string) result {
		return predictShipped(t, "", append([]string{"--resume", "--output", out}, args...)...)
	}
}

func TestAnInputThatBreaksOffIsResumed(t *testing.T) {
	in, out, again := interrupted(t)
	if n := rowsIn(out); n == 0 || n%chunkSize != 0 {
		t.Errorf("%d rows are kept, not all whole chunks before the break", n)
	}
	f, err := os.OpenFile(out, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("CCC,torn li") // as a killed process may leave it
	f.Close()
	r := again("--model", "esol-gcn", in)
	if r.code != 0 || !strings.Contains(r.stderr, "3000 rows, 300 failed") || !strings.Contains(r.stderr, "rows were there before") {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	whole := filepath.Join(t.TempDir(), "whole.csv")
	if r := predictShipped(t, "", "--model", "esol-gcn", "--output", whole, in); r.code != 0 {
		t.Fatal(r.stderr)
	}
	sameFile(t, whole, out)
	if r = again("--model", "esol-gcn", in); r.code != exitFailed || !strings.Contains(r.stderr, "it is finished") {
		t.Errorf("a finished output: exit %d: %s", r.code, r.stderr)
	}
}

// swapProgram has the mark of an output say that another executable wrote it.
func swapProgram(t *testing.T, out string) {
	t.Helper()
	program, err := store.Program()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(resumePath(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(resumePath(out), bytes.ReplaceAll(text, []byte(program), []byte("0")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Another model, other flags, other records, another output: nothing is written, and the reason is said.
func TestResumeRefusesAnotherRun(t *testing.T) {
	in, out, again := interrupted(t)
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.smi")
	text := "C\n" + strings.Repeat("CCO\n", 3000)
	if err := os.WriteFile(other, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short.smi")
	if err := os.WriteFile(short, []byte("C\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	columns := filepath.Join(t.TempDir(), "columns.csv")
	if err := os.WriteFile(columns, []byte("smiles,x\nC,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"its model was esol-gcn@1 and is esol-dmpnn@1", []string{"--model", "esol-dmpnn", in}},
		{"its standardize was [] and is [neutralize]", []string{"--model", "esol-gcn", "--standardize", "neutralize", in}},
		{"its output_format was csv and is ndjson", []string{"--model", "esol-gcn", "--output-format", "ndjson", in}},
		{"its columns was [smiles name] and is [smiles x]", []string{"--model", "esol-gcn", columns}},
		{"records of the input are not those that were predicted", []string{"--model", "esol-gcn", other}},
		{"the input has 1 records", []string{"--model", "esol-gcn", short}},
	} {
		if r := again(c.args...); r.code != exitFailed || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%v: exit %d: %s", c.args, r.code, r.stderr)
		}
		if after, _ := os.ReadFile(out); !bytes.Equal(before, after) {
			t.Fatalf("%v wrote", c.args)
		}
	}
	for name, spoil := range map[string]func(){
		"is not what": func() { os.WriteFile(out, bytes.ToUpper(before), 0o644) },
		fmt.Sprintf("it has %d bytes, not the", len(before)/2): func() { os.WriteFile(out, before[:len(before)/2], 0o644) },
		"is gone, of which":        func() { os.Remove(out) },
		"its molserve_sha256 was ": func() { swapProgram(t, out) },
		"cannot be read":           func() { os.WriteFile(resumePath(out), []byte(`{"resume":9}`), 0o644) },
		"it is finished":           func() { os.Remove(resumePath(out)) },
	} {
		sidecar, _ := os.ReadFile(resumePath(out))
		spoil()
		if r := again("--model", "esol-gcn", in); r.code != exitFailed || !strings.Contains(r.stderr, name) {
			t.Errorf("%s: exit %d: %s", name, r.code, r.stderr)
		}
		os.WriteFile(out, before, 0o644)
		os.WriteFile(resumePath(out), sidecar, 0o644)
	}
	for _, args := range [][]string{{in}, {"--output", "-", in}, {"--output", os.DevNull, in}} {
		if r := predictShipped(t, "", append([]string{"--model", "esol-gcn", "--resume"}, args...)...); r.code != exitUsage || !strings.Contains(r.stderr, "--resume needs a file") {
			t.Errorf("%v: exit %d: %s", args, r.code, r.stderr)
		}
	}
}

// Without --resume an output is written anew, whatever was left beside it.
func TestWithoutResumeTheOutputIsWrittenAnew(t *testing.T) {
	in, out, again := interrupted(t)
	if r := predictShipped(t, "", "--model", "esol-gcn", "--quiet", "--output", out, in); r.code != 0 || r.stderr != "" {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	if n := strings.Count(string(must(os.ReadFile(out))), "\n"); n != 3001 {
		t.Errorf("%d lines", n)
	}
	os.Remove(out)
	if r := again("--model", "esol-gcn", in); r.code != 0 || strings.Contains(r.stderr, "there before") { // nothing to resume: it begins
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

// FuzzReadResumption: whatever stands in the file, no panic, and a mark only of a run that is the same.
func FuzzReadResumption(f *testing.F) {
	good, err := json.Marshal(&resumption{Resume: resumeForm, identity: identity{Model: "a@1", Columns: []string{"smiles"}, Standardize: []string{}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"resume":1,"rows":-1}`))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out := filepath.Join(t.TempDir(), "out.csv")
		if err := os.WriteFile(resumePath(out), data, 0o644); err != nil {
			t.Fatal(err)
		}
		id := identity{Model: "a@1", Columns: []string{"smiles"}, Standardize: []string{}}
		m, err := readResumption(out, id)
		if err == nil && (m.Rows < 0 || m.Bytes != 0) {
			t.Errorf("%+v without an output", m)
		}
	})
}
