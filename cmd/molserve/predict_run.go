package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
)

// memberChunks is how many chunks a member of a packed output holds; where members end follows from the
// input alone, so that a resumed run writes the same bytes.
const memberChunks = 16

// job is a run of predict: items in, rows out, and a mark now and then.
type job struct {
	flags    *predictFlags
	in       feed
	progress *progress

	out   *sink
	rows  rowWriter
	state *resumption // nil: the output is no file that could be gone on with
	tally tally

	chunks  int
	end     place // behind the last chunk that was written
	marked  time.Time
	stopped error // rows could not be written: what is behind the last mark is not whole
}

// write predicts every item and writes its row to --output. What was predicted before an error is written
// too. With a mark it goes on from there.
func (p predictFlags) write(ctx context.Context, cmd *cobra.Command, m *onnx.Model, in feed, at *resumption) (tally, error) {
	j := &job{flags: &p, in: in, progress: newProgress(&p, cmd.ErrOrStderr(), in.size), state: at, marked: time.Now()}
	if err := j.open(cmd.OutOrStdout(), m); err != nil {
		return j.tally, err
	}
	j.progress.begin(j.tally.total, in.ledger.place().bytes)
	err := pipeline(ctx, j.in, p.predictor(m), j.take)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	err = j.finish(err)
	if err != nil && j.state != nil {
		j.progress.clear()
		return j.tally, j.hint(err)
	}
	j.progress.done(j.tally)
	return j.tally, err
}

func (p *predictFlags) predictor(m *onnx.Model) predictor {
	o := onnx.Options{KeepGraphs: p.rowFormat() == formatExtXYZ}
	return func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		for i := range recs {
			recs[i].Standardize = p.steps
		}
		return p.chain.predict(ctx, m, recs, o, 1)
	}
}

// open opens the output where the mark is, and writes what stands before the first row.
func (j *job) open(stdout io.Writer, m *onnx.Model) (err error) {
	var at mark
	if j.state != nil {
		at = j.state.mark
		j.chunks, j.tally = at.Chunks, tally{at.Rows, at.Failed}
		j.end = j.in.ledger.place()
	}
	if j.state != nil && at.Rows == 0 {
		j.state.mark = mark{}
		at.Bytes = 0
		if err := j.state.keep(j.flags.output); err != nil {
			return err
		}
	}
	if j.out, err = openSink(j.flags.output, stdout, at.Bytes); err != nil {
		return err
	}
	selection := rows.All(m.Outputs())
	selection.Changes = len(j.flags.steps) > 0
	j.rows = newRowWriter(j.flags.rowFormat(), j.out, selection)
	if at.Rows == 0 {
		_, err = j.out.Write(headerOf(j.flags.rowFormat(), j.in.Columns(), selection))
	}
	return err
}

// take writes a chunk of rows.
func (j *job) take(chunk []answered) error {
	for _, r := range chunk {
		if j.stopped = j.rows.write(r); j.stopped != nil {
			return j.stopped
		}
		j.tally.count(r.row)
	}
	j.chunks++
	j.end = chunk[len(chunk)-1].end
	j.progress.add(len(chunk), j.end.bytes)
	if j.out.pack != nil && j.chunks%memberChunks != 0 {
		return nil
	}
	due := j.state != nil && time.Since(j.marked) >= checkpointEvery
	if j.out.pack == nil && !due {
		return nil
	}
	j.stopped = j.mark(due)
	return j.stopped
}

// mark brings all rows so far to the file, and writes down that they are there.
func (j *job) mark(keep bool) error {
	if err := j.rows.flush(); err != nil {
		return err
	}
	if err := j.out.cut(); err != nil || !keep {
		return err
	}
	return j.keep()
}

// keep writes the mark of what is in the file. The file is on the disk first.
func (j *job) keep() error {
	bytes, err := j.out.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	tail, err := tailOf(j.out.file, bytes)
	if err != nil {
		return err
	}
	if err := j.out.file.Sync(); err != nil {
		return err
	}
	j.state.mark = mark{j.chunks, j.tally.total, j.tally.failed, j.end.sum, bytes, tail}
	j.marked = time.Now()
	return j.state.keep(j.flags.output)
}

// finish ends the output. After an error all rows that are whole stay in it, with a mark if it can have one here.
func (j *job) finish(err error) error {
	if j.stopped == nil {
		j.stopped = j.rows.flush()
		err = errors.Join(err, j.stopped)
	}
	if err != nil && j.stopped == nil && j.state != nil && j.out.pack == nil {
		err = errors.Join(err, j.keep())
	}
	if err = errors.Join(err, j.out.Close()); err != nil || j.state == nil {
		return err
	}
	os.Remove(resumePath(j.flags.output) + nextSuffix) // if a killed run left one
	return os.Remove(resumePath(j.flags.output))
}

// hint says what became of the rows, and how to go on.
func (j *job) hint(err error) error {
	return fmt.Errorf("%w; %d rows are kept in %s, and the same command with --resume goes on from there", err, j.state.Rows, j.flags.output)
}
