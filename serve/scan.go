package serve

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"molserve/onnx"
)

// scan brings memory into step with the folder of models, by each model's policy. A scan runs in run's
// goroutine.
func (g *registry) scan(ctx context.Context) {
	folders, err := onnx.Discover(g.cfg.Models)
	if err != nil {
		g.metrics.scanFailures.Inc()
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
	g.warnOverlooked()
}

// warnOverlooked says once of each folder that looks like a model why it is none.
func (g *registry) warnOverlooked() {
	found := onnx.Overlooked(g.cfg.Models)
	for _, text := range found {
		if !slices.Contains(g.overlooked, text) {
			g.cfg.Log.Warn("not a model", "reason", text)
		}
	}
	g.overlooked = found
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
			e = newEntry(g.cfg, f.Name)
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
		if !there(found, number) && (v.state == stateRefused || v.state == stateUnloaded) {
			delete(e.versions, number)
			e.past = without(e.past, number)
		}
	}
}

func there(found []onnx.Folder, number int) bool {
	return slices.ContainsFunc(found, func(f onnx.Folder) bool { return f.Version == number })
}

// settle has the version serve that the policy wants: the pinned one, or the highest that proves itself.
// A refused version is tried again when its folder has changed. The serving version serves on from
// memory when its folder is gone and no other takes over; what is kept beside it goes with its folder.
// The error tells what was refused on the way.
func (g *registry) settle(ctx context.Context, e *entry, found []onnx.Folder) error {
	var refused []error
	served := false
	for _, f := range g.candidates(e, found) {
		print := fingerprint(f.Dir)
		if served = g.turnByPolicy(e, f); served {
			break
		}
		if g.refusedAlready(e, f.Version, print) {
			continue
		}
		if err := g.open(ctx, e, f, false); err != nil {
			refused = append(refused, err)
			continue
		}
		if served = g.turnByPolicy(e, f); served {
			break
		}
	}
	g.tidy(e, found)
	return refusals(refused)
}

// candidates are the folders that may serve, the best first.
func (g *registry) candidates(e *entry, found []onnx.Folder) []onnx.Folder {
	g.mu.RLock()
	defer g.mu.RUnlock()
	switch {
	case e.held:
		return nil
	case e.pin == 0:
		return found
	}
	i := slices.IndexFunc(found, func(f onnx.Folder) bool { return f.Version == e.pin })
	if i < 0 {
		return nil
	}
	return found[i : i+1]
}

// turnByPolicy turns to a version that is in memory, unless a call has changed what is wanted meanwhile:
// then it takes the version out of memory again. It tells whether nothing is left to do.
func (g *registry) turnByPolicy(e *entry, f onnx.Folder) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := e.loaded[f.Version]
	if s == nil {
		return false
	}
	if e.held || e.pin != 0 && e.pin != f.Version {
		g.trim(e)
		return true
	}
	g.turn(e, s, causeFolder)
	return true
}

// tidy looks after what is in memory: versions whose folder has changed or is gone.
func (g *registry) tidy(e *entry, found []onnx.Folder) {
	prints := map[int]string{}
	for _, f := range found {
		if g.inMemory(e, f.Version) {
			prints[f.Version] = fingerprint(f.Dir)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for number, s := range e.loaded {
		switch active := s == e.active.Load(); {
		case there(found, number):
			g.compare(e, e.versions[number], prints[number])
		case active:
			e.versions[number].reason = "its folder is gone; it serves from memory until another version is proved"
		default:
			g.retire(e, s, "")
		}
	}
}

func (g *registry) inMemory(e *entry, number int) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return e.loaded[number] != nil
}

// compare notes whether a loaded version's folder is still what was loaded. Versions do not change: a new
// content is a new version. It is called under mu.
func (g *registry) compare(e *entry, v *version, print string) {
	reason := ""
	if print != "" && v.print != print {
		reason = "its folder has changed since it was loaded; give a changed model a new version"
	}
	if reason != "" && v.reason == "" {
		g.cfg.Log.Warn("version changed on disk", "model", e.name, "version", v.number, "reason", reason)
	}
	v.reason = reason
}

func (g *registry) refusedAlready(e *entry, number int, print string) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	v := e.versions[number]
	return v.state == stateRefused && v.print == print
}

// fingerprint changes when the manifest's text changes, or the size or time of any file beside it, or whether it can be read.
func fingerprint(dir string) string {
	h := sha256.New()
	manifest, _ := os.ReadFile(filepath.Join(dir, "manifest.json"))
	h.Write(manifest)
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if info, err := os.Stat(filepath.Join(dir, f.Name())); err == nil {
			fmt.Fprintf(h, "\x00%s %d %d %t", f.Name(), info.Size(), info.ModTime().UnixNano(), readable(filepath.Join(dir, f.Name()), info))
		}
	}
	return string(h.Sum(nil))
}

// readable tells whether a file can be opened. Only regular ones are tried: a pipe would wait for its writer.
func readable(path string, info os.FileInfo) bool {
	if !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
