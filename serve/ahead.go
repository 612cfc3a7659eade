package serve

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"

	"molserve/onnx"
)

// ahead bounds how many molecules of a version are graphs at a time, in runs and before them: enough that no run
// waits for builders. All others wait as text, which takes a hundredth of the memory. Requests have their turn in
// the order in which they came.
type ahead struct {
	turn *semaphore.Weighted // of one
	room *semaphore.Weighted // for molecules
	most int64               // of room
}

// newAhead has room for what runs hold, as much again that is ready for the next ones, and for each builder
// a chunk in its hands and one that it has just made.
func newAhead(runs, graphs int) *ahead {
	most := int64(2*runs*graphs + 2*onnx.Cores()*chunkRecords)
	return &ahead{semaphore.NewWeighted(1), semaphore.NewWeighted(most), most}
}

// begin waits for the turn of a request. Who has it takes room, and ends it then.
func (a *ahead) begin(ctx context.Context) (end func(), err error) {
	if a.turn.Acquire(ctx, 1) != nil {
		return nil, context.Cause(ctx)
	}
	return func() { a.turn.Release(1) }, nil
}

// take waits until so many molecules may become graphs. The caller calls free when they have been predicted.
func (a *ahead) take(ctx context.Context, molecules int) (free func(), err error) {
	n := min(int64(molecules), a.most)
	if a.room.Acquire(ctx, n) != nil {
		return nil, context.Cause(ctx)
	}
	return func() { a.room.Release(n) }, nil
}

// chunkWork predicts the records from … to-1 of a request.
type chunkWork func(ctx context.Context, from, to int) error

// eachChunk has do done for n records, chunkRecords at a time and side by side as far as there is room. The first
// error ends the others.
func (a *ahead) eachChunk(ctx context.Context, n int, do chunkWork) error {
	end, err := a.begin(ctx)
	if err != nil {
		return err
	}
	if n <= chunkRecords {
		free, err := a.take(ctx, n)
		end()
		if err != nil {
			return err
		}
		defer free()
		return do(ctx, 0, n)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var chunks sync.WaitGroup
	for from := 0; from < n; from += chunkRecords {
		to := min(from+chunkRecords, n)
		free, err := a.take(ctx, to-from)
		if err != nil {
			break
		}
		chunks.Go(func() {
			defer free()
			if err := guardedChunk(ctx, from, to, do); err != nil {
				cancel(err)
			}
		})
	}
	end()
	chunks.Wait()
	return context.Cause(ctx)
}

// guardedChunk keeps a panic from ending the process: it is the request's.
func guardedChunk(ctx context.Context, from, to int, do chunkWork) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = caught(p)
		}
	}()
	return do(ctx, from, to)
}
