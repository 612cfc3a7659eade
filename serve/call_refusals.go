package serve

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// refusalLines of full houses have a line of their own in the log, of each refusalSpan. An overloaded server must not
// be busy writing that it is: the others are counted, and one line a model tells how many there were. Whatever got in
// has its line.
const (
	refusalLines = 10
	refusalSpan  = time.Second
)

// refusalLog has those of the current span.
type refusalLog struct {
	log *slog.Logger

	mu      sync.Mutex
	begun   time.Time
	lines   int
	leftOut map[string]int // by model
	timer   *time.Timer    // tells what was left out at the end of the span; nil: nothing was
}

// line tells whether a refusal by a model's gate has its line; otherwise it is counted. With the level debug all have.
func (r *refusalLog) line(ctx context.Context, model string) bool {
	if r.log.Enabled(ctx, slog.LevelDebug) {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer == nil && time.Since(r.begun) >= refusalSpan {
		r.begun, r.lines = time.Now(), 0
	}
	if r.lines < refusalLines {
		r.lines++
		return true
	}
	if r.timer == nil {
		r.leftOut = map[string]int{}
		r.timer = time.AfterFunc(refusalSpan-time.Since(r.begun), r.tell)
	}
	r.leftOut[model]++
	return false
}

// tell writes what was left out so far.
func (r *refusalLog) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer == nil {
		return
	}
	r.timer.Stop()
	for _, model := range slices.Sorted(maps.Keys(r.leftOut)) {
		r.log.Info("requests refused without a line each", "code", codeQueueFull, "model", model, "requests", r.leftOut[model], "within", time.Since(r.begun))
	}
	r.timer, r.leftOut, r.begun = nil, nil, time.Time{}
}
