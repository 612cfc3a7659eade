package serve

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// scan brings memory into step with the folder of models: for each model the highest version that
// proves itself serves. Only one scan runs at a time.
func (g *registry) scan(ctx context.Context) {
	folders, err := onnx.Discover(g.cfg.Models)
	if err != nil {
		g.cfg.Log.Warn("the folder of models cannot be read; what serves goes on", "cause", err)
		return
	}
	byName := g.note(folders)
	for _, name := range sortedKeys(byName) {
		if ctx.Err() != nil {
			return
		}
		g.settle(ctx, g.entries[name], byName[name])
	}
	g.scanned.Store(true)
}

// note makes entries for what is new and forgets versions whose folder is gone and that hold no
// memory. It returns the folders of each model, highest version first.
func (g *registry) note(folders []onnx.Folder) map[string][]onnx.Folder {
	g.mu.Lock()
	defer g.mu.Unlock()
	byName := map[string][]onnx.Folder{}
	for name := range g.entries {
		byName[name] = nil
	}
	for _, f := range folders {
		byName[f.Name] = append(byName[f.Name], f)
		e := g.entries[f.Name]
		if e == nil {
			e = &entry{name: f.Name, gate: newGate(g.cfg), versions: map[int]*version{}}
			g.entries[f.Name] = e
		}
		if e.versions[f.Version] == nil {
			e.versions[f.Version] = &version{number: f.Version, dir: f.Dir, state: stateUnloaded}
		}
	}
	for name, found := range byName {
		slices.SortFunc(found, func(a, b onnx.Folder) int { return b.Version - a.Version })
		g.entries[name].forget(found)
	}
	return byName
}

func (e *entry) forget(found []onnx.Folder) {
	for number, v := range e.versions {
		there := slices.ContainsFunc(found, func(f onnx.Folder) bool { return f.Version == number })
		if !there && (v.state == stateRefused || v.state == stateUnloaded) {
			delete(e.versions, number)
		}
	}
}

// settle loads the highest version that proves itself, unless it serves already. A refused version
// is tried again when its folder has changed. When the folder of the serving version is gone, the
// next best takes over; without one it serves on from memory.
func (g *registry) settle(ctx context.Context, e *entry, found []onnx.Folder) {
	active := e.active.Load()
	for _, f := range found {
		print := fingerprint(f.Dir)
		if active != nil && active.version == f.Version {
			g.compare(e, f, print)
			return
		}
		if g.refusedAlready(e, f.Version, print) {
			continue
		}
		if g.promote(ctx, e, f, print) {
			return
		}
	}
	if active != nil {
		g.set(e, active.version, stateReady, "its folder is gone; it serves from memory until another version is proved")
	}
}

// compare notes whether the serving version's folder is still what was loaded. Versions do not change:
// a new content is a new version.
func (g *registry) compare(e *entry, f onnx.Folder, print string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := e.versions[f.Version]
	reason := ""
	if v.print != print {
		reason = "its folder has changed since it was loaded; give a changed model a new version"
	}
	if reason != "" && v.reason == "" {
		g.cfg.Log.Warn("version changed on disk", "model", e.name, "version", f.Version, "reason", reason)
	}
	v.reason = reason
}

func (g *registry) refusedAlready(e *entry, number int, print string) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	v := e.versions[number]
	return v.state == stateRefused && v.print == print
}

// promote loads a version beside the one that serves, and flips to it when it has proved itself.
func (g *registry) promote(ctx context.Context, e *entry, f onnx.Folder, print string) bool {
	log := g.cfg.Log.With("model", e.name, "version", f.Version)
	g.set(e, f.Version, stateLoading, "")
	start := time.Now()
	m, certificate, err := loadGuarded(ctx, g.cfg.Load, f)
	if err != nil && ctx.Err() != nil { // the server is stopping: nothing was proved or disproved
		g.set(e, f.Version, stateUnloaded, "")
		return false
	}
	g.judge(e.versions[f.Version], verdict{print, m, certificate, err})
	if err != nil {
		log.Error("version refused", "cause", err, "took", time.Since(start))
		return false
	}
	g.flip(e, newSnapshot(m, e.name, f.Version))
	log.Info("version serves", "took", time.Since(start), "checks", checks(certificate))
	return true
}

// verdict is what came of loading a folder.
type verdict struct {
	print       string
	model       Predictor
	certificate *prove.Certificate
	err         error
}

// judge notes a verdict.
func (g *registry) judge(v *version, of verdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v.print, v.certificate = of.print, of.certificate
	if of.err != nil {
		v.state, v.reason = stateRefused, g.reason(of.err)
		return
	}
	v.state, v.reason, v.manifest = stateReady, "", of.model.Manifest()
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

// fingerprint changes when the manifest's text changes, or the size or time of any file beside it.
func fingerprint(dir string) string {
	h := sha256.New()
	manifest, _ := os.ReadFile(filepath.Join(dir, "manifest.json"))
	h.Write(manifest)
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if info, err := os.Stat(filepath.Join(dir, f.Name())); err == nil {
			fmt.Fprintf(h, "\x00%s %d %d", f.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return string(h.Sum(nil))
}
