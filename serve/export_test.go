package serve

import (
	"io"
	"net/http"
)

// Handler is what the public listener serves, for tests that bring another protocol.
func (s *Server) Handler() http.Handler { return s.handler }

// Budget is what bodies are paid out of.
type Budget = budget

// Buffered is what the bodies of s are paid out of.
func (s *Server) Buffered() *Budget { return &s.buffered }

// NewBudget has max bytes.
func NewBudget(max int64) *Budget { return &budget{max: max} }

// Used is what is taken, Idle what of it are idle buffers.
func (b *budget) Used() int64 { return b.used.Load() }

func (b *budget) Idle() int64 {
	b.idle.mu.Lock()
	defer b.idle.mu.Unlock()
	return b.idle.bytes
}

// Take takes bytes for other uses.
func (b *budget) Take(n int64) bool { return b.take(n) }

// ReadBody reads a body of a size, -1 when the sender does not tell it, whose byte at is aligned.
func ReadBody(b *Budget, from io.Reader, size, max int64, at int) (text []byte, free, abandon func(), err error) {
	r := newBody(b, at)
	err = r.read(from, size, max)
	return r.bytes(), r.free, r.abandon, err
}
