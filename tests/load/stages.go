package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/serve"
)

// bareCommand makes this program the bare route.
const bareCommand = "bare-route"

// bare serves a gin route that reads its body and answers with as many bytes as the path says: what HTTP costs. With
// turns in the path it computes so long before.
func bare() error {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.POST("/bare/:size/:turns", bareAnswer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "listening on http://%s\n", l.Addr())
	return http.Serve(l, e)
}

func bareAnswer(c *gin.Context) {
	io.Copy(io.Discard, c.Request.Body)
	n, err := strconv.Atoi(c.Param("size"))
	turns, bad := strconv.Atoi(c.Param("turns"))
	if err != nil || bad != nil || n < 0 || n > 1<<20 || turns < 0 || turns > 1<<30 {
		c.Status(http.StatusBadRequest)
		return
	}
	compute(turns)
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(n))
	c.Writer.Write(make([]byte, n))
}

// computed keeps the compiler from leaving compute out.
var computed atomic.Uint64

// compute takes processor time and nothing else, in proportion to turns.
func compute(turns int) {
	x := uint64(88172645463325252)
	for range turns {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	computed.Store(x)
}

// turnsOf is how many turns of compute take so many ns.
func turnsOf(ns float64) (int, error) {
	const some = 100_000
	each, err := timed(20*time.Millisecond, some, func() error { compute(some); return nil })
	return int(ns / each), err
}

// startBare runs bare in a process of its own.
func startBare() (*process, error) {
	cmd := exec.Command("/proc/self/exe", bareCommand)
	cmd.Env = append(os.Environ(), "GIN_MODE=release")
	return start(cmd, "listening on", nil)
}

// bareLoad sends bodies to the bare route, which takes some turns of compute and answers with size bytes.
func bareLoad(bodies [][]byte, items, size, turns int) *load {
	l := &load{items: items}
	for _, body := range bodies {
		l.requests = append(l.requests, request(fmt.Sprintf("/bare/%d/%d", size, turns), "application/json", body))
	}
	return l
}

// stages is the processor time of each step, ns a molecule. HTTP is the server's alone.
type stages struct{ HTTP, Decode, Preprocess, Run, Encode float64 }

func (s stages) sum() float64 { return s.HTTP + s.Decode + s.Preprocess + s.Run + s.Encode }

// timed repeats f, which handles items molecules, for a while and returns the processor time of one.
func timed(span time.Duration, items int, f func() error) (float64, error) {
	before, begun, times := cpu(0), time.Now(), 0
	for time.Since(begun) < span {
		if err := f(); err != nil {
			return 0, err
		}
		times++
	}
	return float64(cpu(0)-before) / float64(times*items), nil
}

// measureStages times what the server does with bodies, but for HTTP and the network, on one core.
func (w *workload) measureStages(bodies [][]byte, span time.Duration) (s stages, err error) {
	n := len(w.records)
	if s.Decode, err = timed(span, n, func() error { return decodeAll(bodies) }); err != nil {
		return s, err
	}
	if s.Preprocess, err = timed(span, n, w.preprocessAll); err != nil {
		return s, err
	}
	predicted, err := w.model.PredictRecords(context.Background(), w.records, onnx.Options{})
	if err != nil {
		return s, err
	}
	all := rows.All(w.model.Outputs())
	var buffer []byte
	s.Encode, err = timed(span, n, func() error {
		buffer = buffer[:0]
		for i := range predicted {
			buffer = rows.AppendJSON(buffer, &all, &predicted[i])
		}
		return nil
	})
	return s, err
}

func decodeAll(bodies [][]byte) error {
	for _, b := range bodies {
		if _, err := serve.DecodeJSON(b); err != nil {
			return err
		}
	}
	return nil
}

// preprocessAll makes the tensors of all molecules, packed as the server does.
func (w *workload) preprocessAll() error {
	layout := w.model.Manifest().Layout
	var sum onnx.Load
	var waiting []*graph.Graph
	for _, r := range w.records {
		g, err := preprocess.BuildCompact(r, w.model.Spec())
		if err != nil {
			return err
		}
		one := w.model.LoadOf(g)
		if next := sum.Plus(one); len(waiting) > 0 && !w.limits.Hold(next, layout) {
			if _, err := w.bind(waiting); err != nil {
				return err
			}
			waiting, sum = waiting[:0], onnx.Load{}
		}
		waiting, sum = append(waiting, g), sum.Plus(one)
	}
	_, err := w.bind(waiting)
	return err
}
