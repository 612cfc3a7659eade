package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress counts rows on a terminal and says in the end how many failed.
type progress struct {
	bar   *progressbar.ProgressBar // nil: nobody watches
	quiet bool
	out   io.Writer
	start time.Time
}

func newProgress(quiet bool, out io.Writer) *progress {
	p := &progress{quiet: quiet, out: out, start: time.Now()}
	if !quiet && term.IsTerminal(int(os.Stderr.Fd())) {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(out), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("records"), progressbar.OptionShowCount(),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

func (p *progress) add(rows int) {
	if p.bar != nil {
		p.bar.Add(rows) // a terminal that cannot be written to must not stop the run
	}
}

func (p *progress) done(t tally) {
	if p.bar != nil {
		p.bar.Finish()
	}
	if !p.quiet {
		fmt.Fprintf(p.out, "molserve: %d rows, %d failed, %.1f s\n", t.total, t.failed, time.Since(p.start).Seconds())
	}
}
