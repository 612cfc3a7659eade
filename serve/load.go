package serve

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// Loader opens a version and proves it. On an error there is no Predictor, and a
// certificate when it was the proof that failed.
type Loader func(ctx context.Context, f onnx.Folder) (Predictor, *prove.Certificate, error)

// failure tells the checks that do not hold.
func failure(c *prove.Certificate) error {
	var failed []error
	for _, k := range c.Failed() {
		text := strings.TrimRight(k.Detail+"; "+k.Worst, "; ")
		failed = append(failed, fmt.Errorf("check %q failed: measured %.3g, bound %.3g: %s", k.Name, k.Measured, k.Bound, text))
	}
	return errors.Join(failed...)
}

// loadGuarded makes a panic of the loader the error of this one version.
func loadGuarded(ctx context.Context, load Loader, f onnx.Folder) (m Predictor, c *prove.Certificate, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, &panicError{value: p, stack: debug.Stack()}
		}
	}()
	return load(ctx, f)
}

// open loads a version beside the one that serves. What does not prove itself is refused, and the error
// says why in words that a caller may read. It runs in run's goroutine.
func (g *registry) open(ctx context.Context, e *entry, f onnx.Folder, asked bool) error {
	log := g.cfg.Log.With("model", e.name, "version", f.Version)
	print := fingerprint(f.Dir)
	g.mu.Lock()
	v := e.versions[f.Version]
	v.state, v.reason = stateLoading, ""
	g.mu.Unlock()
	start := time.Now()
	m, certificate, err := loadGuarded(ctx, g.cfg.Load, f)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && ctx.Err() != nil { // the server is stopping: nothing was proved or disproved
		v.state = stateUnloaded
		return errStopping
	}
	v.print, v.certificate = print, certificate
	if err != nil {
		v.state, v.reason = stateRefused, g.reason(err)
		g.metrics.refused[reasonOf(err, certificate)].Inc()
		log.Error("version refused", "cause", err, "took", time.Since(start))
		return refuse(codeVersionRefused, "version %d of %s: %s", f.Version, e.name, v.reason)
	}
	v.state, v.manifest, v.asked = stateReady, m.Manifest(), asked
	e.loaded[f.Version] = newSnapshot(m, e.name, f.Version, g.cfg, g.metrics)
	log.Info("version loaded", "took", time.Since(start), "checks", checks(certificate))
	return nil
}

func checks(c *prove.Certificate) int {
	if c == nil {
		return 0
	}
	return len(c.Checks)
}

// reason is what a refused version's readers may know: the error, with paths inside the folder of models.
func (g *registry) reason(err error) string {
	var p *panicError
	if errors.As(err, &p) {
		return "the loader failed in an unforeseen way; the server's log has the cause"
	}
	return strings.ReplaceAll(err.Error(), strings.TrimSuffix(g.cfg.Models, "/")+"/", "")
}

// spell writes a version as requests and answers do.
func spell(number int) string { return strconv.Itoa(number) }
