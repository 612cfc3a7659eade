package serve

import (
	"context"
	"time"

	"molserve/preprocess"
)

// The rows of a stream travel together in chunks: enough for full batches, few enough for an even flow.
const (
	chunkRows  = 64
	chunkBytes = 256 << 10 // of what rows weigh; a heavier one travels alone
	rowBytes   = 256       // of memory that a row takes besides its text
	atomBytes  = 128       // of an atom of a frame that has been read
	letterLoad = 32        // what a letter of SMILES, which is about an atom, weighs: as much as an atom's line in a molfile
)

// quiet is how long rows wait for more when none comes: a client that sends them one by one has its
// answers, and one that sends all at once has full chunks.
const quiet = 5 * time.Millisecond

// chunk is rows that are predicted together.
type chunk struct {
	request
	first int   // index of the first row in the stream
	bytes int64 // of memory, about
}

// gatherer makes chunks of inputs.
type gatherer struct {
	in    <-chan input
	held  *input // the first of the next chunk
	index int    // of the next row
	ended bool   // in is closed
}

// next waits for a full chunk, or for what there is when in falls quiet or is closed. An empty chunk is the
// end of in or of ctx.
func (g *gatherer) next(ctx context.Context) *chunk {
	c := &chunk{first: g.index, request: request{max: chunkRows}}
	weight := int64(0)
	for len(c.records) < chunkRows {
		in := g.take(ctx, len(c.records) > 0)
		if in == nil {
			break
		}
		n := weightOf(&in.record)
		if len(c.records) > 0 && weight+n > chunkBytes {
			g.held = in
			break
		}
		weight += n
		c.bytes += sizeOf(&in.record)
		c.append(in)
	}
	g.index += len(c.records)
	return c
}

// append adds an input; there is room.
func (c *chunk) append(in *input) {
	if in.refused != nil {
		c.refuse(in.refused)
		return
	}
	c.add(in.record)
}

// take waits for an input, with haste until in falls quiet. It is nil when there is none.
func (g *gatherer) take(ctx context.Context, haste bool) *input {
	if in := g.held; in != nil {
		g.held = nil
		return in
	}
	select {
	case in, ok := <-g.in:
		return g.given(in, ok)
	default:
	}
	var late <-chan time.Time
	if haste {
		late = time.After(quiet)
	}
	select {
	case in, ok := <-g.in:
		return g.given(in, ok)
	case <-late:
	case <-ctx.Done():
	}
	return nil
}

func (g *gatherer) given(in input, ok bool) *input {
	if !ok {
		g.ended = true
		return nil
	}
	return &in
}

// sizeOf is about how many bytes of memory a record takes.
func sizeOf(r *preprocess.Record) int64 {
	n := rowBytes + len(r.Text) + len(r.ID) + len(r.Auxiliary) + len(r.Pairs)
	if r.Frame != nil {
		n += atomBytes * r.Frame.N()
	}
	return int64(n)
}

// weightOf is about how much there is to compute and to answer, in bytes of a structure's text.
func weightOf(r *preprocess.Record) int64 {
	if r.Kind == preprocess.SMILES {
		return int64(letterLoad * len(r.Text))
	}
	return sizeOf(r)
}
