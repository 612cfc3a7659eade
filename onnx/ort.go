package onnx

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	ort "github.com/yalue/onnxruntime_go"

	"molserve/onnx/scan"
	"molserve/preprocess/graph"
)

// This file and ort_provider.go are the only ones that know the binding to ONNX Runtime.

var start struct {
	sync.Mutex
	path      string   // of the library that is loaded
	providers []string // paths of the libraries that were registered
}

// Start loads ONNX Runtime from a library file and makes the environment, once a process. Starting
// again with the same file does nothing; another file is refused.
func Start(libraryPath string) error {
	start.Lock()
	defer start.Unlock()
	if start.path == libraryPath && start.path != "" {
		return nil
	}
	if start.path != "" {
		return fmt.Errorf("start ONNX Runtime: %s is loaded already, %s cannot be", start.path, libraryPath)
	}
	if libraryPath == "" {
		return errors.New("start ONNX Runtime: no library file is named; run 'molserve runtime install'")
	}
	if err := silence(); err != nil {
		return fmt.Errorf("start ONNX Runtime: turn its telemetry off: %w", err)
	}
	ort.SetSharedLibraryPath(libraryPath)
	// What goes wrong comes back as an error; ONNX Runtime need not write it to standard error too.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return startError(libraryPath, err)
	}
	start.path = libraryPath
	return nil
}

// startError explains why a library could not be used. The binding says "API base: 2" when the library
// lacks C API 29, which came with 1.29, and has unloaded it by then.
func startError(path string, err error) error {
	if strings.HasSuffix(err.Error(), "API base: 2") {
		return fmt.Errorf("start ONNX Runtime: %s is version %s, 1.29 or newer is needed; run 'molserve runtime install'",
			path, versionOf(path))
	}
	return fmt.Errorf("start ONNX Runtime: load %s: %w", path, err)
}

// Version returns the version of ONNX Runtime, or "" before Start.
func Version() string {
	start.Lock()
	defer start.Unlock()
	if start.path == "" {
		return ""
	}
	return ort.GetVersion()
}

// Library returns the path of the library that is loaded, or "" before Start.
func Library() string {
	start.Lock()
	defer start.Unlock()
	return start.path
}

// slots bounds the runs of the process on the CPU: a run keeps an OS thread busy, more of them than cores only
// wait.
var slots = make(chan struct{}, cores)

// cores is how many the process may use: what GOMAXPROCS is when it starts.
var cores = runtime.GOMAXPROCS(0)

// Cores is how many cores the process may use: as many runs at a time are worth having. A process that answers
// while it runs networks sets GOMAXPROCS above it: a run holds one of Go's processors until it ends, so that with
// as many as cores nobody would read a request while all run.
func Cores() int { return cores }

// ortSession is a Session of ONNX Runtime.
type ortSession struct {
	session         *ort.DynamicAdvancedSession
	inputs, outputs []TensorInfo
	placement       *Placement    // nil: all is the CPU's
	slots           chan struct{} // of its runs

	mu     sync.RWMutex // read-locked by runs, so that Close waits for them
	closed bool
}

var _ Session = (*ortSession)(nil)

// NewSession makes a session from the bytes of an ONNX file. Paths are never given to ONNX Runtime:
// what was hashed is what runs, and external data cannot be reached.
func NewSession(onnx []byte) (Session, error) { return newSession(onnx, cpuOptions()) }

func newSession(onnx []byte, o SessionOptions) (*ortSession, error) {
	if o.IntraOpThreads != 1 {
		return nil, fmt.Errorf("make session: %d threads inside an operator: ScatterND sums are wrong with more than 1", o.IntraOpThreads)
	}
	if len(onnx) == 0 {
		return nil, errors.New("read network: there are no bytes")
	}
	if err := scan.External(onnx); err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	in, out, err := ort.GetInputOutputInfoWithONNXData(onnx)
	if err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	s := &ortSession{slots: slots}
	if s.inputs, s.outputs, err = signature(in, out); err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	options, err := ortOptions(o)
	if err != nil {
		return nil, fmt.Errorf("make session: %w", err)
	}
	defer options.Destroy()
	s.session, err = ort.NewDynamicAdvancedSessionWithONNXData(onnx, names(s.inputs), names(s.outputs), options)
	if err != nil {
		return nil, fmt.Errorf("make session: %w", err)
	}
	if len(beyondCPU(o.Providers)) == 0 {
		return s, nil
	}
	s.slots = make(chan struct{}, o.concurrency())
	if s.placement, err = placement(s.session); err != nil {
		s.session.Destroy()
		return nil, fmt.Errorf("make session: %w", err)
	}
	return s, nil
}

// ortOptions is the one place that makes session options. Tensors are allocated from the C heap, of which each thread has
// its own part: runs side by side would wait for each other at every operator for the session's one pool.
func ortOptions(o SessionOptions) (*ort.SessionOptions, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	mode, spin := ort.ExecutionMode(ort.ExecutionModeSequential), "0"
	if o.Parallel {
		mode = ort.ExecutionModeParallel
	}
	if o.Spinning {
		spin = "1"
	}
	err = errors.Join(
		options.SetCpuMemArena(false),
		options.SetIntraOpNumThreads(o.IntraOpThreads),
		options.SetInterOpNumThreads(o.InterOpThreads),
		options.SetExecutionMode(mode),
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", spin),
		options.AddSessionConfigEntry("session.inter_op.allow_spinning", spin))
	if others := beyondCPU(o.Providers); len(others) > 0 {
		err = errors.Join(err, options.AddSessionConfigEntry(recordPlacement, "1"))
		for _, p := range others {
			err = errors.Join(err, appendProvider(options, p))
		}
	}
	if err != nil {
		options.Destroy()
		return nil, err
	}
	return options, nil
}

// dtypes are the element types that a network may take and give.
var dtypes = map[ort.TensorElementDataType]graph.DType{
	ort.TensorElementDataTypeFloat:  graph.Float32,
	ort.TensorElementDataTypeDouble: graph.Float64,
	ort.TensorElementDataTypeInt64:  graph.Int64,
	ort.TensorElementDataTypeBool:   graph.Bool,
}

// signature refuses what no Tensor can hold: other types, sequences, rank 0.
func signature(in, out []ort.InputOutputInfo) (inputs, outputs []TensorInfo, err error) {
	if len(in) == 0 || len(out) == 0 {
		return nil, nil, fmt.Errorf("has %d inputs and %d outputs, at least one of each is needed", len(in), len(out))
	}
	var faults []error
	read := func(infos []ort.InputOutputInfo) (list []TensorInfo) {
		for _, i := range infos {
			dtype, ok := dtypes[i.DataType]
			if i.OrtValueType != ort.ONNXTypeTensor || !ok {
				faults = append(faults, fmt.Errorf("%s is a %v of %v, which is not supported", i.Name, i.OrtValueType, i.DataType))
			}
			if len(i.Dimensions) == 0 {
				faults = append(faults, fmt.Errorf("%s has rank 0 or none; give it a dimension", i.Name))
			}
			list = append(list, TensorInfo{Name: i.Name, DType: dtype, Shape: slices.Clone(i.Dimensions)})
		}
		return list
	}
	inputs, outputs = read(in), read(out)
	return inputs, outputs, errors.Join(faults...)
}

func (s *ortSession) Signature() (inputs, outputs []TensorInfo) { return s.inputs, s.outputs }

// Close is idempotent.
func (s *ortSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.session.Destroy()
}

func (s *ortSession) Run(ctx context.Context, in []graph.Tensor) ([]graph.Tensor, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, ErrClosed
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return s.run(ctx, in)
}

// run owns all memory of one run: what it makes in C it destroys, after the network has ended.
func (s *ortSession) run(ctx context.Context, in []graph.Tensor) ([]graph.Tensor, error) {
	if len(in) != len(s.inputs) {
		return nil, fmt.Errorf("run: %d tensors for %d inputs", len(in), len(s.inputs))
	}
	var pin runtime.Pinner // C keeps the address of the inputs from lend until destroy
	defer pin.Unpin()
	inputs := make([]ort.Value, len(in))
	outputs := make([]ort.Value, len(s.outputs)) // nil: ONNX Runtime allocates
	defer destroy(inputs)
	defer func() { destroy(outputs) }()
	for i := range in {
		v, err := lend(&in[i], &pin)
		if err != nil {
			return nil, fmt.Errorf("run: input %s: %w", s.inputs[i].Name, err)
		}
		inputs[i] = v
	}
	if err := s.call(ctx, inputs, outputs); err != nil {
		return nil, err
	}
	return s.copyOut(outputs)
}

// call runs the network and stops it when ctx ends. It returns after the network has.
func (s *ortSession) call(ctx context.Context, in, out []ort.Value) error {
	options, err := ort.NewRunOptions()
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	defer options.Destroy()
	terminated := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(terminated)
		options.Terminate()
	})
	err = s.seated(in, out, options)
	for _, v := range out {
		if v != nil {
			live.Add(1)
		}
	}
	if !stop() {
		<-terminated // the options must outlive Terminate
		return context.Cause(ctx)
	}
	if err != nil && strings.Contains(err.Error(), "std::bad_alloc") { // all that the C heap says
		return fmt.Errorf("run: there is not enough memory: %w", err)
	}
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	return nil
}

// seated runs the network apart from other runs, if it is computed here.
func (s *ortSession) seated(in, out []ort.Value, options *ort.RunOptions) error {
	if s.placement == nil {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer places.leave(places.take())
	}
	return s.session.RunWithOptions(in, out, options)
}

// places are the process's.
var places seats

// live counts the values of ONNX Runtime that this file has and has not destroyed yet.
var live atomic.Int64

func destroy(values []ort.Value) {
	for _, v := range values {
		if v != nil {
			v.Destroy()
			live.Add(-1)
		}
	}
}

// lend makes a value over t's memory, pinned, without copying.
func lend(t *graph.Tensor, pin *runtime.Pinner) (ort.Value, error) {
	switch t.DType {
	case graph.Float32:
		return lendSlice(t.F32, t, pin)
	case graph.Float64:
		return lendSlice(t.F64, t, pin)
	case graph.Int64:
		return lendSlice(t.I64, t, pin)
	case graph.Bool:
		return lendSlice(t.B, t, pin)
	}
	return nil, fmt.Errorf("dtype %q is not supported", t.DType)
}

func lendSlice[T ort.TensorData](data []T, t *graph.Tensor, pin *runtime.Pinner) (ort.Value, error) {
	if len(data) != t.Len() {
		return nil, fmt.Errorf("%s has %d elements", t, len(data))
	}
	if len(data) > 0 {
		pin.Pin(&data[0])
	}
	v, err := ort.NewTensor(t.Shape, data)
	if err != nil {
		return nil, err
	}
	live.Add(1)
	return v, nil
}

// copyOut takes outputs into Go. The binding has copied them out of C already: their slices are Go's.
func (s *ortSession) copyOut(values []ort.Value) ([]graph.Tensor, error) {
	out := make([]graph.Tensor, len(values))
	for i, v := range values {
		t := &out[i]
		t.Shape = v.GetShape()
		switch v := v.(type) {
		case *ort.Tensor[float32]:
			t.DType, t.F32 = graph.Float32, v.GetData()
		case *ort.Tensor[float64]:
			t.DType, t.F64 = graph.Float64, v.GetData()
		case *ort.Tensor[int64]:
			t.DType, t.I64 = graph.Int64, v.GetData()
		case *ort.Tensor[bool]:
			t.DType, t.B = graph.Bool, v.GetData()
		default:
			return nil, fmt.Errorf("run: output %s has a type that is not supported", s.outputs[i].Name)
		}
	}
	return out, nil
}
