package serve

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"molserve/onnx"
	"molserve/preprocess/standardize"
)

// streaming is a predict request whose body is read, predicted and answered at the same time, in constant
// memory. One goroutine reads rows, one makes chunks of them, each chunk has one that predicts it, and the
// handler's writes the answers in the order of the rows:
//
//	body → streamBody → expand → textReader → source → inputs → gatherer → pending → answerer
//
// A client that does not read its answers fills pending, and with it everything before.
type streaming struct {
	s       *Server
	entry   *entry
	snap    *snapshot
	bounds  bounds
	timeout time.Duration // between two signs of progress
	steps   []standardize.Step
	control *http.ResponseController
	body    *streamBody
	out     *answerer

	inputs  chan input
	readErr error         // why inputs is closed; nil at the end of the body
	failed  chan struct{} // closed when readErr is there
	pending chan chan outcome
	paid    atomic.Int64 // bytes out of the budget of bodies
	owned   sync.WaitGroup
}

// streamBytes is about what a stream takes of memory when nothing of it is under way.
const streamBytes = 128 << 10

// outcome is what became of a chunk.
type outcome struct {
	*chunk
	rows   []onnx.Row
	errors int // of the rows
	err    error
}

// predictStream answers a predict request whose body is one of openers' media types.
func (s *Server) predictStream(c *gin.Context, n *notes, media string, e *entry, snap *snapshot) error {
	st, err := s.newStreaming(c, media, e, snap)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(c.Request.Context())
	defer cancel(nil)
	if err := st.pay(ctx, min(streamBytes, 4*int64(st.bounds.bytes)), false); err != nil {
		return st.finish(c, err)
	}
	defer func() { s.buffered.give(st.paid.Load()) }()
	unblock := context.AfterFunc(ctx, st.body.cut)
	st.owned.Go(func() { st.read(ctx, c.Request.Header, openers[media]) })
	st.owned.Go(func() { st.dispatch(ctx) })
	err = safely(func() error { return st.answer(ctx) })
	if err == nil {
		unblock()
	}
	cancel(err)
	st.owned.Wait()
	n.molecules, n.errors, n.cause = st.out.rows, st.out.errors, st.out.cause
	return st.finish(c, err)
}

// newStreaming checks everything that can be said before the body is read.
func (s *Server) newStreaming(c *gin.Context, media string, e *entry, snap *snapshot) (*streaming, error) {
	q := &request{}
	query, err := predictQuery(c.Request.URL, q)
	if err != nil {
		return nil, err
	}
	steps, err := standardize.Parse(q.steps)
	if err != nil {
		return nil, refuse(codeBadRequest, "standardize: %v", err)
	}
	timeout, err := s.timeoutOf(c.Request.Header)
	if err != nil {
		return nil, err
	}
	r, err := newReply(snap, q)
	if err != nil {
		return nil, err
	}
	r.encoder = encoderFor(c.Request.Header, media, snap.model.Manifest())
	st := &streaming{s: s, entry: e, snap: snap, steps: steps, timeout: timeout, bounds: bounds{int(min(int64(s.cfg.MaxRow), s.cfg.MaxBody)), snap.model.Manifest().Chemistry.MaxAtoms, query.Get("smiles_column")}, control: http.NewResponseController(c.Writer),
		inputs: make(chan input, 16), failed: make(chan struct{}), pending: make(chan chan outcome, s.cfg.Runs)}
	if err := st.control.EnableFullDuplex(); err != nil && c.Request.ProtoMajor == 1 {
		return nil, err // answers would stop the reading
	}
	st.body = &streamBody{body: c.Request.Body, control: st.control, idle: timeout}
	st.out = &answerer{c: c, control: st.control, reply: r, idle: timeout}
	return st, nil
}

// answer writes the answers of chunks in their order.
func (st *streaming) answer(ctx context.Context) error {
	for done := range st.pending {
		o := <-done
		if o.err != nil {
			return o.err
		}
		begun := time.Now()
		st.s.metrics.count(o.rows)
		if err := st.out.chunk(&o, st.body.wholeNow()); err != nil {
			return err
		}
		st.s.took(ctx, stageWrite, begun)
		st.giveBack(o.bytes)
		st.body.answered(len(o.rows))
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if st.readErr != nil {
		return st.readErr
	}
	return st.out.end()
}

// finish tells the client why a stream has ended too early, as well as it can be told.
func (st *streaming) finish(c *gin.Context, err error) error {
	defer st.out.free()
	whole := st.body.leave()
	if err == nil {
		return nil
	}
	var why *fault
	if explain(err).code == codeClientGone && errors.As(st.readErr, &why) {
		err = why // a body that stalls ends the context of its request too
	}
	if !st.out.started {
		if !whole {
			c.Header("Connection", "close")
		}
		return err
	}
	return st.out.fail(err)
}

// patience is how often a stream looks for room among the bodies.
const patience = 5 * time.Millisecond

// pay takes bytes out of the budget of bodies, with patience waits for them.
func (st *streaming) pay(ctx context.Context, n int64, patient bool) error {
	for late := time.Now().Add(st.timeout); !st.s.buffered.takeSpare(n); {
		full := refuse(codeQueueFull, "too many bodies are being read; try again in a moment")
		if !patient || time.Now().After(late) {
			return full
		}
		select {
		case <-time.After(patience):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	st.paid.Add(n)
	return nil
}

func (st *streaming) giveBack(n int64) {
	st.paid.Add(-n)
	st.s.buffered.give(n)
}
