package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	v2 "molserve/serve/v2"
)

// workload is the molecules that one model is asked about, and all that is made of them beforehand.
type workload struct {
	name    string
	model   *onnx.Model
	limits  onnx.BatchLimits // of the server's runs
	records []preprocess.Record
	graphs  []*graph.Graph
}

// readSMILES reads one a line.
func readSMILES(path string) (records []preprocess.Record, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		records = append(records, preprocess.Record{Kind: preprocess.SMILES, Text: lines.Text()})
	}
	return records, lines.Err()
}

func newWorkload(o *options, name string, limits onnx.BatchLimits) (*workload, error) {
	w := &workload{name: name, limits: limits}
	var err error
	if w.records, err = readSMILES(o.smiles); err != nil {
		return nil, err
	}
	if w.model, err = onnx.Open(filepath.Join(o.models, name, "1")); err != nil {
		return nil, err
	}
	w.graphs = make([]*graph.Graph, len(w.records))
	for i, r := range w.records {
		if w.graphs[i], err = preprocess.Build(r, w.model.Spec()); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Text, err)
		}
	}
	return w, nil
}

// smilesLoad asks for n molecules a request.
func (w *workload) smilesLoad(n int) *load {
	path := "/v1/models/" + w.name + "/predict"
	l := &load{items: n}
	for _, body := range smilesBodies(w.records, n) {
		l.requests = append(l.requests, request(path, "application/json", body))
	}
	return l
}

// smilesBodies are the JSON bodies of requests of n molecules; a rest that is no whole request is left out.
func smilesBodies(records []preprocess.Record, n int) (bodies [][]byte) {
	for from := 0; from+n <= len(records); from += n {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = records[from+i].Text
		}
		body, err := json.Marshal(map[string][]string{"smiles": texts})
		if err != nil {
			panic(err) // strings always are JSON
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// pack is tensors of one run, in the order of the manifest.
type pack struct {
	tensors []graph.Tensor
	items   int
}

// bind makes the tensors of graphs.
func (w *workload) bind(graphs []*graph.Graph) (pack, error) {
	tensors, err := w.model.Bind(graph.Collate(graphs, w.model.Manifest().Layout, graph.Padding{}))
	return pack{tensors, len(graphs)}, err
}

// evenPacks have n graphs each: what a client of raw tensors sends.
func (w *workload) evenPacks(n int) (packs []pack, err error) {
	for from := 0; from+n <= len(w.graphs); from += n {
		p, err := w.bind(w.graphs[from : from+n])
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	return packs, nil
}

// serverPacks are filled as the server fills runs.
func (w *workload) serverPacks() (packs []pack, err error) {
	layout := w.model.Manifest().Layout
	var sum onnx.Load
	from := 0
	for i, g := range w.graphs {
		one := w.model.LoadOf(g)
		if next := sum.Plus(one); i == from || w.limits.Hold(next, layout) {
			sum = next
			continue
		}
		p, err := w.bind(w.graphs[from:i])
		if err != nil {
			return nil, err
		}
		packs, from, sum = append(packs, p), i, one
	}
	p, err := w.bind(w.graphs[from:])
	return append(packs, p), err
}

// tensorLoad sends packs with the binary extension, tensors out too.
func (w *workload) tensorLoad(packs []pack) (*load, error) {
	l := &load{items: packs[0].items}
	for _, p := range packs {
		body, header, err := w.tensorBody(p.tensors)
		if err != nil {
			return nil, err
		}
		l.requests = append(l.requests, request("/v2/models/"+w.name+".tensors/infer", "application/octet-stream", body,
			fmt.Sprint("Inference-Header-Content-Length: ", header)))
	}
	return l, nil
}

// tensorBody is a JSON head of header bytes and the elements, little-endian.
func (w *workload) tensorBody(tensors []graph.Tensor) (body []byte, header int, err error) {
	type input struct {
		Name       string         `json:"name"`
		Datatype   string         `json:"datatype"`
		Shape      []int64        `json:"shape"`
		Parameters map[string]int `json:"parameters"`
	}
	var inputs []input
	var raw []byte
	for i := range tensors {
		t, before := &tensors[i], len(raw)
		for _, elements := range []any{t.F32, t.F64, t.I64, t.B} {
			if raw, err = binary.Append(raw, binary.LittleEndian, elements); err != nil {
				return nil, 0, err
			}
		}
		inputs = append(inputs, input{w.model.Manifest().Inputs[i].Tensor, v2.Datatype(t.DType), t.Shape, map[string]int{"binary_data_size": len(raw) - before}})
	}
	head, err := json.Marshal(map[string]any{"inputs": inputs, "parameters": map[string]bool{"binary_data_output": true}})
	return append(head, raw...), len(head), err
}

// alone runs packs for a while on as many goroutines as cores, with nothing around the network.
func (w *workload) alone(packs []pack, span time.Duration) (*slice, error) {
	var s slice
	var next, items atomic.Int64
	var runners sync.WaitGroup
	errs := make(chan error, runtime.GOMAXPROCS(0))
	before, begun := cpu(0), time.Now()
	for range cap(errs) {
		runners.Go(func() {
			for time.Since(begun) < span {
				p := &packs[int(next.Add(1))%len(packs)]
				if _, err := w.model.RunTensors(context.Background(), p.tensors); err != nil {
					errs <- err
					return
				}
				items.Add(int64(p.items))
			}
		})
	}
	runners.Wait()
	s.Wall, s.Client, s.Items = time.Since(begun), cpu(0)-before, int(items.Load())
	close(errs)
	return &s, <-errs
}
