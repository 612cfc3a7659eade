package child

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/child/cgroup"
)

// Command is the argument that makes a program the child.
const Command = "prove-child"

// Prover proves models in child processes. The zero value works.
type Prover struct {
	Timeout time.Duration // of one proof; default DefaultTimeout
	Memory  int64         // bytes that a child may take beyond an idle one; default DefaultMemory
	Nice    int           // how much less urgent than the server a child is, 1 to 19; default 10

	Preparation onnx.Preparation // how the model comes to run, in the child as in the process that serves

	mode string // of tests: what the child does instead of proving
}

// The defaults of a Prover.
const (
	DefaultTimeout = 5 * time.Minute
	DefaultMemory  = 4 << 30
	defaultNice    = 10
)

// LeastMemory is the least that a limit of memory may be: below it a Go program with ONNX Runtime in it
// does not reach the model.
const LeastMemory = 256 << 20

// turn is held by the one child of the process.
var turn = make(chan struct{}, 1)

// dispatched tells that the program, started again, would be a child and not itself.
var dispatched atomic.Bool

// Prove proves a model that was read and not opened yet. A model that does not hold has a certificate
// that says so; a child that gives none is an error: ErrDeadline, ErrMemory, ErrReply, a *CrashError, what
// the child says of a model that does not open, or ctx's cause. onnx.Start must have been called.
func (p *Prover) Prove(ctx context.Context, b *onnx.Bundle, plan prove.Plan) (*prove.Certificate, error) {
	if !dispatched.Load() {
		return nil, errors.New("prove in a child process: this program does not call child.Dispatch")
	}
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	c, err := p.prove(ctx, b, plan)
	if err != nil && context.Cause(ctx) != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("prove in a child process: %w", err)
	}
	return c, nil
}

func (p *Prover) prove(ctx context.Context, b *onnx.Bundle, plan prove.Plan) (*prove.Certificate, error) {
	library, err := filepath.Abs(onnx.Library())
	if err != nil || onnx.Library() == "" {
		return nil, errors.Join(errors.New("ONNX Runtime is not started"), err)
	}
	timeout := cmp.Or(p.Timeout, DefaultTimeout)
	deadline, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w of %v", ErrDeadline, timeout))
	defer cancel()
	j := job{Level: int(plan.Level), Budget: plan.Budget, Memory: cmp.Or(p.Memory, DefaultMemory), Nice: cmp.Or(p.Nice, defaultNice),
		Preparation: p.Preparation, Libraries: onnx.ProviderLibraries()}
	began := time.Now()
	data, err := fenced(deadline, cgroup.Make, func() *exec.Cmd { return command(library, p.mode, !p.Preparation.OnCPU()) }, j, b)
	if err != nil {
		return nil, err
	}
	c, report, err := readReply(data, b.Manifest(), plan, p.Preparation.Computing())
	if err != nil {
		return nil, err
	}
	return c, addLibraries(c, report, began)
}

// fenced converses with a child in a control group, or in none where none can be had.
func fenced(ctx context.Context, fenceOf func(bytes int64) (*cgroup.Group, error), command func() *exec.Cmd, j job, b *onnx.Bundle) ([]byte, error) {
	fence, err := fenceOf(j.Memory)
	if err != nil {
		return converse(ctx, command(), nil, j, b)
	}
	defer fence.Remove() // what is left of it goes with the next start
	data, err := converse(ctx, command(), fence, j, b)
	if errors.Is(err, errFence) { // an older kernel, or one that a filter of system calls stands before
		return converse(ctx, command(), nil, j, b)
	}
	return data, err
}
