package onnx_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

func floats(shape []int64, v ...float32) graph.Tensor {
	return graph.Tensor{DType: graph.Float32, Shape: shape, F32: v}
}

// until waits for what another goroutine is about to do.
func until(done func() bool) {
	for !done() {
		runtime.Gosched()
	}
}

func TestSessionPassesEveryTypeAndNoRows(t *testing.T) {
	s := session(t, "types")
	for _, n := range []int64{2, 0} {
		in := make([]graph.Tensor, 4)
		for i, d := range []graph.DType{graph.Float32, graph.Float64, graph.Int64, graph.Bool} {
			in[i].Reset(d, n, 2)
		}
		for i := range int(2 * n) {
			in[0].F32[i], in[1].F64[i], in[2].I64[i], in[3].B[i] = float32(i)+0.5, math.Pi*float64(i), int64(i)<<40, i%2 == 1
		}
		out, err := s.Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for i := range in {
			if out[i].String() != in[i].String() {
				t.Errorf("%d rows: got %s, want %s", n, &out[i], &in[i])
			}
			for k := range in[i].Len() {
				if out[i].At(k) != in[i].At(k) {
					t.Errorf("%s element %d: got %g, want %g", &in[i], k, out[i].At(k), in[i].At(k))
				}
			}
		}
	}
}

func TestSignatureIsTheFilesOwn(t *testing.T) {
	in, out := session(t, "packed").Signature()
	if len(in) != 6 || in[1].Name != "V" || in[1].DType != graph.Float32 || !slices.Equal(in[1].Shape, []int64{-1, 72}) {
		t.Errorf("inputs: %v", in)
	}
	if len(out) != 4 || out[0].Name != "y" || !slices.Equal(out[0].Shape, []int64{-1, 2}) {
		t.Errorf("outputs: %v", out)
	}
}

func TestSessionRefuses(t *testing.T) {
	for name, want := range map[string]string{"scalar": "x has rank 0", "half": "x is a ONNX_TYPE_TENSOR"} {
		if _, err := onnx.NewSession(network(t, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	for _, data := range [][]byte{nil, {}, []byte("no network"), network(t, "types")[:100]} {
		if _, err := onnx.NewSession(data); err == nil {
			t.Errorf("%d bytes made a session", len(data))
		}
	}
}

// What a session is made of is in the bytes that were hashed.
func TestSessionNeverReadsAnotherFile(t *testing.T) {
	external := network(t, "external")
	t.Chdir("testdata") // external.onnx names generate.py, which is here
	if s, err := onnx.NewSession(external); err == nil {
		s.Close()
		t.Error("a network with external data was loaded")
	}
}

func TestRunRefusesWrongInputs(t *testing.T) {
	s := session(t, "scatter")
	index := graph.Tensor{DType: graph.Int64, Shape: []int64{1, 1}, I64: []int64{0}}
	for name, in := range map[string][]graph.Tensor{
		"too few":        {floats([]int64{1, 1}, 1)},
		"short data":     {floats([]int64{2, 1}, 1), index},
		"no dtype":       {{Shape: []int64{1, 1}, F32: []float32{1}}, index},
		"wrong dtype":    {index, index},
		"wrong rank":     {floats([]int64{1}, 1), index},
		"rank 0":         {floats(nil, 1), index},
		"negative shape": {floats([]int64{-1, -1}, 1), index},
	} {
		if out, err := s.Run(context.Background(), in); err == nil {
			t.Errorf("%s: got %v", name, out)
		}
	}
	if onnx.Live() != 0 {
		t.Errorf("%d values are left", onnx.Live())
	}
}

// More than one thread inside an operator gives wrong sums; nothing may make such a session.
func TestEverySessionHasOneIntraOpThread(t *testing.T) {
	if o := onnx.CPUOptions(); !reflect.DeepEqual(o, onnx.SessionOptions{IntraOpThreads: 1, InterOpThreads: 1}) {
		t.Errorf("options of sessions: %+v", o)
	}
	for _, n := range []int{0, 2, 8} {
		if _, err := onnx.NewSessionWith(network(t, "scatter"), onnx.SessionOptions{IntraOpThreads: n, InterOpThreads: 1}); err == nil {
			t.Errorf("%d threads were taken", n)
		}
	}
}

func TestScatterSumsAreEqualEachTime(t *testing.T) {
	const edges = 1 << 16
	s, r := session(t, "scatter"), rand.New(rand.NewPCG(1, 2))
	var in [2]graph.Tensor
	in[0].Reset(graph.Float32, edges, 1)
	in[1].Reset(graph.Int64, edges, 1)
	for k := range edges {
		in[0].F32[k], in[1].I64[k] = r.Float32(), r.Int64N(64)
	}
	var want [64]float64
	for k := range edges {
		want[in[1].I64[k]] += float64(in[0].F32[k])
	}
	var first []float32
	for range 50 {
		out, err := s.Run(context.Background(), in[:])
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out[0].F32
		}
		if !slices.Equal(out[0].F32, first) {
			t.Fatal("sums differ from run to run")
		}
	}
	for i, sum := range first {
		// about 1,000 float32 additions in a row
		if math.Abs(float64(sum)-want[i]) > 1e-5*want[i] {
			t.Errorf("row %d: got %g, want %g", i, sum, want[i])
		}
	}
}

func TestConcurrentRunsAgree(t *testing.T) {
	s := session(t, "scatter")
	var wg sync.WaitGroup
	for g := range 4 * onnx.Slots() {
		wg.Go(func() {
			index := graph.Tensor{DType: graph.Int64, Shape: []int64{2, 1}, I64: []int64{int64(g), int64(g)}}
			for k := range 100 {
				out, err := s.Run(context.Background(), []graph.Tensor{floats([]int64{2, 1}, float32(k), 1), index})
				if err != nil || out[0].F32[g] != float32(k)+1 || out[0].F32[(g+1)%64] != 0 {
					t.Errorf("run %d of %d: %v %v", k, g, out, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Only Terminate ends this network, so that a Run that comes back has been terminated and waited for.
func TestCancelTerminatesTheNetwork(t *testing.T) {
	s := session(t, "endless")
	why := errors.New("the caller left")
	ctx, cancel := context.WithCancelCause(context.Background())
	returned := make(chan error)
	go func() {
		_, err := s.Run(ctx, []graph.Tensor{floats([]int64{1}, 1)})
		returned <- err
	}()
	until(func() bool { return onnx.Live() > 0 }) // the network has its input
	cancel(why)
	if err := <-returned; !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
	if onnx.Live() != 0 {
		t.Errorf("%d values are left", onnx.Live())
	}
}

func TestWaitingForASlotEndsWithItsContext(t *testing.T) {
	s := session(t, "endless")
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range onnx.Slots() {
		wg.Go(func() { s.Run(ctx, []graph.Tensor{floats([]int64{1}, 1)}) })
	}
	until(func() bool { return onnx.Live() == int64(onnx.Slots()) })
	waiting, leave := context.WithCancel(context.Background())
	wg.Go(func() {
		if _, err := s.Run(waiting, []graph.Tensor{floats([]int64{1}, 1)}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	leave()
	cancel()
	wg.Wait()
}

func TestCloseWaitsForRunsAndLaterRunsFail(t *testing.T) {
	s := session(t, "endless")
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx, []graph.Tensor{floats([]int64{1}, 1)}) })
	until(func() bool { return onnx.Live() > 0 })
	wg.Go(func() {
		if err := s.Close(); err != nil || onnx.Live() != 0 {
			t.Errorf("Close: %v; %d values of the run are left", err, onnx.Live())
		}
	})
	cancel()
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := s.Run(context.Background(), []graph.Tensor{floats([]int64{1}, 1)}); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("run after Close: %v", err)
	}
}

func TestRunsLeaveNothingBehind(t *testing.T) {
	s := session(t, "types")
	in := make([]graph.Tensor, 4)
	for i, d := range []graph.DType{graph.Float32, graph.Float64, graph.Int64, graph.Bool} {
		in[i].Reset(d, 64, 2)
	}
	for range 2000 {
		if _, err := s.Run(context.Background(), in); err != nil {
			t.Fatal(err)
		}
	}
	if onnx.Live() != 0 {
		t.Errorf("%d values are left", onnx.Live())
	}
}

func TestStart(t *testing.T) {
	if onnx.Version() == "" {
		t.Error("no version after Start")
	}
	if p, err := onnx.Providers(); err != nil || !slices.Contains(p, "CPUExecutionProvider") {
		t.Errorf("providers %v, %v", p, err)
	}
	if err := onnx.Start("another.so"); err == nil {
		t.Error("a second library was taken")
	}
}
