package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"molserve/preprocess/stream"
	"molserve/preprocess/xyz"
)

// feed is a stream of items, the first of which has the index from.
type feed struct {
	stream.Reader
	from   int
	ledger *ledger // nil: nobody asks for places
	size   int64   // bytes of the input as it is stored; 0: not known
}

// place is where the input stands behind an item.
type place struct {
	bytes int64  // of the input as it is stored, read by then
	sum   string // SHA-256 of all items so far
}

// ledger hashes items in their order, so that a later run can tell that its items are the same.
type ledger struct {
	read   func() int64
	h      hash.Hash
	frames *xyz.Writer // into h
	buf    []byte
}

func newLedger(read func() int64) *ledger {
	h := sha256.New()
	return &ledger{read: read, h: h, frames: xyz.NewWriter(h)}
}

// add takes an item in.
func (l *ledger) add(item *stream.Item) {
	if l == nil {
		return
	}
	r := &item.Record
	l.buf = l.buf[:0]
	for _, s := range append([]string{r.ID, string(r.Kind), r.Text, r.Auxiliary, r.Pairs}, item.Cells...) {
		l.buf = append(binary.AppendUvarint(l.buf, uint64(len(s))), s...)
	}
	if item.Err != nil {
		l.buf = append(l.buf, item.Err.Error()...)
	}
	l.h.Write(l.buf)
	if r.Frame != nil {
		l.frames.Write(r.Frame) // one that cannot be written is known by its cells
		l.frames.Flush()        // a hash takes everything
	}
}

func (l *ledger) place() place {
	if l == nil {
		return place{}
	}
	return place{l.read(), hex.EncodeToString(l.h.Sum(nil))}
}
