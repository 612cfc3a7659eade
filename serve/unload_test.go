package serve

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess/graph"
)

// named is a Predictor that has a manifest and can be closed; nothing else of it is called.
type named struct {
	Predictor
	open *atomic.Int64
}

func (n named) Manifest() *onnx.Manifest { return &onnx.Manifest{} }

func (n named) Close() error {
	n.open.Add(-1)
	return nil
}

// idle is a Predictor that may be named and never called.
type idle struct{ Predictor }

func (idle) Network() onnx.Network { return unasked{} }

func (idle) LoadOf(*graph.Graph) onnx.Load { return onnx.Load{} }

func (idle) Concurrency() int { return 2 }
func (idle) Beside() int      { return 1 }

func (idle) Batch() onnx.BatchLimits { return onnx.BatchLimits{Graphs: 4} }

func (idle) Fits(onnx.Load) bool { return false }

func (idle) PredictBatch(context.Context, []*graph.Graph) ([]onnx.Row, error) { return nil, nil }

type unasked struct{ onnx.Network }

func (unasked) LoadOf([]graph.Tensor) onnx.Load { return onnx.Load{} }

func (unasked) Run(context.Context, [][]graph.Tensor) ([][]graph.Tensor, error) { return nil, nil }

// runRegistry scans a folder with versions of m until the test ends; bad, while true, refuses all.
func runRegistry(t *testing.T, bad *atomic.Bool, numbers ...int) (g *registry, open *atomic.Int64) {
	t.Helper()
	root := t.TempDir()
	for _, n := range numbers {
		dir := filepath.Join(root, "m", strconv.Itoa(n))
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "manifest.json"), nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	open = &atomic.Int64{}
	ready := make(chan struct{})
	g = newRegistry(Config{Models: root, Poll: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler), OnReady: func([]*onnx.Manifest) { close(ready) },
		Load: func(context.Context, onnx.Folder) (Predictor, *prove.Certificate, error) {
			if bad.Load() {
				return nil, nil, errors.New("bad")
			}
			open.Add(1)
			return named{Predictor: idle{}, open: open}, nil, nil
		}}.withDefaults())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { g.run(ctx); close(ended) }()
	t.Cleanup(func() {
		stop()
		<-ended
		g.close()
		if n := open.Load(); n != 0 {
			t.Errorf("%d are open", n)
		}
	})
	<-ready
	return g, open
}

func codeOf(err error) code {
	if err == nil {
		return ""
	}
	return explain(err).code
}

func TestUnloadedModelStaysOutUntilItIsLoaded(t *testing.T) {
	g, open := runRegistry(t, &atomic.Bool{}, 1, 2)
	_, s, err := g.lease("m", "")
	if err != nil || s.version != 2 {
		t.Fatal(err)
	}
	if err := g.unload(t.Context(), "m"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // ten scans
	if _, _, err := g.lease("m", ""); codeOf(err) != codeUnloaded {
		t.Errorf("leased after unload: %v", err)
	}
	if _, _, err := g.lease("m", "2"); codeOf(err) != codeUnknownVersion {
		t.Errorf("leased by its number after unload: %v", err)
	}
	if open.Load() != 1 {
		t.Error("closed under a lease")
	}
	s.release()
	if err := g.load(t.Context(), "m"); err != nil {
		t.Fatal(err)
	}
	if _, s, err = g.lease("m", ""); err != nil || s.version != 2 {
		t.Fatal(err)
	}
	s.release()
	if codeOf(g.load(t.Context(), "x")) != codeUnknownModel || codeOf(g.unload(t.Context(), "x")) != codeUnknownModel {
		t.Error("a model that is not there")
	}
}

func TestLoadTriesRefusedVersionsAgainAndSaysWhyTheyAre(t *testing.T) {
	bad := &atomic.Bool{}
	bad.Store(true)
	g, _ := runRegistry(t, bad, 1)
	if err := g.load(t.Context(), "m"); codeOf(err) != codeVersionRefused {
		t.Errorf("load: %v", err)
	}
	bad.Store(false)
	if err := g.load(t.Context(), "m"); err != nil {
		t.Error(err)
	}
	if _, s, err := g.lease("m", "1"); err != nil {
		t.Error(err)
	} else {
		s.release()
	}
}

func TestCallerWhoLeavesIsNotWaitedFor(t *testing.T) {
	g := newRegistry(Config{}.withDefaults()) // no goroutine does its jobs
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for range maxJobs {
		if err := g.submit(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := g.submit(ctx, nil); codeOf(err) != codeQueueFull {
		t.Errorf("one load too many: %v", err)
	}
}
