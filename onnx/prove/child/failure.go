package child

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// Why a child gave no certificate.
var (
	ErrDeadline = errors.New("killed at its deadline")
	ErrMemory   = errors.New("out of memory")
	ErrReply    = errors.New("its answer is not one")
)

// CrashError tells that a child ended before it had answered.
type CrashError struct {
	Signal string // SIGSEGV and the like; empty: it exited
	Status int    // of an exit
	Said   string // the first line that an exiting child wrote to its standard error
}

// Error names the signal or the status.
func (e *CrashError) Error() string {
	if e.Signal == "" {
		return strings.TrimRight(fmt.Sprintf("exited with status %d before it had answered: %s", e.Status, e.Said), ": ")
	}
	return fmt.Sprintf("ended by %s (%s)", e.Signal, unix.SignalNum(e.Signal))
}

// goSignal is how a Go program names the signal that ends it; the operating system sees an exit then.
var goSignal = regexp.MustCompile(`(?m)^(?:\[signal )?(SIG[A-Z0-9]{2,8})\b`)

// exhausted are what Go, C++ and the threads library say when there is no memory left.
var exhausted = []string{"out of memory", "cannot allocate memory", "Cannot allocate memory", "bad_alloc", "pthread_create failed"}

// postMortem is why a process ended, nil when it ended well. said is the beginning of its standard error.
func postMortem(state *os.ProcessState, said string) error {
	status, ok := state.Sys().(syscall.WaitStatus)
	if state.Success() {
		return nil
	}
	for _, words := range exhausted {
		if strings.Contains(said, words) {
			return ErrMemory
		}
	}
	if ok && status.Signaled() {
		return &CrashError{Signal: unix.SignalName(status.Signal())}
	}
	if m := goSignal.FindStringSubmatch(said); m != nil && unix.SignalNum(m[1]) != 0 {
		return &CrashError{Signal: m[1]}
	}
	return &CrashError{Status: state.ExitCode(), Said: firstLine(said)}
}

// begins marks the line of standard error that a child writes before a check.
const begins = "molserve: check "

// during names the check that a child was at, if it got so far.
func during(err error, said string, m *onnx.Manifest) error {
	at := ""
	for line := range strings.Lines(said) {
		if name, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), begins); ok && isCheck(name, m) {
			at = name
		}
	}
	if at == "" {
		return err
	}
	return fmt.Errorf("%w during the check %q", err, at)
}

func isCheck(name string, m *onnx.Manifest) bool {
	return slices.ContainsFunc(prove.Rows(m, prove.Full), func(r prove.Row) bool { return r.Name == name })
}

// firstLine is what a log can hold of what a child said beside its progress.
func firstLine(said string) string {
	line := ""
	for line = range strings.Lines(said) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, begins) {
			break
		}
	}
	return fmt.Sprintf("%.200s", plain(line))
}

// plain takes out of a text what a log or a terminal would act on.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// isControl tells control characters other than line ends and tabs.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }
