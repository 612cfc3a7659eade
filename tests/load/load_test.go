package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is two programs: the bare route, and the tests.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		bare()
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// small runs the tool with small counts against a binary that it builds, and returns its report. What depends on the
// machine's speed is not held here.
func small(t *testing.T, words ...string) report {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "molserve")
	build := exec.Command("go", "build", "-o", binary, "./cmd/molserve")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	models := filepath.Join(t.TempDir(), "models") // one, which is soon proved
	if err := os.CopyFS(filepath.Join(models, quickest), os.DirFS(filepath.Join(root, "exported_models", quickest))); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-server", binary, "-models", models, "-smiles", filepath.Join(root, "tests/testdata/druglike.smi"),
		"-json", "-names", "esol-gcn", "-model", "esol-gcn", "-rounds", "2", "-slice", "20ms", "-minutes", "0.03", "-saturate", "500ms",
		"-leavers", "200", "-dawdlers", "50", "-terms", "4"}, words...)
	var out bytes.Buffer
	if _, err := run(args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	if len(r.Bars) == 0 {
		t.Fatal("nothing was held")
	}
	return r
}

// must wants the bars whose names hold a text to pass.
func (r *report) must(t *testing.T, text string) {
	t.Helper()
	found := false
	for _, b := range r.Bars {
		if strings.Contains(b.Name, text) {
			if found = true; !b.Pass {
				t.Errorf("%s: %s, the bar is %s", b.Name, b.Measured, b.Bar)
			}
		}
	}
	if !found {
		t.Errorf("there is no bar %q", text)
	}
}

func TestSpeedMeasuresEveryBar(t *testing.T) {
	r := small(t, "speed")
	if len(r.Bars) != 6 {
		t.Errorf("%d bars: %+v", len(r.Bars), r.Bars)
	}
	for _, b := range r.Bars {
		if b.Clock == nil || b.Clock.Pairs != 2 || !(b.Clock.Median > 0) {
			t.Errorf("%s: %+v", b.Name, b.Clock)
		}
	}
}

func TestOverloadIsAnsweredOrRefused(t *testing.T) {
	r := small(t, "overload")
	r.must(t, "answered otherwise")
}

func TestLeaversLeaveNothing(t *testing.T) {
	r := small(t, "leavers")
	r.must(t, "goroutines")
	r.must(t, "descriptors")
	r.must(t, "the next is answered")
}

func TestDawdlersAreMeasured(t *testing.T) {
	if r := small(t, "dawdlers"); len(r.Bars) != 1 || !(r.Bars[0].Clock.Median > 0) {
		t.Errorf("%+v", r.Bars)
	}
}

func TestSIGTERMAtRandomMoments(t *testing.T) {
	r := small(t, "sigterm")
	r.must(t, "SIGTERM")
}

func TestWordsAreChecked(t *testing.T) {
	for _, args := range [][]string{{}, {"fast"}, {"speed", "nothing"}, {"-rounds", "x", "speed"}} {
		if pass, err := run(args, io.Discard, io.Discard); err == nil || pass {
			t.Errorf("%v: %v, %v", args, pass, err)
		}
	}
	if words, err := wordsOf([]string{"load"}); err != nil || len(words) != 4 {
		t.Errorf("%v, %v", words, err)
	}
}
