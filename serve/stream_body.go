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
// progress, which are rows and leastProgress bytes. While rows wait for their answers the client may wait for
// them too, so that no time counts. One goroutine reads; any may cut.
type streamBody struct {
	body    io.Reader
	control *http.ResponseController
	idle    time.Duration

	read   int64
	marked int64 // read at the last sign of progress
	row    bool  // one was made since the last read

	mu         sync.Mutex // the deadline of the connection is set by the reader, by cut and by answered
	deadline   time.Time  // of the next sign of progress
	unanswered int        // rows
	reading    bool
	isCut      bool
	ended      bool // the connection reads what follows the body: its deadline is not ours any more
}

// progressed notes that what was read has made a row.
func (b *streamBody) progressed() {
	b.row = true
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unanswered++
}

// answered notes that the client has the answers of so many rows. After the last one it is its turn.
func (b *streamBody) answered(rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unanswered -= rows; b.unanswered > 0 {
		return
	}
	b.deadline = time.Now().Add(b.idle)
	if b.reading && !b.isCut {
		b.control.SetReadDeadline(b.deadline)
	}
}

var errCut = errors.New("serve: the stream has ended")

func (b *streamBody) Read(p []byte) (int, error) {
	progress := b.row || b.read-b.marked >= leastProgress || b.read == 0
	if progress {
		b.row, b.marked = false, b.read
	}
	if !b.begin(progress) {
		return 0, errCut
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	cut := b.end(err)
	switch {
	case err == nil, err == io.EOF:
		return n, err
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return n, refuse(codeIncomplete, "the body ended after %d bytes", b.read)
	case cut:
		return n, errCut
	}
	return n, refuse(codeIncomplete, "neither a row nor %d bytes came within %s", leastProgress, b.idle)
}

// begin sets the deadline of a read, unless there is to be none.
func (b *streamBody) begin(progress bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if progress {
		b.deadline = time.Now().Add(b.idle)
	}
	if b.isCut {
		return false
	}
	b.reading = true
	if b.unanswered > 0 {
		b.control.SetReadDeadline(time.Time{})
	} else {
		b.control.SetReadDeadline(b.deadline)
	}
	return true
}

// end takes the deadline away: what the connection does between reads has none. It tells whether the read was cut
// before its deadline, which may have ended the request, and with it cut the read, itself.
func (b *streamBody) end(err error) (cut bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = false
	switch {
	case err == io.EOF:
		b.ended = true
	case err == nil && !b.isCut:
		b.control.SetReadDeadline(time.Time{})
	}
	return b.isCut && (b.unanswered > 0 || time.Now().Before(b.deadline))
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
