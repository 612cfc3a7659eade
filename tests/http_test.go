package tests

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/preprocess"
)

// process is the binary, serving.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	base  string
	admin string
}

// startProcess serves a folder that holds a copy of swapModel.
func startProcess(t *testing.T, flags ...string) *process {
	t.Helper()
	root := t.TempDir()
	copyModel(t, 1).seal().publish(t, root, 1)
	return startServing(t, root, flags...)
}

// startServing builds the binary, serves the models of root and waits until it is ready.
func startServing(t testing.TB, root string, flags ...string) *process {
	t.Helper()
	lib := onnxtest.Library(t)
	binary := filepath.Join(t.TempDir(), "molserve")
	if out, err := exec.Command("go", "build", "-o", binary, "molserve/cmd/molserve").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	args := append([]string{"serve", "--models", root, "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--onnxruntime", lib, "--state", "none"}, flags...)
	p := &process{t: t, cmd: exec.Command(binary, args...)}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	p.awaitReady(stderr)
	return p
}

// awaitReady reads the address from the first lines of the log and lets the rest run on. It closes
// nothing: a process whose log is not read must not stop either.
func (p *process) awaitReady(stderr io.Reader) {
	p.t.Helper()
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "administration on "); ok {
			p.admin = after
		}
		if _, after, ok := strings.Cut(lines.Text(), "listening on "); ok {
			p.base, _, _ = strings.Cut(after, ",")
		}
		if strings.Contains(lines.Text(), "ready; models") {
			go io.Copy(io.Discard, stderr) // ends with the process
			return
		}
	}
	p.t.Fatal("the process ended before it was ready")
}

// exit waits for the end of the process and returns its exit status.
func (p *process) exit() int {
	p.t.Helper()
	timer := time.AfterFunc(20*time.Second, func() { p.cmd.Process.Kill() })
	defer timer.Stop()
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) post(body string, headers ...string) (*http.Response, error) {
	return p.postTo(swapModel, body, headers...)
}

func (p *process) postTo(model, body string, headers ...string) (*http.Response, error) {
	req, err := http.NewRequest("POST", p.base+"/v1/models/"+model+"/predict", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return http.DefaultClient.Do(req)
}

func TestSIGTERMFinishesWhatWasAccepted(t *testing.T) {
	p := startProcess(t)
	big := `{"smiles":["` + strings.Repeat(`CC(C)Cc1ccc(cc1)C(C)C(=O)O","`, 1023) + `C"]}`
	codes := make(chan int, 12)
	var clients sync.WaitGroup
	for range cap(codes) {
		clients.Go(func() {
			res, err := p.post(big, "Content-Type", "application/json")
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			if _, err := io.ReadAll(res.Body); err != nil {
				t.Error(err)
			}
			codes <- res.StatusCode
		})
	}
	codes <- <-codes // one is answered: the others have been accepted
	p.cmd.Process.Signal(syscall.SIGTERM)
	clients.Wait()
	close(codes)
	answered := 0
	for code := range codes {
		answered++
		if code != 200 {
			t.Errorf("status %d", code)
		}
	}
	if code := p.exit(); code != 0 || answered != 12 {
		t.Errorf("exit status %d, %d answers", code, answered)
	}
}

// The grace is longer than exit waits before it kills, which is no exit status 1.
func TestSecondSIGTERMDoesNotWait(t *testing.T) {
	p := startProcess(t, "--grace", "1h")
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST /v1/models/"+swapModel+"/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	time.Sleep(100 * time.Millisecond)
	p.cmd.Process.Signal(syscall.SIGTERM)
	time.Sleep(200 * time.Millisecond)
	if p.cmd.Process.Signal(syscall.Signal(0)) != nil {
		t.Fatal("the first signal did not wait for the request")
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.exit(); code != 1 {
		t.Errorf("exit status %d", code)
	}
}

// Every form of a request hands its steps to molfiles too.
func TestMolfilesAreStandardizedOverHTTP(t *testing.T) {
	p := startProcess(t)
	salt := "\n\n\n  2  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 Cl  0  5\n    2.0000    0.0000    0.0000 N   0  3\nM  END\n"
	item, err := json.Marshal(map[string]any{"molecules": []any{map[string]string{"sdf": salt}}, "standardize": []string{"largest_fragment", "neutralize"}})
	if err != nil {
		t.Fatal(err)
	}
	for kind, send := range map[string]func() (*http.Response, error){
		"json": func() (*http.Response, error) { return p.post(string(item), "Content-Type", "application/json") },
		"sdf": func() (*http.Response, error) {
			return http.Post(p.base+"/v1/models/"+swapModel+"/predict?standardize=largest_fragment,neutralize", "chemical/x-mdl-sdfile", strings.NewReader(salt+"$$$$\n"))
		},
	} {
		res, err := send()
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if want := `"changes":["1 of 2 fragments taken away, 1 atoms","charge of atom 0 (N) from +1 to +0"]`; res.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %s", kind, res.StatusCode, body)
		}
	}
}

func TestIdleSIGINTAndLostLogReader(t *testing.T) {
	p := startProcess(t)
	p.cmd.Process.Signal(syscall.SIGPIPE)
	res, err := p.post(`{"smiles":["C"]}`, "Content-Type", "application/json")
	if err != nil || res.StatusCode != 200 {
		t.Fatal(err)
	}
	res.Body.Close()
	p.cmd.Process.Signal(os.Interrupt)
	if code := p.exit(); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// TestBodiesAndRepliesCarryTheExactNumbers sends the same molecules in each form and takes them back
// in each form: the float64s are those of onnx.Model, bit for bit. Every molecule runs alone: the last bits of a
// float32 depend on how many rows a matrix has.
func TestBodiesAndRepliesCarryTheExactNumbers(t *testing.T) {
	root := t.TempDir()
	alone(t).publish(t, root, 1)
	p := startServing(t, root)
	records := druglike(t)
	var texts []string
	for _, r := range records {
		texts = append(texts, r.Text)
	}
	texts[3], records[3].Text = "C1CC", "C1CC" // one that is refused, among good ones
	want := directly(t, records)
	body := marshal(t, map[string]any{"smiles": texts})
	lines := strings.Join(texts, "\n")
	for _, c := range []struct {
		media, body string
		values      func(io.Reader) []float64
		accept      string
	}{
		{"application/json", string(body), fromJSON(t), "application/json"},
		{"chemical/x-daylight-smiles", lines, fromNDJSON(t), "application/x-ndjson"},
		{"text/csv", "smiles\n" + lines, fromCSV(t), "text/csv"},
	} {
		res, err := p.post(c.body, "Content-Type", c.media, "Accept", c.accept)
		if err != nil || res.StatusCode != 200 {
			t.Fatal(err, res)
		}
		got := c.values(res.Body)
		res.Body.Close()
		if len(got) != len(want) {
			t.Fatalf("%s: %d values, want %d", c.media, len(got), len(want))
		}
		for i := range got {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
				t.Fatalf("%s: molecule %d: %v, want %v", c.media, i, got[i], want[i])
			}
		}
	}
}

// refused stands for the value of a row with an error.
var refused = math.Inf(1)

// alone is a version of the model whose runs are of one molecule.
func alone(t *testing.T) *modelCopy {
	c := copyModel(t, 1).seal()
	c.manifest["batch"] = map[string]int{"graphs": 1, "atoms": 1, "edges": 1, "bytes": 1}
	return c
}

// directly predicts without a server. The copy that the process serves differs from the shipped model by its shift.
func directly(t *testing.T, records []preprocess.Record) []float64 {
	t.Helper()
	onnxtest.Start(t)
	root := t.TempDir()
	alone(t).publish(t, root, 1)
	m := must[*onnx.Model](t)(onnx.Open(filepath.Join(root, swapModel, "1")))
	defer m.Close()
	var values []float64
	for _, r := range must[[]onnx.Row](t)(m.PredictRecords(t.Context(), records, onnx.Options{})) {
		if r.Err != nil {
			values = append(values, refused)
			continue
		}
		values = append(values, r.Values[0].Data[0])
	}
	return values
}

// prediction is a row of a reply.
type prediction struct {
	Status string
	Values struct{ LogS float64 }
}

func (p prediction) value() float64 {
	if p.Status != "ok" {
		return refused
	}
	return p.Values.LogS
}

func fromJSON(t *testing.T) func(io.Reader) []float64 {
	return func(r io.Reader) (values []float64) {
		var reply struct{ Predictions []prediction }
		if err := json.NewDecoder(r).Decode(&reply); err != nil {
			t.Fatal(err)
		}
		for _, p := range reply.Predictions {
			values = append(values, p.value())
		}
		return values
	}
}

func fromNDJSON(t *testing.T) func(io.Reader) []float64 {
	return func(r io.Reader) (values []float64) {
		for d := json.NewDecoder(r); d.More(); {
			var p prediction
			if err := d.Decode(&p); err != nil {
				t.Fatal(err)
			}
			values = append(values, p.value())
		}
		return values
	}
}

func fromCSV(t *testing.T) func(io.Reader) []float64 {
	return func(r io.Reader) (values []float64) {
		rows, err := csv.NewReader(r).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[3], 64)
			if row[2] != "ok" {
				v, err = refused, nil
			}
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, v)
		}
		return values
	}
}
