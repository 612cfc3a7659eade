package onnx

import (
	"context"

	"molserve/preprocess/graph"
)

// Session is one network, ready to run. It is safe for concurrent use.
type Session interface {
	// Run computes the outputs of the inputs, both in the order of Signature. The inputs must not
	// change until it returns. When ctx ends, Run stops the network, waits for it, and returns ctx's cause.
	Run(ctx context.Context, in []graph.Tensor) ([]graph.Tensor, error)
	// Signature lists what the network takes and gives, as its file declares them.
	Signature() (inputs, outputs []TensorInfo)
	// Close waits for the runs under way and frees the network. Later runs fail with ErrClosed.
	Close() error
}

// TensorInfo is an input or output of a network.
type TensorInfo struct {
	Name  string
	DType graph.DType
	Shape []int64 // -1: any size
}

// SessionOptions is how a session computes. The zero value is not valid: cpuOptions makes one.
type SessionOptions struct {
	IntraOpThreads int  // threads inside one operator
	InterOpThreads int  // operators at a time
	Spinning       bool // idle threads burn a core
	Parallel       bool // operators run side by side

	Providers []Provider // in the order of preference; the CPU computes what none of them takes
}

// concurrency is how many runs may be under way: as many as cores on the CPU. Elsewhere a session has one
// stream, or is not safe for more.
func (o SessionOptions) concurrency() int {
	if len(beyondCPU(o.Providers)) > 0 {
		return 1
	}
	return cores
}

// cpuOptions are the options of every session but for its providers. One thread inside an operator is a matter of right and
// wrong, not of speed: ScatterND(add) on the CPU loses sums with two.
func cpuOptions() SessionOptions {
	return SessionOptions{IntraOpThreads: 1, InterOpThreads: 1}
}

// Rewriter is the version of what changes networks before they run: part of what a kept certificate is of.
const Rewriter = "1"

// names lists the names of tensors.
func names(infos []TensorInfo) []string {
	var out []string
	for _, t := range infos {
		out = append(out, t.Name)
	}
	return out
}
