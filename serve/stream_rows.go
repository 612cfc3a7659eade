package serve

import (
	"context"
	"io"
	"net/http"
	"slices"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// read makes inputs of the body.
func (st *streaming) read(ctx context.Context, h http.Header, open opener) {
	defer close(st.inputs)
	st.readErr = safely(func() error {
		plain, err := expand(h, st.body, st.s.cfg.expansion(), &st.s.buffered)
		if err != nil {
			return err
		}
		defer plain.Close()
		m := &meter{from: &textReader{from: plain}, st: st, wait: func(n int64) error { return st.pay(ctx, n, true) }}
		defer m.row()
		source, err := open(m, st.bounds)
		if err != nil {
			return err
		}
		return st.readRows(ctx, source, m)
	})
	if st.readErr != nil {
		close(st.failed)
	}
}

func (st *streaming) readRows(ctx context.Context, source source, m *meter) error {
	told := false // a row has told what kind the body holds
	for i := 0; ; i++ {
		in, err := source.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		st.body.progressed()
		m.row()
		if err := st.admit(&in, i, &told); err != nil {
			return err
		}
		if err := st.pay(ctx, sizeOf(&in.record), i > 0); err != nil {
			return err
		}
		select {
		case st.inputs <- in:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// admit refuses a row whose kind the model does not take. When it is the first that can be read, the body
// is meant for another model, and is refused as a whole.
func (st *streaming) admit(in *input, i int, told *bool) error {
	if in.refused != nil {
		return nil
	}
	in.record.Standardize = st.steps
	accepts := st.snap.model.Manifest().Accepts
	if slices.Contains(accepts, string(in.record.Kind)) {
		*told = true
		return nil
	}
	err := &onnx.KindError{Index: i, Kind: in.record.Kind, Accepts: accepts}
	if !*told {
		return refuse(codeKind, "%s", err)
	}
	in.refused = molecule.Refuse(onnx.CodeKind, -1, "%s", err.Reason())
	in.record = preprocess.Record{}
	return nil
}

// dispatch predicts chunks, as many at a time as pending has room for. What was read of a chunk before the
// body failed is not answered.
func (st *streaming) dispatch(ctx context.Context) {
	defer close(st.pending)
	g := gatherer{in: st.inputs}
	for {
		c := g.next(ctx)
		done := make(chan outcome, 1)
		if len(c.records) == 0 || ctx.Err() != nil || g.ended && st.readErr != nil {
			return
		}
		select {
		case st.pending <- done:
			st.owned.Go(func() { done <- st.predict(ctx, c) })
		case <-ctx.Done():
			return
		}
	}
}

// predict predicts a chunk. A rate that is used up and a full queue slow it down; only the latter counts as time
// that the server takes.
func (st *streaming) predict(ctx context.Context, c *chunk) outcome {
	o := outcome{chunk: c}
	o.err = safely(func() error {
		recs := c.readable()
		ctx, err := st.payOrWait(ctx, len(recs))
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, st.timeout)
		defer cancel()
		rows, _, err := st.s.paidRows(ctx, st.entry, st.snap, recs, wants{graphs: st.out.reply.encoder.atoms, patient: true})
		if err != nil {
			return err
		}
		o.rows = c.rows(rows)
		for i := range o.rows {
			o.rows[i].Index = c.first + i
		}
		o.errors = refuseNotFinite(o.rows)
		return nil
	})
	return o
}

// safely turns a panic into an error: a goroutine's own would end the process.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = caught(p)
		}
	}()
	return do()
}
