package serve

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// The trailers of a streamed answer.
const (
	trailerRows  = "Molserve-Rows"  // how many rows the answer has
	trailerError = "Molserve-Error" // the code of why it has ended too early
)

// piece is what a client must take within the time limit, so that a slow one is told from a dead one.
const piece = 16 << 10

// answerer writes the answer to a stream chunk by chunk.
type answerer struct {
	c       *gin.Context
	control *http.ResponseController
	reply   *reply
	idle    time.Duration

	coding  string
	to      compressor // nil: not compressed
	buf     []byte
	started bool // bytes have gone out, so that no status can be sent any more
	rows    int
	errors  int   // of the rows
	cause   error // behind a row that is our fault
}

// chunk writes the rows of a chunk, through to the client. The body is whole when nothing of it is left to
// read.
func (a *answerer) chunk(o *outcome, whole bool) error {
	a.begin(whole)
	a.errors += o.errors
	a.cause = cmp.Or(a.cause, firstCause(o.rows))
	for i := 0; i < len(o.rows); i += together {
		to := min(i+together, len(o.rows))
		a.reply.records, a.reply.rows = o.records[i:to], o.rows[i:to]
		a.buf = a.reply.encoder.rows(a.buf, a.reply)
		a.rows += to - i
		if len(a.buf) < piece {
			continue
		}
		if err := a.send(); err != nil {
			return err
		}
	}
	return a.flush()
}

// together is how many rows are encoded before the bytes are looked at: those of large structures are many.
const together = 4

// begin makes the head of the answer.
func (a *answerer) begin(whole bool) {
	if a.started {
		return
	}
	a.started = true
	h := a.c.Writer.Header()
	h.Set("Content-Type", a.reply.encoder.media)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Molserve-Model", a.reply.name)
	h.Set("Molserve-Version", strconv.Itoa(a.reply.version))
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers the answer would hold the stream up
	h.Set("Trailer", trailerRows+", "+trailerError)
	if !whole && a.c.Request.ProtoMajor == 1 {
		h.Set("Connection", "close") // nobody knows whether the body will be read to its end
	}
	if a.coding = acceptedCoding(a.c.GetHeader("Accept-Encoding")); a.coding != "" {
		h.Set("Content-Encoding", a.coding)
		a.to = newCompressor(a.coding, writerFunc(a.write))
	}
	a.c.Writer.WriteHeader(http.StatusOK)
	a.buf = a.reply.encoder.head(a.buf, a.reply)
}

// send writes what is in buf.
func (a *answerer) send() (err error) {
	if a.to == nil {
		_, err = a.write(a.buf)
	} else {
		_, err = a.to.Write(a.buf)
	}
	if a.buf = a.buf[:0]; cap(a.buf) > largestKept {
		a.buf = nil
	}
	return a.unread(err)
}

// flush brings everything to the client.
func (a *answerer) flush() error {
	if err := a.send(); err != nil {
		return err
	}
	if a.to != nil {
		if err := a.to.Flush(); err != nil {
			return a.unread(err)
		}
	}
	a.control.SetWriteDeadline(a.deadline())
	if err := a.control.Flush(); err != nil {
		return a.unread(err)
	}
	a.control.SetWriteDeadline(time.Time{}) // nothing is being written
	return nil
}

// write gives the client time for every piece.
func (a *answerer) write(b []byte) (written int, err error) {
	for len(b) > 0 {
		a.control.SetWriteDeadline(a.deadline())
		n, err := a.c.Writer.Write(b[:min(len(b), piece)])
		written += n
		if err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}

// deadline of a write. When the request has been ended from outside there is no more time than for last words.
func (a *answerer) deadline() time.Time {
	if a.c.Request.Context().Err() != nil {
		return time.Now().Add(lastWords / 2)
	}
	return time.Now().Add(a.idle)
}

// unread is an error of writing: the client has left, or does not read.
func (a *answerer) unread(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(codeClientGone, "the client read less than %d bytes within %s", piece, a.idle)
	}
	return errLeft
}

// end makes the answer whole.
func (a *answerer) end() error {
	a.begin(true)
	a.buf = a.reply.encoder.tail(a.buf, a.reply)
	return a.close()
}

// close writes the end of the body, and the trailers.
func (a *answerer) close() error {
	if err := a.flush(); err != nil {
		return err
	}
	if a.to != nil {
		if err := a.to.Close(); err != nil {
			return a.unread(err)
		}
	}
	a.c.Writer.Header().Set(trailerRows, strconv.Itoa(a.rows))
	a.control.SetWriteDeadline(a.deadline())
	return nil
}

// abortError is the error of an answer that is incomplete. The connection must not end as if it were whole.
type abortError struct{ cause error }

func (e *abortError) Error() string { return fmt.Sprintf("answer cut off: %v", e.cause) }

func (e *abortError) Unwrap() error { return e.cause }

// fail ends an answer that has begun: with a line that says why where the form has one, or so that the
// client sees that it is not whole.
func (a *answerer) fail(err error) error {
	why := explain(err)
	if !a.reply.encoder.tells || why.code == codeClientGone {
		return &abortError{err}
	}
	a.c.Writer.Header().Set(trailerError, string(why.code))
	a.buf = append(a.buf[:0], why.body()...)
	if a.close() != nil {
		return &abortError{err}
	}
	return err
}

// free gives the compressor back.
func (a *answerer) free() {
	if a.to != nil {
		keepCompressor(a.coding, a.to)
		a.to = nil
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
