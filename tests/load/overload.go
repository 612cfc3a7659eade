package main

import (
	"fmt"
	"sync"
	"time"
)

// Bars of overload.
const (
	timesSaturation = 10
	barGoodput      = 0.90
	barRefusal      = 50 * time.Millisecond
	barResident     = 1.3
)

// overload offers ten times what the server can compute. Requests are of 64 molecules: to refuse ten times as many
// requests of one would take the client and HTTP more than the cores that there are.
func overload(o *options, r *report) error {
	server, l, conns, err := prepared(o, moleculesABody)
	if err != nil {
		return err
	}
	defer server.kill()
	defer conns.close()
	before := closed(server, conns, l, connsOfBatches, o.saturate)
	steady, err := server.resident()
	if err != nil {
		return err
	}
	r.note(fmt.Sprintf("saturation: %.0f molecules a second, %.0f MiB resident, load average %s", before.rate(), mib(steady), loadAverage()))
	watch := watchMemory(server)
	flood := open(server, l, timesSaturation*before.rate()/moleculesABody, o.overload)
	most := watch()
	after := closed(server, conns, l, connsOfBatches, o.saturate)
	if before.Failed+flood.Failed+after.Failed > 0 {
		r.note("failed: " + before.Why + flood.Why + after.Why)
	}
	reportOverload(r, before, flood, after, steady, most)
	return nil
}

func reportOverload(r *report, before, flood, after *slice, steady, most int64) {
	saturation := (before.rate() + after.rate()) / 2
	share := float64(flood.Items) / flood.Wall.Seconds() / saturation
	work := (before.each(before.Server) + after.each(after.Server)) / 2 / flood.each(flood.Server)
	refusal := percentile(flood.Turned, 0.99)
	offered := float64(flood.OK+flood.Refused+flood.Failed) * moleculesABody / flood.Wall.Seconds() / saturation
	name := fmt.Sprintf("%.1f × saturation, %s: ", offered, flood.Wall.Round(time.Second))
	r.hold(name+"goodput", share >= barGoodput, fmt.Sprintf("≥ %.2f of saturation", barGoodput),
		"%.3f: %.0f of %.0f and %.0f molecules a second, %.2f of the server's time", share, flood.rate(), before.rate(), after.rate(), work)
	r.hold(name+"refusals", refusal <= barRefusal && flood.Refused > 0, fmt.Sprintf("p99 ≤ %v", barRefusal),
		"p99 %v, median %v of %d", refusal.Round(time.Microsecond), percentile(flood.Turned, 0.5).Round(time.Microsecond), flood.Refused)
	r.hold(name+"answered otherwise", before.Failed+flood.Failed+after.Failed+before.Refused+after.Refused == 0, "0", "%d", before.Failed+flood.Failed+after.Failed)
	r.hold(name+"resident memory", float64(most) <= barResident*float64(steady), fmt.Sprintf("≤ %.1f × steady", barResident),
		"%.2f: %.0f MiB of %.0f", float64(most)/float64(steady), mib(most), mib(steady))
	r.Raw["overload"] = map[string]any{"before": brief(before), "flood": brief(flood), "after": brief(after), "steady": steady, "most": most}
}

// brief leaves the latencies out but for their percentiles.
func brief(s *slice) map[string]any {
	return map[string]any{"molecules": s.Items, "answered": s.OK, "refused": s.Refused, "failed": s.Failed, "why": s.Why,
		"seconds": s.Wall.Seconds(), "server_seconds": s.Server.Seconds(), "client_seconds": s.Client.Seconds(),
		"p50_us": percentile(s.Good, 0.5).Microseconds(), "p99_us": percentile(s.Good, 0.99).Microseconds(),
		"refused_p50_us": percentile(s.Turned, 0.5).Microseconds(), "refused_p99_us": percentile(s.Turned, 0.99).Microseconds()}
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// prepared starts a server and makes requests of n molecules.
func prepared(o *options, n int, flags ...string) (*process, *load, *pool, error) {
	records, err := readSMILES(o.smiles)
	if err != nil {
		return nil, nil, nil, err
	}
	server, err := serving(o, nil, append([]string{"--log-level", "error"}, flags...)...)
	if err != nil {
		return nil, nil, nil, err
	}
	w := &workload{name: o.model, records: records}
	return server, w.smilesLoad(n), &pool{addr: server.addr}, nil
}

// watchMemory samples the resident memory until the returned function is called, which tells the most.
func watchMemory(p *process) (stop func() int64) {
	ended := make(chan struct{})
	var sampler sync.WaitGroup
	var most int64
	sampler.Go(func() {
		ticks := time.NewTicker(100 * time.Millisecond)
		defer ticks.Stop()
		for {
			if now, err := p.resident(); err == nil {
				most = max(most, now)
			}
			select {
			case <-ended:
				return
			case <-ticks.C:
			}
		}
	})
	return func() int64 {
		close(ended)
		sampler.Wait()
		return most
	}
}
