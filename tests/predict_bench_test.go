package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// BenchmarkPredictBesideServer has the same molecules predicted by molserve predict, from a file to a file, and
// by a server, 64 a request over four connections, in turn: molecules a second by the clock, and processor
// time of the process a molecule. What predict needs before its first molecule is taken off.
func BenchmarkPredictBesideServer(b *testing.B) {
	for _, model := range []string{"esol-gcn", "esol-dmpnn"} {
		b.Run(model, func(b *testing.B) { predictBesideServer(b, model) })
	}
}

func predictBesideServer(b *testing.B, model string) {
	var smiles []string
	for range 120 {
		for _, r := range druglike(b) {
			smiles = append(smiles, r.Text)
		}
	}
	p := startServing(b, "../exported_models")
	c := predictCommand{tb: b, binary: p.cmd.Path, model: model, dir: b.TempDir()}
	c.run(nil) // keeps the certificate
	best := map[string]float64{}
	least := func(name string, x float64) {
		if old, ok := best[name]; !ok || x < old {
			best[name] = x
		}
	}
	n := float64(len(smiles))
	for b.Loop() {
		before := c.run(nil)
		whole := c.run(smiles)
		least("predict", (whole.wall-before.wall)/n)
		least("predict-cpu", (whole.cpu-before.cpu)/n)
		served := p.ask(b, model, smiles)
		least("server", served.wall/n)
		least("server-cpu", served.cpu/n)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1/best["predict"], "predict-mol/s")
	b.ReportMetric(1/best["server"], "server-mol/s")
	b.ReportMetric(1e6*best["predict-cpu"], "predict-µs-cpu/mol")
	b.ReportMetric(1e6*best["server-cpu"], "server-µs-cpu/mol")
}

// cost is seconds by the clock, and of the processor.
type cost struct{ wall, cpu float64 }

// predictCommand runs molserve predict.
type predictCommand struct {
	tb                 testing.TB
	binary, model, dir string
}

func (c *predictCommand) run(smiles []string) cost {
	c.tb.Helper()
	in := filepath.Join(c.dir, "in.smi")
	if err := os.WriteFile(in, []byte(strings.Join(smiles, "\n")), 0o644); err != nil {
		c.tb.Fatal(err)
	}
	cmd := exec.Command(c.binary, "predict", "--quiet", "--models", "../exported_models", "--state", filepath.Join(c.dir, "state"), "--model", c.model, "-o", filepath.Join(c.dir, "out.csv"), in)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		c.tb.Fatalf("%v: %s", err, out)
	}
	return cost{time.Since(start).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}
}

// ask has a server predict everything, 64 a request, and reads the answers.
func (p *process) ask(tb testing.TB, model string, smiles []string) cost {
	tb.Helper()
	start, cpu := time.Now(), p.processorTime(tb)
	g, ctx := errgroup.WithContext(tb.Context())
	g.SetLimit(4)
	for at := 0; at < len(smiles); at += 64 {
		g.Go(func() error { return p.askFor(ctx, model, smiles[at:min(at+64, len(smiles))]) })
	}
	if err := g.Wait(); err != nil {
		tb.Fatal(err)
	}
	return cost{time.Since(start).Seconds(), p.processorTime(tb) - cpu}
}

func (p *process) askFor(ctx context.Context, model string, smiles []string) error {
	body, err := json.Marshal(map[string][]string{"smiles": smiles})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", p.base+"/v1/models/"+model+"/predict", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, text)
	}
	return err
}

// processorTime is what the process has used, seconds (Linux).
func (p *process) processorTime(tb testing.TB) float64 {
	tb.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		tb.Skip(err)
	}
	var user, system float64
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return (user + system) / 100 // ticks
}
