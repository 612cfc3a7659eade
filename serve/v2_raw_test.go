package serve_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess/graph"
	"molserve/serve"
)

// Numbers that mean something to halving.
const (
	poison  = 666 // a run with it fails
	patient = 7   // a run with it ends with its context
	deaf    = 8   // a run with it waits for released, as C does not look at contexts
)

// halving is a network of charges that answers with them. Each request is cut into halves, which run apart; those of
// more than one number in a half fail.
type halving struct {
	entered  chan struct{} // told of each deaf run
	released chan struct{}
	spoiled  atomic.Int64 // runs whose tensors changed while they read them
}

func (*halving) Signature() (in, out []onnx.TensorInfo) {
	return []onnx.TensorInfo{{Name: "q", DType: graph.Float32, Shape: []int64{-1}}}, []onnx.TensorInfo{{Name: "y", DType: graph.Float32, Shape: []int64{-1}}}
}

func (*halving) Mergeable() bool { return true }

func (*halving) LoadOf([]graph.Tensor) onnx.Load { return onnx.Load{Graphs: 4} } // two do not fit

func (*halving) Cut(in []graph.Tensor) *onnx.Cut {
	half := in[0].Len() / 2
	if half == 0 || in[0].F32[0] == in[0].F32[half] {
		return nil
	}
	parts := []graph.Tensor{in[0].Slice(0, half), in[0].Slice(half, 2*half)}
	parts[0].Shape, parts[1].Shape = []int64{int64(half)}, []int64{int64(half)}
	return &onnx.Cut{Requests: [][]graph.Tensor{parts[:1], parts[1:]}}
}

func (n *halving) Run(ctx context.Context, requests [][]graph.Tensor) ([][]graph.Tensor, error) {
	values := requests[0][0].F32
	first := values[0]
	switch first {
	case poison:
		return nil, errors.New("poisoned")
	case patient:
		<-ctx.Done()
		return nil, context.Cause(ctx)
	case deaf:
		n.entered <- struct{}{}
		<-n.released
	}
	for _, v := range values {
		if v != first {
			n.spoiled.Add(1)
			break
		}
	}
	return requests, nil
}

// halved is a fake with such a network.
type halved struct {
	fake
	network *halving
}

func (h *halved) Network() onnx.Network { return h.network }

func startHalving(t *testing.T) (*world, *halving) {
	t.Helper()
	n := &halving{entered: make(chan struct{}), released: make(chan struct{})}
	manifest := onnx.Manifest{Name: "m", Version: "1", Accepts: []string{"smiles"}, Layout: graph.Packed, Task: onnx.Task{Level: "graph", Kind: "regression"},
		Inputs:  []onnx.Input{{Tensor: "q", Field: "total_charge", DType: graph.Float32, Shape: []onnx.Dim{{Symbol: "G"}}}},
		Outputs: []onnx.Output{{Name: "y", Tensor: "y", Unit: "1", Per: "graph"}}}
	w := start(t, serve.Config{MaxMolecules: 1 << 20, Runs: 2, Load: func(context.Context, onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
		return &halved{fake{manifest: manifest, open: new(atomic.Int64)}, n}, &prove.Certificate{Model: "m", OK: true}, nil
	}})
	return w, n
}

// ask sends a request of n charges, half a and half b.
func (w *world) ask(ctx context.Context, n int, a, b float32) (status int, body []byte, err error) {
	head := fmt.Sprintf(`{"inputs":[{"name":"q","datatype":"FP32","shape":[%d],"parameters":{"binary_data_size":%d}}],"parameters":{"binary_data_output":true}}`, n, 4*n)
	text := []byte(head)
	for i := range n {
		v := a
		if i >= n/2 {
			v = b
		}
		text = binary.LittleEndian.AppendUint32(text, math.Float32bits(v))
	}
	q, err := http.NewRequestWithContext(ctx, "POST", w.base+"/v2/models/m.tensors/infer", bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	q.Header.Set("Inference-Header-Content-Length", strconv.Itoa(len(head)))
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, err
}

// A run goes on reading the tensors of a caller who left: their memory is not given to the next body.
func TestWhoLeavesKeepsTheMemoryOfItsRuns(t *testing.T) {
	w, n := startHalving(t)
	const size = 20_000
	for range 5 {
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() {
			_, _, err := w.ask(ctx, size, patient, deaf)
			left <- err
		}()
		<-n.entered
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		w.wantLine("status=499")
		for range 4 { // would be written over it
			if status, body, err := w.ask(t.Context(), size, 1, 1); status != 200 || err != nil {
				t.Fatalf("%d %.200s, %v", status, body, err)
			}
		}
		n.released <- struct{}{}
	}
	if n.spoiled.Load() != 0 {
		t.Errorf("%d runs saw their tensors change", n.spoiled.Load())
	}
}

// A poisoned part fails its request, and no other.
func TestAPoisonedPartFailsItsRequestAlone(t *testing.T) {
	w, n := startHalving(t)
	done := make(chan int)
	for range 4 {
		go func() {
			status, _, err := w.ask(t.Context(), 1000, 1, 1)
			if err != nil {
				t.Error(err)
			}
			done <- status
		}()
	}
	for _, halves := range [][2]float32{{1, poison}, {poison, 1}} {
		if status, body, err := w.ask(t.Context(), 1000, halves[0], halves[1]); status != 500 || err != nil || bytes.Contains(body, []byte("poisoned")) {
			t.Errorf("%v: %d %.200s, %v", halves, status, body, err)
		}
	}
	for range 4 {
		if status := <-done; status != 200 {
			t.Errorf("another's answer is %d", status)
		}
	}
	w.wantLine("poisoned")
	if n.spoiled.Load() != 0 {
		t.Error("tensors were mixed")
	}
}
