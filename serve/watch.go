package serve

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"molserve/onnx"
)

// settleTime lets a burst of file events pass before a scan.
const settleTime = 100 * time.Millisecond

// run scans until ctx ends: at once, on hints of the file system, and every Poll, because network
// file systems give no hints and inotify may lose some. Between scans it does the jobs of calls.
func (g *registry) run(ctx context.Context) {
	defer close(g.ended)
	w := g.watch()
	defer w.close()
	poll := time.NewTicker(g.cfg.Poll)
	defer poll.Stop()
	for {
		w.follow(g.cfg.Models)
		g.scan(ctx)
		g.announce()
		if !g.wait(ctx, w, poll.C) {
			return
		}
	}
}

// announce calls OnReady after the first scan. Only run's goroutine is here.
func (g *registry) announce() {
	if g.cfg.OnReady == nil || g.announced || !g.scanned.Load() {
		return
	}
	g.announced = true
	var serving []*onnx.Manifest
	for _, name := range sortedKeys(g.entries) {
		if s := g.entries[name].active.Load(); s != nil {
			serving = append(serving, s.model.Manifest())
		}
	}
	g.cfg.OnReady(serving)
}

// watcher turns file events into hints. Without a file system that has events it only polls.
type watcher struct {
	*fsnotify.Watcher
	events <-chan fsnotify.Event
	errors <-chan error
}

func (g *registry) watch() watcher {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		g.cfg.Log.Warn("no file events; new versions are found by polling", "poll", g.cfg.Poll, "cause", err)
		return watcher{}
	}
	return watcher{w, w.Events, w.Errors}
}

func (w watcher) close() {
	if w.Watcher != nil {
		w.Close()
	}
}

// follow watches root, the models in it and their versions. What cannot be watched is polled.
func (w watcher) follow(root string) {
	if w.Watcher == nil {
		return
	}
	w.Add(root)
	for _, model := range folders(root) {
		w.Add(model)
		for _, version := range folders(model) {
			w.Add(version)
		}
	}
}

func folders(dir string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() {
			continue
		}
		paths = append(paths, filepath.Join(dir, e.Name()))
	}
	return paths
}

// wait returns true when it is time to scan, false when ctx has ended.
func (g *registry) wait(ctx context.Context, w watcher, poll <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case j := <-g.jobs:
			g.work(ctx, j)
		case <-poll:
			return true
		case <-w.errors: // an overflow: events were lost
			return true
		case e := <-w.events:
			if e.Op != fsnotify.Chmod {
				return w.drain(ctx)
			}
		}
	}
}

// drain swallows the events of settleTime.
func (w watcher) drain(ctx context.Context) bool {
	quiet := time.NewTimer(settleTime)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-w.events:
		case <-quiet.C:
			return true
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
