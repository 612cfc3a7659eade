package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// How often progress is shown: a line that is written over on a terminal, a line more in a log.
const (
	onTerminal = 200 * time.Millisecond
	inLog      = 10 * time.Second
)

// progress shows how far a run is and says in the end how many rows failed.
type progress struct {
	out      io.Writer
	quiet    bool          // not even the end
	terminal bool          // one line, written over
	every    time.Duration // 0: nobody watches
	size     int64         // bytes of the input; 0: not known

	now       func() time.Time
	start     time.Time
	shown     time.Time
	rows      int   // that were done, those of an earlier run too
	read      int64 // bytes of the input up to them
	firstRow  int   // of this run
	firstByte int64
}

func newProgress(p *predictFlags, out io.Writer, size int64) *progress {
	g := &progress{out: out, quiet: p.quiet, size: size, now: time.Now}
	g.terminal = !p.quiet && term.IsTerminal(int(os.Stderr.Fd()))
	switch {
	case g.terminal:
		g.every = onTerminal
	case p.verbose && !p.quiet:
		g.every = inLog
	}
	return g
}

// begin starts the clock; so many rows were there before, up to this byte of the input.
func (g *progress) begin(rows int, read int64) {
	g.start = g.now()
	g.shown = g.start
	g.rows, g.read, g.firstRow, g.firstByte = rows, read, rows, read
}

// add counts rows that were written, and where the input stands behind them.
func (g *progress) add(rows int, read int64) {
	g.rows, g.read = g.rows+rows, read
	now := g.now()
	if g.every == 0 || now.Sub(g.shown) < g.every {
		return
	}
	g.shown = now
	// A terminal that cannot be written to must not stop the run.
	if g.terminal {
		fmt.Fprintf(g.out, "\r%s\x1b[K", g.line(now))
		return
	}
	fmt.Fprintf(g.out, "molserve: %s\n", g.line(now))
}

// line is such as "42 %, 12345 molecules, 2310/s, 3m20s left". Without a size nobody knows how much is left.
func (g *progress) line(now time.Time) string {
	took := now.Sub(g.start)
	var parts []string
	if g.size > 0 {
		parts = append(parts, fmt.Sprintf("%d %%", 100*min(g.read, g.size)/g.size))
	}
	parts = append(parts, fmt.Sprintf("%d molecules", g.rows))
	if took > 0 {
		parts = append(parts, fmt.Sprintf("%.0f/s", float64(g.rows-g.firstRow)/took.Seconds()))
	}
	if did := g.read - g.firstByte; g.size > 0 && did > 0 {
		left := time.Duration(float64(took) * float64(max(g.size-g.read, 0)) / float64(did))
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, ", ")
}

// clear takes the line off the terminal, before something else is written there.
func (g *progress) clear() {
	if g.terminal {
		fmt.Fprint(g.out, "\r\x1b[K")
	}
}

func (g *progress) done(t tally) {
	g.clear()
	if g.quiet {
		return
	}
	took := g.now().Sub(g.start).Seconds()
	fmt.Fprintf(g.out, "molserve: %d rows, %d failed, %.1f s", t.total, t.failed, took)
	if n := t.total - g.firstRow; n > 0 && took > 0 {
		fmt.Fprintf(g.out, ", %.0f/s", float64(n)/took)
	}
	if g.firstRow > 0 {
		fmt.Fprintf(g.out, "; %d rows were there before", g.firstRow)
	}
	fmt.Fprintln(g.out)
}
