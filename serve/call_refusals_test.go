package serve

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A full house has ten lines a second in the log, and one that says how many were left out; no other request loses
// its line, and with the level debug none does.
func TestRefusalsOfAFullHouseAreCountedInTheLog(t *testing.T) {
	for level, want := range map[slog.Level]struct{ lines, told int }{slog.LevelInfo: {10, 1}, slog.LevelDebug: {1000, 0}, slog.LevelError: {0, 0}} {
		t.Run(level.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				s := New(Config{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))})
				finish := func(model string, err error, n int) {
					for range n {
						o := &call{err: err, protocol: overHTTP, begun: time.Now()}
						o.model = model
						s.finish(t.Context(), o)
					}
				}
				finish("a", queueFull(0), 990)
				finish("b", queueFull(0), 10)
				finish("a", nil, 30)
				finish("a", refuse(codeRateLimited, "later"), 20)
				time.Sleep(refusalSpan)
				synctest.Wait()
				log := out.String()
				if n := strings.Count(log, "code=queue_full cause") + strings.Count(log, "code=queue_full took"); n != want.lines {
					t.Errorf("%d lines of refusals, want %d", n, want.lines)
				}
				told := strings.Count(log, `msg="requests refused without a line each" code=queue_full model=a requests=980 within=1s`) +
					strings.Count(log, `msg="requests refused without a line each" code=queue_full model=b requests=10 within=1s`)
				if told != 2*want.told || level < slog.LevelError && (strings.Count(log, "code=ok") != 30 || strings.Count(log, "code=rate_limited") != 20) {
					t.Errorf("the log tells of %d models; %s", told, log)
				}
				out.Reset()
				finish("a", queueFull(0), 12) // a span of its own, which the end of the server cuts short
				s.refusals.tell()
				if told := strings.Contains(out.String(), "requests=2 "); told != (want.told > 0) {
					t.Error(out.String())
				}
			})
		})
	}
}

// A span in which nothing was left out has no line about it.
func TestFewRefusalsHaveTheirLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := refusalLog{log: slog.New(slog.NewTextHandler(&out, nil))}
		for range 30 {
			if !r.line(context.Background(), "a") {
				t.Error("left out")
			}
			time.Sleep(refusalSpan / refusalLines)
		}
		if r.tell(); out.Len() != 0 {
			t.Error(out.String())
		}
	})
}
