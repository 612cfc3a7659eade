package serve

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// leastProgress is how many bytes count as progress of a body whose next row is not whole yet.
const leastProgress = 1 << 10

// streamBody reads a body that may go on for ever: what is bounded is the time between two signs of
// progress, which are rows and leastProgress bytes. One goroutine reads; any may cut.
type streamBody struct {
	body    io.Reader
	control *http.ResponseController
	idle    time.Duration

	read     int64
	marked   int64 // read at the last sign of progress
	row      bool  // one was made since the last read
	deadline time.Time

	mu    sync.Mutex // the deadline of the connection is set by the reader, or by cut
	isCut bool
	ended bool // the connection reads what follows the body: its deadline is not ours any more
}

// progressed notes that what was read has made a row.
func (b *streamBody) progressed() { b.row = true }

var errCut = errors.New("serve: the stream has ended")

func (b *streamBody) Read(p []byte) (int, error) {
	if b.row || b.read-b.marked >= leastProgress || b.deadline.IsZero() {
		b.row, b.marked, b.deadline = false, b.read, time.Now().Add(b.idle)
	}
	if !b.allow(b.deadline) {
		return 0, errCut
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	switch {
	case err == nil:
		b.allow(time.Time{}) // what the connection does between reads has no deadline
		return n, nil
	case err == io.EOF:
		b.end()
		return n, err
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return n, refuse(codeIncomplete, "the body ended after %d bytes", b.read)
	case time.Now().Before(b.deadline):
		return n, errCut
	}
	return n, refuse(codeIncomplete, "neither a row nor %d bytes came within %s", leastProgress, b.idle)
}

// allow sets the deadline of the next read, unless there is to be none.
func (b *streamBody) allow(until time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isCut {
		b.control.SetReadDeadline(until)
	}
	return !b.isCut
}

func (b *streamBody) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// wholeNow tells whether the body was read to its end.
func (b *streamBody) wholeNow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ended
}

// cut ends a read that waits, and those that would follow.
func (b *streamBody) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.isCut || b.ended {
		return
	}
	b.isCut = true
	b.control.SetReadDeadline(time.Now().Add(-time.Second))
}

// lingering is how long the rest of a body that nobody wants is read, so that the client sees the answer
// before the connection closes over its unread bytes.
const lingering = 500 * time.Millisecond

// leave ends the reading for good, and tells whether the body was read to its end.
func (b *streamBody) leave() (whole bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.isCut = true
		b.control.SetReadDeadline(time.Now().Add(lingering))
	}
	return b.ended
}
