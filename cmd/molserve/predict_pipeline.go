package main

import (
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/stream"
)

// answered is one item with what became of it.
type answered struct {
	index int // of the item in the stream
	item  stream.Item
	row   onnx.Row
	end   place // of the last item of a chunk: where the input stands behind it
}

// chunkSize is how many records travel together: enough for full batches, few enough for an even flow.
const chunkSize = 256

// chunkAtoms bounds the atoms that travel together, so that large structures come in smaller chunks. A
// larger one travels alone.
const chunkAtoms = 8192

// predictor answers records, as onnx.Model.PredictRecords does.
type predictor func(context.Context, []preprocess.Record) ([]onnx.Row, error)

// pipeline reads, predicts and writes at the same time, rows in the stream's order. Two chunks are predicted at
// a time, each by all cores: while one comes to its last batches the other has work for all. More would only
// be more threads than cores. When the stream breaks off, the whole chunks before that are predicted and
// written.
func pipeline(ctx context.Context, in feed, predict predictor, write func([]answered) error) error {
	var broken error // the stream's end, when it is none
	g, ctx := errgroup.WithContext(ctx)
	pending := make(chan chan []answered, 1) // and one that is waited for
	g.Go(func() error {
		defer close(pending)
		var err error
		broken, err = readChunks(ctx, in, func(rows []answered) error {
			done := make(chan []answered, 1)
			select {
			case pending <- done:
			case <-ctx.Done():
				return ctx.Err()
			}
			g.Go(func() error {
				defer close(done)
				err := predictChunk(ctx, predict, rows)
				done <- rows
				return err
			})
			return nil
		})
		return err
	})
	g.Go(func() error { return writeChunks(ctx, pending, write) })
	return errors.Join(g.Wait(), broken)
}

// writeChunks writes chunks in the order in which they were read, as each is done.
func writeChunks(ctx context.Context, pending <-chan chan []answered, write func([]answered) error) error {
	for done := range pending {
		rows := <-done
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := write(rows); err != nil {
			return err
		}
	}
	return nil
}

// readChunks sends chunks until the stream ends or breaks off. A chunk that is not whole when it breaks is not
// sent, for a later run has to cut the stream at the same places.
func readChunks(ctx context.Context, in feed, send func([]answered) error) (broken, err error) {
	sendPlaced := func(rows []answered) error {
		rows[len(rows)-1].end = in.ledger.place()
		return send(rows)
	}
	var rows []answered
	atoms := 0
	for i := in.from; ; i++ {
		item, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err, ctx.Err()
		}
		n := atomsOf(&item.Record)
		if len(rows) == chunkSize || atoms > 0 && atoms+n > chunkAtoms {
			if err := sendPlaced(rows); err != nil {
				return nil, err
			}
			rows, atoms = nil, 0
		}
		in.ledger.add(&item)
		rows, atoms = append(rows, answered{index: i, item: item}), atoms+n
	}
	if len(rows) == 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, sendPlaced(rows)
}

// bytesPerAtom is about what an atom takes in the text of a structure.
const bytesPerAtom = 32

// atomsOf is about how many atoms a structure has; 0 of what has no coordinates and is small.
func atomsOf(r *preprocess.Record) int {
	switch {
	case r.Frame != nil:
		return r.Frame.N()
	case r.Kind == preprocess.XYZ || r.Kind == preprocess.Atoms || r.Kind == preprocess.SDF:
		return len(r.Text) / bytesPerAtom
	}
	return 0
}

// predictChunk fills the rows; an item that could not be read keeps its own error.
func predictChunk(ctx context.Context, predict predictor, rows []answered) error {
	var records []preprocess.Record
	var owner []int
	for i := range rows {
		if rows[i].row.Err = rows[i].item.Err; rows[i].item.Err == nil {
			records, owner = append(records, rows[i].item.Record), append(owner, i)
		}
	}
	predicted, err := predict(ctx, records)
	if err != nil {
		return err
	}
	for i, row := range predicted {
		rows[owner[i]].row = row
	}
	for i := range rows {
		rows[i].row.Index, rows[i].row.ID = rows[i].index, rows[i].item.Record.ID
	}
	return nil
}
