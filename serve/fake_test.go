package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/serve"
)

// TestMain looks for goroutines that are left, and for exchanges that the OpenAPI document does not describe.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(exit int) {
		faults := theContract().faults
		for _, fault := range slices.Sorted(maps.Keys(faults)) {
			exit = 1
			fmt.Fprintf(os.Stderr, "an exchange is not as the OpenAPI document says: %s\n  %s\n", fault, faults[fault])
		}
		os.Exit(exit)
	}))
}

// fake is a model without a network: logS is the length of the SMILES plus a thousand times the
// version, pair is a row of two. Some texts have a meaning of their own.
type fake struct {
	manifest onnx.Manifest
	version  int
	hold     chan struct{} // a record "wait" waits for this to be closed, or for the context's end
	open     *atomic.Int64 // fakes that are not closed
	runs     atomic.Int64
}

func (f *fake) Manifest() *onnx.Manifest { return &f.manifest }

func (f *fake) Outputs() []onnx.Output { return f.manifest.Outputs }

// Network gives back what it is given, once it is released.
func (f *fake) Network() onnx.Network { return echo{f.hold} }

type echo struct{ hold chan struct{} }

func (echo) Signature() (in, out []onnx.TensorInfo) {
	return []onnx.TensorInfo{{Name: "ones", DType: graph.Float32, Shape: []int64{-1}}}, []onnx.TensorInfo{{Name: "y", DType: graph.Float32, Shape: []int64{-1}}}
}

func (echo) Mergeable() bool { return true }

func (echo) LoadOf(in []graph.Tensor) onnx.Load {
	return onnx.Load{Graphs: int(max(in[0].Shape[0], 1))}
}

func (echo) Cut([]graph.Tensor) *onnx.Cut { return nil }

func (echo) Run(_ context.Context, requests [][]graph.Tensor) ([][]graph.Tensor, error) {
	return requests, nil
}

func (f *fake) Close() error {
	f.open.Add(-1)
	return nil
}

// Build makes a graph whose atomic numbers are the text.
func (f *fake) Build(_ context.Context, recs []preprocess.Record, _ onnx.Options) ([]*graph.Graph, []onnx.Row, error) {
	graphs, rows := make([]*graph.Graph, len(recs)), make([]onnx.Row, len(recs))
	for i, r := range recs {
		rows[i] = onnx.Row{Index: i, ID: r.ID}
		switch r.Text {
		case "":
			rows[i].Err = molecule.Refuse(molecule.CodeEmpty, -1, "the SMILES is empty")
		case "C1CC":
			rows[i].Err = molecule.Refuse(molecule.CodeUnclosedRing, 1, "ring 1 opened at character 1 is never closed")
		case "panic":
			panic("the fake was told to")
		case "fail":
			return nil, nil, fmt.Errorf("secret at /var/lib/model")
		default:
			graphs[i], rows[i].Atoms = &graph.Graph{N: len(r.Text), Numbers: []uint8(r.Text)}, len(r.Text)
		}
	}
	return graphs, rows, nil
}

func (f *fake) LoadOf(g *graph.Graph) onnx.Load { return onnx.Load{Graphs: 1, Atoms: g.N} }

func (f *fake) Concurrency() int { return 2 }
func (f *fake) Beside() int      { return 1 }

func (f *fake) Batch() onnx.BatchLimits { return onnx.BatchLimits{Graphs: 4} }

// Fits lets up to four molecules share a run.
func (f *fake) Fits(l onnx.Load) bool { return l.Graphs <= 4 }

func (f *fake) PredictBatch(ctx context.Context, graphs []*graph.Graph) ([]onnx.Row, error) {
	f.runs.Add(1)
	rows := make([]onnx.Row, len(graphs))
	for i, g := range graphs {
		text := string(g.Numbers)
		x := float64(len(text) + 1000*f.version)
		switch text {
		case "nan":
			x = math.NaN()
		case "crash":
			panic("the fake was told to")
		case "poison":
			return nil, fmt.Errorf("secret at /var/lib/model")
		case "wait":
			select {
			case <-f.hold:
			case <-ctx.Done():
				return nil, fmt.Errorf("run: %w", ctx.Err())
			}
		}
		rows[i].Values = []onnx.Value{{Data: []float64{x}}, {Shape: []int{2}, Data: []float64{x, -x / 3}}}
	}
	return rows, nil
}

// world is a folder of models and a server over it.
type world struct {
	t      *testing.T
	server *serve.Server
	base   string // http://host:port
	admin  string // the same of the admin listener
	token  string // of every request; empty: none
	models string
	open   atomic.Int64 // fakes
	hold   chan struct{}
	ready  chan struct{} // closed after the first scan
	log    lockedBuilder
	stop   context.CancelFunc
	ended  chan error
}

// start runs a server with models m/1 and, when cfg has no loader, fakes behind them.
func start(t *testing.T, cfg serve.Config) *world {
	t.Helper()
	return startOn(t, "127.0.0.1", cfg)
}

// startOn is start on an address of the machine.
func startOn(t *testing.T, host string, cfg serve.Config) *world {
	t.Helper()
	w := startEarly(t, host, cfg)
	select {
	case <-w.ready:
	case <-time.After(never):
		t.Fatal("the first scan is never over")
	}
	return w
}

// startEarly does not wait for the first scan.
func startEarly(t *testing.T, host string, cfg serve.Config) *world {
	t.Helper()
	w := &world{t: t, models: t.TempDir(), hold: make(chan struct{}), ready: make(chan struct{}), ended: make(chan error, 1)}
	w.publish("m", 1, "{}")
	cfg.Models = w.models
	if cfg.Load == nil {
		cfg.Load = w.load
	}
	cfg.Log = slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg.OnReady = func([]*onnx.Manifest) { close(w.ready) }
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Admin, err = net.Listen("tcp", host+":0"); err != nil {
		t.Fatal(err)
	}
	scheme := "http"
	if cfg.Keys != nil {
		scheme = "https"
	}
	w.base = fmt.Sprintf("%s://127.0.0.1:%d", scheme, l.Addr().(*net.TCPAddr).Port)
	w.admin = fmt.Sprintf("%s://127.0.0.1:%d", scheme, cfg.Admin.Addr().(*net.TCPAddr).Port)
	ctx, cancel := context.WithCancel(t.Context())
	w.stop = cancel
	w.server = serve.New(cfg)
	go func() { w.ended <- w.server.Run(ctx, l) }()
	t.Cleanup(w.end)
	return w
}

// end stops the server and checks that nothing is left.
func (w *world) end() {
	w.stop()
	select {
	case err := <-w.ended:
		if err != nil {
			w.t.Errorf("Run: %v", err)
		}
	case <-time.After(never):
		w.t.Fatal("the server does not stop")
	}
	if n := w.open.Load(); n != 0 {
		w.t.Errorf("%d models are not closed", n)
	}
	http.DefaultClient.CloseIdleConnections()
}

// publish makes a version folder whose manifest comes last. The text chooses what the loader does.
func (w *world) publish(name string, version int, manifest string) {
	w.t.Helper()
	dir := filepath.Join(w.models, name, strconv.Itoa(version))
	tmp := filepath.Join(w.models, "manifest.tmp")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(tmp, []byte(manifest), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, "manifest.json")); err != nil {
		w.t.Fatal(err)
	}
}

// load is the fakes' loader: the manifest "bad" is refused, "panic" panics, "potential" takes structures,
// "sdf" takes molfiles too, "slow" waits for hold to be closed, or for the context's end. The files of "linked"
// are read as those of real models are.
func (w *world) load(ctx context.Context, f onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
	text, err := os.ReadFile(filepath.Join(f.Dir, "manifest.json"))
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.ReadFile(filepath.Join(f.Dir, "model.onnx")); errors.Is(err, fs.ErrPermission) {
		return nil, nil, err
	}
	if f.Name == "linked" {
		_, err := f.Read()
		return nil, nil, err
	}
	certificate := &prove.Certificate{Model: f.Name, OK: true, Checks: []prove.Check{{Name: "golden", OK: true, Measured: math.Inf(1)}}}
	switch string(text) {
	case "bad":
		certificate.OK = false
		return nil, certificate, fmt.Errorf("open %s/model.onnx: not what the manifest says", f.Dir)
	case "panic":
		panic("the loader was told to")
	case "slow":
		select {
		case <-w.hold:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	w.open.Add(1)
	if string(text) == "potential" {
		return &potential{open: &w.open}, certificate, nil
	}
	manifest := onnx.Manifest{Name: f.Name, Version: strconv.Itoa(f.Version), Accepts: []string{"smiles"},
		Inputs:  []onnx.Input{{Tensor: "ones", Field: "graph_ones", DType: graph.Float32, Shape: []onnx.Dim{{Symbol: "G"}}}},
		Task:    onnx.Task{Level: "graph", Kind: "regression"},
		Outputs: []onnx.Output{{Name: "logS", Unit: "log10(mol/L)", Per: "graph"}, {Name: "pair", Unit: "1", Per: "graph"}}}
	if string(text) == "sdf" {
		manifest.Accepts = append(manifest.Accepts, "sdf")
	}
	return &fake{manifest: manifest, version: f.Version, hold: w.hold, open: &w.open}, certificate, nil
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
	last   bool // of its connection
}

// do sends a request; headers come in pairs.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	a, err := w.try(method, path, body, headers...)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) try(method, path, body string, headers ...string) (a answer, err error) {
	return ask(method, w.base+path, body, append(headers, bearer(w.token)...)...)
}

// call posts to the admin listener.
func (w *world) call(path string, headers ...string) answer {
	w.t.Helper()
	a, err := ask("POST", w.admin+path, "", headers...)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func ask(method, url, body string, headers ...string) (a answer, err error) {
	return askBy(http.DefaultClient, method, url, body, headers...)
}

func askBy(client *http.Client, method, url, body string, headers ...string) (a answer, err error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := client.Do(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	a = answer{res.StatusCode, res.Header, string(text), res.Close}
	if err == nil {
		theContract().check(exchange{method, url, body, req.Header, a})
	}
	return a, err
}

// predict posts JSON to m.
func (w *world) predict(body string) answer {
	w.t.Helper()
	return w.do("POST", "/v1/models/m/predict", body, "Content-Type", "application/json")
}

// never is when a test says that something does not come about. A machine that is busy with other things takes tens of
// seconds for what takes it milliseconds else.
const never = 2 * time.Minute

// eventually waits until done is true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(never); time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
