package tests

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"molserve/onnx"
	"molserve/onnx/library"
	"molserve/onnx/prove"
	"molserve/serve"
)

// swapModel is the shipped model whose copies are swapped: the quickest to prove.
const swapModel = "esol-gcn"

// shiftPerVersion tells versions apart: version n answers this much per n more than version 0 would.
const shiftPerVersion = 10

// withRuntime starts ONNX Runtime.
func withRuntime(t testing.TB) {
	t.Helper()
	path, err := library.Find("")
	if err != nil {
		t.Fatal(err)
	}
	if err := onnx.Start(path); err != nil {
		t.Fatal(err)
	}
}

// modelCopy is a shipped model on its way to a new folder.
type modelCopy struct {
	files    map[string][]byte
	manifest map[string]any
}

// copyModel reads the shipped model as version n: its answers and golden values are shifted.
func copyModel(t testing.TB, n int) *modelCopy {
	t.Helper()
	c := &modelCopy{files: map[string][]byte{}}
	dir := filepath.Join("../exported_models", swapModel, "1")
	unmarshal(t, readFile(t, filepath.Join(dir, "manifest.json")), &c.manifest)
	for name := range c.manifest["files"].(map[string]any) {
		c.files[name] = readFile(t, filepath.Join(dir, name))
	}
	c.manifest["version"] = strconv.Itoa(n)
	transform := c.manifest["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)
	transform["shift"] = transform["shift"].(float64) + float64(shiftPerVersion*n)
	c.golden(t, func(v float64) float64 { return v + float64(shiftPerVersion*n) })
	return c
}

// golden changes the golden values and leaves the rest of the file as it is.
func (c *modelCopy) golden(t testing.TB, change func(float64) float64) {
	t.Helper()
	var file map[string]json.RawMessage
	var cases []map[string]json.RawMessage
	unmarshal(t, c.files["golden.json"], &file)
	unmarshal(t, file["cases"], &cases)
	for _, k := range cases {
		var values []float64
		unmarshal(t, k["values"], &values)
		for i := range values {
			values[i] = change(values[i])
		}
		k["values"] = marshal(t, values)
	}
	file["cases"] = marshal(t, cases)
	c.files["golden.json"] = marshal(t, file)
}

// nudgeWeight changes the last weight of weights.safetensors, the head's, and leaves the network as it is.
func (c *modelCopy) nudgeWeight() {
	weights := c.files["weights.safetensors"]
	last := weights[len(weights)-4:]
	w := math.Float32frombits(binary.LittleEndian.Uint32(last))
	binary.LittleEndian.PutUint32(last, math.Float32bits(w+0.1))
}

// seal writes the hashes of the files into the manifest.
func (c *modelCopy) seal() *modelCopy {
	for name, data := range c.files {
		sum := sha256.Sum256(data)
		c.manifest["files"].(map[string]any)[name] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "bytes": len(data)}
	}
	return c
}

// publish writes the files, then renames the manifest into place.
func (c *modelCopy) publish(t testing.TB, root string, version int) {
	t.Helper()
	dir := filepath.Join(root, swapModel, strconv.Itoa(version))
	for name, data := range c.files {
		writeFile(t, filepath.Join(dir, name), data)
	}
	writeFile(t, filepath.Join(root, "manifest.tmp"), marshal(t, c.manifest))
	if err := os.Rename(filepath.Join(root, "manifest.tmp"), filepath.Join(dir, "manifest.json")); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func unmarshal(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// counted is a model whose closing is counted.
type counted struct {
	serve.Predictor
	open *atomic.Int64
}

func (c counted) Close() error {
	defer c.open.Add(-1)
	return c.Predictor.Close()
}

// swapServer is a server over a folder of copies.
type swapServer struct {
	t    *testing.T
	root string
	base string
	open atomic.Int64 // sessions

	prove serve.Loader
}

// startSwapServer serves version 1 and checks, when the test is over, that nothing is left open.
func startSwapServer(t *testing.T) *swapServer {
	t.Helper()
	return startSwapServerWith(t, serve.Prove)
}

func startSwapServerWith(t *testing.T, prove serve.Loader) *swapServer {
	t.Helper()
	withRuntime(t)
	s := &swapServer{t: t, root: t.TempDir(), prove: prove}
	copyModel(t, 1).seal().publish(t, s.root, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + l.Addr().String()
	before := goleak.IgnoreCurrent()
	ready, ended := make(chan struct{}), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		ended <- serve.New(serve.Config{Models: s.root, Load: s.load, Poll: 200 * time.Millisecond, Queue: 1000,
			OnReady: func([]*onnx.Manifest) { close(ready) }, Log: slog.New(slog.DiscardHandler)}).Run(ctx, l)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
		goleak.VerifyNone(t, before)
		if n := s.open.Load(); n != 0 {
			t.Errorf("%d sessions are left open", n)
		}
	})
	<-ready
	return s
}

func (s *swapServer) load(ctx context.Context, f onnx.Folder) (serve.Predictor, *prove.Certificate, error) {
	m, c, err := s.prove(ctx, f)
	if err != nil {
		return nil, c, err
	}
	s.open.Add(1)
	return counted{m, &s.open}, c, nil
}

// answer is a reply of one output.
type swapAnswer struct {
	Version     string
	Predictions []struct {
		Status string
		Values struct{ LogS float64 }
	}
}

const swapRequest = `{"smiles": ["CCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "C"]}`

func (s *swapServer) predict() (swapAnswer, error) {
	return askModel(http.DefaultClient, s.base+"/v1/models/"+swapModel+"/predict")
}

func askModel(client *http.Client, url string) (a swapAnswer, err error) {
	res, err := client.Post(url, "application/json", strings.NewReader(swapRequest))
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		return a, fmt.Errorf("status %d: %s %w", res.StatusCode, body, err)
	}
	return a, json.Unmarshal(body, &a)
}

// consistent tells whether a's numbers are those of the version it names, given version 1's.
func (a swapAnswer) consistent(first swapAnswer) error {
	n, err := strconv.Atoi(a.Version)
	if err != nil || len(a.Predictions) != len(first.Predictions) {
		return fmt.Errorf("%+v", a)
	}
	for i, p := range a.Predictions {
		want := first.Predictions[i].Values.LogS + float64(shiftPerVersion*(n-1))
		// Shifts are added in float64: 1e-9 is far above its rounding and far below one version.
		if p.Status != "ok" || math.Abs(p.Values.LogS-want) > 1e-9 {
			return fmt.Errorf("version %d, molecule %d: %v, want %v", n, i, p.Values.LogS, want)
		}
	}
	return nil
}

func (s *swapServer) mustPredict() swapAnswer {
	s.t.Helper()
	a, err := s.predict()
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// state returns the state and reason of a version.
func (s *swapServer) state(version int) (state, reason string) {
	res, err := http.Get(fmt.Sprintf("%s/v1/models/%s/versions/%d", s.base, swapModel, version))
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var v struct{ State, Reason string }
	json.NewDecoder(res.Body).Decode(&v)
	return v.State, v.Reason
}

func (s *swapServer) eventually(version int, want string) (reason string) {
	s.t.Helper()
	for range 1000 {
		state, reason := s.state(version)
		if state == want {
			return reason
		}
		time.Sleep(20 * time.Millisecond)
	}
	state, reason := s.state(version)
	s.t.Fatalf("version %d is %s (%s), not %s", version, state, reason, want)
	return ""
}

func TestFiftySwapsUnderLoadLoseNoRequestAndMixNoVersions(t *testing.T) {
	s := startSwapServer(t)
	first := s.mustPredict()
	var asked, swaps atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := s.predict()
				if err == nil {
					err = a.consistent(first)
				}
				if err != nil {
					t.Error(err)
					return
				}
				asked.Add(1)
				time.Sleep(2 * time.Millisecond) // the gate needs a core too
			}
		})
	}
	start, before := time.Now(), resident()
	last := 51
	if testing.Short() {
		last = 11
	}
	for v := 2; v <= last; v++ {
		copyModel(t, v).seal().publish(t, s.root, v)
		s.eventually(v, "ready")
		os.RemoveAll(filepath.Join(s.root, swapModel, strconv.Itoa(v-1)))
		swaps.Add(1)
	}
	took := time.Since(start)
	close(stop)
	clients.Wait()
	for range 200 {
		if s.open.Load() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d sessions are open", n)
	}
	t.Logf("%d swaps in %v, %d requests, none failed; resident memory %s at the first swap, %s at the last", swaps.Load(),
		took.Round(time.Millisecond), asked.Load(), before, resident())
}

// resident returns the memory of this process as the kernel counts it, with its unit.
func resident() string { return residentOf("self") }

func residentOf(process string) string {
	text, _ := os.ReadFile("/proc/" + process + "/status")
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(line)
}

func TestVersionThatDoesNotProveItselfIsRefusedAndTheOldOneServesOn(t *testing.T) {
	s := startSwapServer(t)
	first := s.mustPredict()
	for i, c := range []struct {
		name   string
		spoil  func(*modelCopy)
		reason string // part of it
	}{
		{"a flipped bit", func(c *modelCopy) { c.seal().files["model.onnx"][1000] ^= 1 }, "model.onnx"},
		{"a truncated file", func(c *modelCopy) { c.seal().files["model.onnx"] = c.files["model.onnx"][:1000] }, "model.onnx"},
		{"no network", func(c *modelCopy) { c.files["model.onnx"] = []byte("not an ONNX file"); c.seal() }, "model.onnx"},
		{"a wrong golden value", func(c *modelCopy) { c.golden(t, func(v float64) float64 { return v + 0.01 }); c.seal() }, "golden values"},
		{"a weight of another network", func(c *modelCopy) { c.nudgeWeight(); c.seal() }, "weights"},
		{"another transform", func(c *modelCopy) {
			c.seal().manifest["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)["scale"] = 7.0
		}, "golden values"},
		{"a tensor that the network has not", func(c *modelCopy) {
			c.seal().manifest["inputs"].([]any)[0].(map[string]any)["tensor"] = "nodes_of_old"
		}, "nodes_of_old"},
		{"an unknown key", func(c *modelCopy) { c.seal().manifest["colour"] = "red" }, "/colour"},
		{"another version's manifest", func(c *modelCopy) { c.seal().manifest["version"] = "77" }, "77"},
		{"a missing file", func(c *modelCopy) { c.seal(); delete(c.files, "golden.json") }, "golden.json"},
	} {
		version := i + 2
		m := copyModel(t, version)
		c.spoil(m)
		m.publish(t, s.root, version)
		reason := s.eventually(version, "refused")
		if !strings.Contains(reason, c.reason) || strings.Contains(reason, s.root) {
			t.Errorf("%s: reason %q", c.name, reason)
		}
		t.Logf("%s: %s", c.name, strings.ReplaceAll(reason, "\n", "; "))
		a := s.mustPredict()
		if err := a.consistent(first); err != nil || a.Version != "1" {
			t.Errorf("%s: version %s serves, %v", c.name, a.Version, err)
		}
	}
	// What is mended is tried again.
	copyModel(t, 2).seal().publish(t, s.root, 2)
	s.eventually(2, "ready")
	if err := s.mustPredict().consistent(first); err != nil {
		t.Error(err)
	}
}
