package tests

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/serve"
)

// serving runs a server of the shipped models in this process and returns the address of a predict route.
func serving(b *testing.B, model string) string {
	b.Helper()
	onnxtest.Start(b)
	l := must[net.Listener](b)(net.Listen("tcp", "127.0.0.1:0"))
	ready, ended := make(chan struct{}), make(chan error)
	ctx, stop := context.WithCancel(b.Context())
	s := serve.New(serve.Config{Models: "../exported_models", Log: slog.New(slog.DiscardHandler),
		OnReady: func([]*onnx.Manifest) { close(ready) }})
	go func() { ended <- s.Run(ctx, l) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	<-ready
	return "http://" + l.Addr().String() + "/v1/models/" + model + "/predict"
}

// predicted posts a body and counts the rows that are ok.
func predicted(b *testing.B, url, media string, body io.Reader) int {
	req, err := http.NewRequest("POST", url, body)
	if err != nil {
		b.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Error(err)
	}
	return strings.Count(string(text), `"status":"ok"`)
}

// BenchmarkStream compares one stream of 5,120 drug-like molecules with the same in requests of 64 on as many
// connections as there are cores, in turn; client and server share the cores.
func BenchmarkStream(b *testing.B) {
	url := serving(b, "esol-dmpnn")
	var all []string
	for range 20 {
		for _, r := range druglike(b) {
			all = append(all, r.Text)
		}
	}
	ways := map[string]func() int{
		"stream": func() int {
			return predicted(b, url, "chemical/x-daylight-smiles", strings.NewReader(strings.Join(all, "\n")))
		},
		"requests": func() int { return byRequests(b, url, all) },
	}
	var took, used = map[string]time.Duration{}, map[string]float64{}
	for b.Loop() {
		for name, way := range ways {
			start, cpu := time.Now(), processorTime(b)
			if n := way(); n != len(all) {
				b.Fatalf("%s: %d of %d rows are ok", name, n, len(all))
			}
			took[name] += time.Since(start)
			used[name] += processorTime(b) - cpu
		}
	}
	for name := range ways {
		b.ReportMetric(float64(b.N*len(all))/took[name].Seconds(), name+"-mol/s")
		b.ReportMetric(used[name]/float64(b.N*len(all)), name+"-cpu-ns/mol")
	}
	b.ReportMetric(0, "ns/op")
}

// byRequests asks for 64 molecules at a time.
func byRequests(b *testing.B, url string, all []string) (ok int) {
	parts := make(chan []string)
	counts := make(chan int)
	var clients sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		clients.Go(func() {
			for part := range parts {
				body := []byte(`{"smiles":[`)
				for i, s := range part {
					body = strconv.AppendQuote(append(body, ","[:min(i, 1)]...), s)
				}
				counts <- predicted(b, url, "application/json", strings.NewReader(string(body)+"]}"))
			}
		})
	}
	go func() {
		for at := 0; at < len(all); at += 64 {
			parts <- all[at:min(at+64, len(all))]
		}
		close(parts)
		clients.Wait()
		close(counts)
	}()
	for n := range counts {
		ok += n
	}
	return ok
}
