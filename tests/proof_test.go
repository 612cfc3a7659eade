package tests

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/onnx/prove/child"
	"molserve/onnx/prove/mapped"
	"molserve/onnx/prove/store"
	"molserve/serve"
)

// quiet is a Proof whose certificates are kept in dir.
func quiet(t *testing.T, dir string) *serve.Proof {
	t.Helper()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &serve.Proof{Store: s, Log: slog.New(slog.DiscardHandler)}
}

// load loads a folder as a server does and closes what it gets.
func load(t *testing.T, p *serve.Proof, dir string) (*prove.Certificate, error) {
	t.Helper()
	m, c, err := p.Load(t.Context(), onnx.Folder{Name: swapModel, Version: 1, Dir: dir})
	if m != nil {
		m.Close()
	}
	if (m == nil) != (err != nil) {
		t.Fatalf("%v with %v", m, err)
	}
	return c, err
}

func TestAStartIsProvedOnceAndGoldenAnswersAlways(t *testing.T) {
	onnxtest.Start(t)
	before := goleak.IgnoreCurrent()
	dir, state := filepath.Join("../exported_models", swapModel, "1"), t.TempDir()
	fresh, err := load(t, quiet(t, state), dir)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := load(t, quiet(t, state), dir)
	if err != nil {
		t.Fatal(err)
	}
	if fresh.Source != prove.Fresh || fresh.Where != prove.Child || kept.Source != prove.Kept || kept.Key != fresh.Key || len(fresh.Key) != 64 || !kept.When.Equal(fresh.When) {
		t.Errorf("fresh %+v\nkept %+v", fresh, kept)
	}
	for _, c := range []*prove.Certificate{fresh, kept} {
		var rows []string
		for _, k := range c.Repeated {
			rows = append(rows, k.Name)
		}
		if !slices.Contains(rows, "golden values") || slices.Contains(rows, "permutation") || len(c.Checks) <= len(rows) {
			t.Errorf("repeated %q", rows)
		}
	}
	full := quiet(t, state)
	full.Verify = serve.VerifyFull
	if c, err := load(t, full, dir); err != nil || c.Source != prove.Fresh || c.When.Equal(fresh.When) {
		t.Errorf("%v, %+v", err, c)
	}
	goleak.VerifyNone(t, before)
}

// A library that the loader found by its name is replaced: what was proved with it is proved again.
func TestAStartAfterAnUpdateOfALibraryProvesAgain(t *testing.T) {
	onnxtest.Start(t)
	there, _, err := mapped.Here()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(there, func(p string) bool { return strings.HasPrefix(filepath.Base(p), "libgcc_s") })
	if i < 0 {
		t.Skipf("ONNX Runtime links to no libgcc_s here, but to %v", there)
	}
	text, err := os.ReadFile(there[i])
	if err != nil {
		t.Fatal(err)
	}
	found := filepath.Join(t.TempDir(), filepath.Base(there[i]))
	install := func(end string) {
		if err := os.WriteFile(found+".new", append(slices.Clone(text), end...), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(found+".new", found); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // what changes as a proof begins is not believed
	}
	t.Setenv("LD_LIBRARY_PATH", filepath.Dir(found))
	dir, state := filepath.Join("../exported_models", swapModel, "1"), t.TempDir()
	for _, step := range []struct{ end, source string }{{"1", prove.Fresh}, {"1", prove.Kept}, {"2", prove.Fresh}, {"2", prove.Kept}} {
		install(step.end)
		c, err := load(t, quiet(t, state), dir)
		if err != nil {
			t.Fatal(err)
		}
		if c.Source != step.source || !slices.ContainsFunc(c.Libraries, func(l prove.Library) bool { return l.Path == found }) {
			t.Errorf("with %s: %s, want %s; %v in %+v", step.end, c.Source, step.source, c.Passing, c.Libraries)
		}
	}
}

// The network has changed, its certificate has not: neither another network nor other golden answers
// find it, and what is kept of a refused model is nothing.
func TestACertificateIsNeverOfAnotherModel(t *testing.T) {
	onnxtest.Start(t)
	state, root := t.TempDir(), t.TempDir()
	copyModel(t, 1).seal().publish(t, root, 1)
	dir := filepath.Join(root, swapModel, "1")
	if _, err := load(t, quiet(t, state), dir); err != nil {
		t.Fatal(err)
	}
	wrong := copyModel(t, 1)
	wrong.files["golden.json"] = []byte("{}")
	other := t.TempDir()
	wrong.seal().publish(t, other, 1)
	for range 2 {
		c, err := load(t, quiet(t, state), filepath.Join(other, swapModel, "1"))
		if err == nil || c == nil || c.OK || c.Source != prove.Fresh || !strings.Contains(err.Error(), "golden file") {
			t.Errorf("%v, %+v", err, c)
		}
	}
	if entries, _ := os.ReadDir(state); len(entries) != 1 {
		t.Errorf("%d certificates are kept", len(entries))
	}
}

func TestFastVerificationIsKeptByNobody(t *testing.T) {
	onnxtest.Start(t)
	state := t.TempDir()
	p := quiet(t, state)
	p.Verify, p.Budget = serve.VerifyFast, time.Nanosecond
	c, err := load(t, p, filepath.Join("../exported_models", swapModel, "1"))
	if err != nil || !c.OK || !slices.ContainsFunc(c.NotProved, func(s string) bool { return strings.HasPrefix(s, "reference: left out") }) {
		t.Errorf("%v, %+v", err, c)
	}
	if entries, _ := os.ReadDir(state); len(entries) != 0 {
		t.Errorf("kept: %v", entries)
	}
}

func TestAProofThatRunsOutOfTimeOrMemoryIsARefusal(t *testing.T) {
	onnxtest.Start(t)
	dir := filepath.Join("../exported_models", swapModel, "1")
	p := quiet(t, "")
	p.Child.Timeout = time.Millisecond
	if _, err := load(t, p, dir); !errors.Is(err, child.ErrDeadline) {
		t.Errorf("%v", err)
	}
	p = quiet(t, "")
	p.Child.Memory = 16 << 20
	if _, err := load(t, p, dir); !errors.Is(err, child.ErrMemory) {
		t.Errorf("%v", err)
	}
}

// The server of the binary itself proves in children and says so.
func TestTheBinaryServesTheCertificateOfAChild(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	for _, source := range []string{prove.Fresh, prove.Kept} {
		p := startProcess(t, "--state", state)
		reply, err := http.Get(p.base + "/v1/models/" + swapModel + "/versions/1")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		var view struct {
			State       string
			Certificate map[string]any
		}
		if err == nil {
			err = json.Unmarshal(text, &view)
		}
		if err != nil {
			t.Fatal(err)
		}
		c := view.Certificate
		if view.State != "ready" || c["where"] != "child process" || c["source"] != source || c["ok"] != true || c["key"] == "" {
			t.Errorf("%s", text)
		}
		for _, key := range []string{"checks", "repeated", "when", "took_seconds", "library", "machine"} {
			if c[key] == nil {
				t.Errorf("no %s among %v", key, slices.Sorted(maps.Keys(c)))
			}
		}
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
}
