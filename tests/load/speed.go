package main

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"molserve/onnx"
	"molserve/onnx/library"
)

// Bars of speed, as shares.
const (
	barTensors     = 0.90 // of ONNX Runtime alone
	barSMILES      = 0.75 // of ONNX Runtime alone
	barSMILESSum   = 0.90 // of the sum of the stages
	barMolecule    = 0.85 // of the sum of the stages
	barTail        = 5    // p99 at shareOfPeak, times the median without load
	shareOfPeak    = 0.75
	moleculesABody = 64
)

// Connections that keep the server busy.
const (
	connsOfBatches   = 8
	connsOfMolecules = 16
)

// speed measures a server beside its limits, in turns.
func speed(o *options, r *report) error {
	if err := startRuntime(); err != nil {
		return err
	}
	server, err := serving(o, nil, "--log-level", "error")
	if err != nil {
		return err
	}
	defer server.kill()
	plain, err := startBare()
	if err != nil {
		return err
	}
	defer plain.kill()
	for _, name := range o.names {
		if err := speedOf(o, r, server, plain, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.breathe()
	}
	return nil
}

// startRuntime finds ONNX Runtime and starts it in this process.
func startRuntime() error {
	lib, err := library.Find("")
	if err != nil {
		return err
	}
	return onnx.Start(lib)
}

// bench is one model beside its limits.
type bench struct {
	*workload
	span       time.Duration
	server     *process
	plain      *process
	conns      *pool
	plainConns *pool
	packs      []pack         // as the server's of SMILES, 64 a request
	few        []pack         // and of SMILES, one a request
	answer     int            // bytes of the answer to these
	gathered   float64        // molecules of these runs
	even       map[int][]pack // by graphs a request of raw tensors
	loads      map[string]*load
	bodies     map[int][][]byte // by molecules
	ratios     map[string][]float64
	costs      map[int][]stages
	rates      map[string][]float64
}

func speedOf(o *options, r *report, server, plain *process, name string) error {
	limits, err := server.batch(name)
	if err != nil {
		return err
	}
	w, err := newWorkload(o, name, limits)
	if err != nil {
		return err
	}
	defer w.model.Close()
	b := &bench{workload: w, span: o.slice, server: server, plain: plain,
		conns: &pool{addr: server.addr}, plainConns: &pool{addr: plain.addr},
		even: map[int][]pack{}, loads: map[string]*load{}, bodies: map[int][][]byte{},
		ratios: map[string][]float64{}, costs: map[int][]stages{}, rates: map[string][]float64{}}
	defer b.conns.close()
	defer b.plainConns.close()
	if err := b.prepare(); err != nil {
		return err
	}
	for k := range o.rounds + 1 {
		if k == 1 { // the first warms up
			b.ratios, b.costs, b.rates = map[string][]float64{}, map[int][]stages{}, map[string][]float64{}
		}
		if err := b.round(); err != nil {
			return err
		}
		if k%5 == 0 {
			r.note(fmt.Sprintf("%s: round %d of %d, load average %s", name, k, o.rounds, loadAverage()))
		}
	}
	b.report(r)
	return nil
}

// prepare makes all requests and packs.
func (b *bench) prepare() (err error) {
	if b.packs, err = b.serverPacks(); err != nil {
		return err
	}
	for _, n := range []int{32, 64} {
		if b.even[n], err = b.evenPacks(n); err != nil {
			return err
		}
		if b.loads[fmt.Sprint("tensors ", n)], err = b.tensorLoad(b.even[n]); err != nil {
			return err
		}
	}
	for _, n := range []int{moleculesABody, 1} { // answer is the last one's
		l := b.smilesLoad(n)
		a, err := b.conns.do(l.request())
		if err != nil || a.status != 200 {
			return fmt.Errorf("%d molecules: status %d, %v", n, a.status, err)
		}
		b.bodies[n] = smilesBodies(b.records, n)
		b.loads[fmt.Sprint("smiles ", n)] = l
		b.answer = a.bytes
		b.loads[fmt.Sprint("bare ", n)] = bareLoad(b.bodies[n], n, a.bytes, 0)
	}
	return b.gather()
}

// gather finds out how many molecules the server's runs have when each request brings one: the packs of its stages
// have as many.
func (b *bench) gather() (err error) {
	runs, molecules, err := b.server.runs()
	if err != nil {
		return err
	}
	if _, err := b.ask(b.server, b.conns, "smiles 1", connsOfMolecules, 2*b.span); err != nil {
		return err
	}
	moreRuns, moreMolecules, err := b.server.runs()
	if err != nil {
		return err
	}
	b.gathered = (moreMolecules - molecules) / (moreRuns - runs)
	b.few, err = b.evenPacks(max(int(math.Round(b.gathered)), 1))
	return err
}

// ask keeps the server busy with a load for one slice.
func (b *bench) ask(p *process, conns *pool, name string, n int, span time.Duration) (*slice, error) {
	s := closed(p, conns, b.loads[name], n, span)
	if s.Failed+s.Refused > 0 || s.OK == 0 {
		return nil, fmt.Errorf("%s: %d failed (%s), %d refused, %d answered", name, s.Failed, s.Why, s.Refused, s.OK)
	}
	b.rates[name] = append(b.rates[name], s.rate())
	return s, nil
}

// round is one slice of everything, each beside what it is held against.
func (b *bench) round() error {
	for _, n := range []int{32, 64} {
		if err := b.tensorRound(n); err != nil {
			return err
		}
	}
	alone, err := b.workload.alone(b.packs, b.span)
	if err != nil {
		return err
	}
	b.rates["alone"] = append(b.rates["alone"], alone.rate())
	batches, err := b.ask(b.server, b.conns, fmt.Sprint("smiles ", moleculesABody), connsOfBatches, b.span)
	if err != nil {
		return err
	}
	b.against("smiles 64 of alone", batches, alone)
	if err := b.sumRound(moleculesABody, batches, alone); err != nil {
		return err
	}
	single, err := b.ask(b.server, b.conns, "smiles 1", connsOfMolecules, b.span)
	if err != nil {
		return err
	}
	few, err := b.workload.alone(b.few, b.span)
	if err != nil {
		return err
	}
	if err := b.sumRound(1, single, few); err != nil {
		return err
	}
	ideal, err := b.idealRound(single)
	if err != nil {
		return err
	}
	return b.tailRound(single.rate(), ideal.rate())
}

func (b *bench) tensorRound(n int) error {
	alone, err := b.workload.alone(b.even[n], b.span)
	if err != nil {
		return err
	}
	name := fmt.Sprint("tensors ", n)
	served, err := b.ask(b.server, b.conns, name, connsOfBatches, b.span)
	if err != nil {
		return err
	}
	b.rates[fmt.Sprint("alone ", n)] = append(b.rates[fmt.Sprint("alone ", n)], alone.rate())
	b.against(name+" of alone", served, alone)
	return nil
}

// against compares a server with the network alone: rates by the clock, and processor time a molecule, the client's
// with it.
func (b *bench) against(name string, served, alone *slice) {
	b.keep(name, served.rate()/alone.rate(), alone.each(alone.Client)/served.each(served.Server+served.Client))
}

func (b *bench) keep(name string, clock, processor float64) {
	b.ratios[name+" clock"] = append(b.ratios[name+" clock"], clock)
	b.ratios[name+" processor"] = append(b.ratios[name+" processor"], processor)
}

// sumRound measures the stages of requests of n molecules. By the clock, the sum is what the cores would do that
// ONNX Runtime alone had, the client included; by processor time it is the server's alone.
func (b *bench) sumRound(n int, served, alone *slice) error {
	bare, err := b.ask(b.plain, b.plainConns, fmt.Sprint("bare ", n), connsOfMolecules, b.span/2)
	if err != nil {
		return err
	}
	c, err := b.measureStages(b.bodies[n], b.span/8)
	if err != nil {
		return err
	}
	c.HTTP, c.Run = bare.each(bare.Server), alone.each(alone.Client)
	b.costs[n] = append(b.costs[n], c)
	cores := float64(alone.Client) / float64(alone.Wall)
	limit := cores * 1e9 / (c.sum() + bare.each(bare.Client))
	b.keep(fmt.Sprint("smiles ", n, " of sum"), served.rate()/limit, c.sum()/served.each(served.Server))
	b.costs[-n] = append(b.costs[-n], stages{HTTP: served.each(served.Server), Run: served.each(served.Client)})
	return nil
}

// idealRound holds requests of one molecule against a bare route that takes the time of their stages in one piece, and
// touches no memory: what the machine and its client leave of the sum.
func (b *bench) idealRound(single *slice) (*slice, error) {
	costs := b.costs[1]
	last := costs[len(costs)-1]
	turns, err := turnsOf(last.sum() - last.HTTP)
	if err != nil {
		return nil, err
	}
	b.loads["ideal"] = bareLoad(b.bodies[1], 1, b.answer, turns)
	ideal, err := b.ask(b.plain, b.plainConns, "ideal", connsOfMolecules, b.span)
	if err != nil {
		return nil, err
	}
	b.keep("smiles 1 of ideal", single.rate()/ideal.rate(), ideal.each(ideal.Server)/single.each(single.Server))
	return ideal, nil
}

// tailRound compares the slowest of an open loop with the median of a server that has nothing else to do, for the
// server and for the ideal route.
func (b *bench) tailRound(peak, idealPeak float64) error {
	if err := b.tail("tail", b.server, b.conns, "smiles 1", peak); err != nil {
		return err
	}
	return b.tail("ideal tail", b.plain, b.plainConns, "ideal", idealPeak)
}

// tail keeps the p99 of a load at shareOfPeak of a rate over the median over one connection, and what they are.
func (b *bench) tail(key string, p *process, conns *pool, name string, peak float64) error {
	idle, err := b.ask(p, conns, name, 1, b.span/2)
	if err != nil {
		return err
	}
	b.rates[name] = b.rates[name][:len(b.rates[name])-1] // one connection is no peak
	busy := open(p, b.loads[name], shareOfPeak*peak, 2*b.span)
	p50, p99 := percentile(idle.Good, 0.5), percentile(busy.worst(), 0.99)
	b.ratios[key] = append(b.ratios[key], float64(p99)/float64(p50))
	b.rates[key+": idle p50 µs"] = append(b.rates[key+": idle p50 µs"], float64(p50)/1e3)
	b.rates[key+": busy p50 µs"] = append(b.rates[key+": busy p50 µs"], float64(percentile(busy.Good, 0.5))/1e3)
	b.rates[key+": busy p99 µs"] = append(b.rates[key+": busy p99 µs"], float64(p99)/1e3)
	return nil
}

// report holds the medians against the bars.
func (b *bench) report(r *report) {
	for _, n := range []int{32, 64} {
		b.share(r, fmt.Sprint("tensors ", n), "alone", barTensors)
	}
	b.share(r, fmt.Sprint("smiles ", moleculesABody), "alone", barSMILES)
	b.share(r, fmt.Sprint("smiles ", moleculesABody), "sum", barSMILESSum)
	b.share(r, "smiles 1", "sum", barMolecule)
	tail := estimated(b.ratios["tail"])
	r.add(bar{Name: b.name + ": p99 at 75 % of peak / unloaded median", Bar: fmt.Sprintf("≤ %d", barTail), Pass: tail.Median <= barTail, Clock: &tail,
		Measured: fmt.Sprintf("%.2f (%.2f–%.2f): %.0f µs / %.0f µs", tail.Median, tail.Low, tail.High, median(b.rates["tail: busy p99 µs"]), median(b.rates["tail: idle p50 µs"]))})
	medians := map[string]float64{}
	for name, v := range b.rates {
		medians[name] = median(v)
	}
	r.Raw[b.name] = map[string]any{"medians": medians, "ratios": b.ratios, "batch": b.limits, "gathered": b.gathered, "cores": runtime.GOMAXPROCS(0),
		"stages of 1": medianStages(b.costs[1]), "stages of 64": medianStages(b.costs[moleculesABody])}
	b.explain(r)
}

// share holds both ratios, by the clock and by processor time, against a bar.
func (b *bench) share(r *report, name, of string, least float64) {
	key := name + " of " + of
	clock, work := estimated(b.ratios[key+" clock"]), estimated(b.ratios[key+" processor"])
	r.add(bar{Name: b.name + ": " + key, Bar: fmt.Sprintf("≥ %.2f", least), Pass: min(clock.Median, work.Median) >= least, Clock: &clock, Work: &work,
		Measured: fmt.Sprintf("%.3f (%.3f–%.3f) clock, %.3f (%.3f–%.3f) processor", clock.Median, clock.Low, clock.High, work.Median, work.Low, work.High)})
}

// explain shows what the figures are made of.
func (b *bench) explain(r *report) {
	for _, n := range []int{moleculesABody, 1} {
		c, is := medianStages(b.costs[n]), medianStages(b.costs[-n])
		r.note(fmt.Sprintf("  %s, %d a request, µs a molecule: http %.1f + decode %.1f + preprocess %.1f + run %.1f + encode %.1f = %.1f; server %.1f, client %.1f",
			b.name, n, c.HTTP/1e3, c.Decode/1e3, c.Preprocess/1e3, c.Run/1e3, c.Encode/1e3, c.sum()/1e3, is.HTTP/1e3, is.Run/1e3))
	}
	m := func(name string) float64 { return median(b.rates[name]) }
	clock, work := estimated(b.ratios["smiles 1 of ideal clock"]), estimated(b.ratios["smiles 1 of ideal processor"])
	r.note(fmt.Sprintf("  %s, 1 a request, of a bare route that computes as long as the stages: %.3f (%.3f–%.3f) clock, %.3f (%.3f–%.3f) processor",
		b.name, clock.Median, clock.Low, clock.High, work.Median, work.Low, work.High))
	ideal := estimated(b.ratios["ideal tail"])
	r.note(fmt.Sprintf("  %s: p99 at 75 %% of the peak of a bare route that computes as long as the stages: %.2f (%.2f–%.2f) times its unloaded median: %.0f µs / %.0f µs, peak %.0f a second",
		b.name, ideal.Median, ideal.Low, ideal.High, m("ideal tail: busy p99 µs"), m("ideal tail: idle p50 µs"), m("ideal")))
	large := medianStages(b.costs[moleculesABody]).Run
	one, is := medianStages(b.costs[1]), medianStages(b.costs[-1])
	r.note(fmt.Sprintf("  %s, 1 a request: %.1f molecules a run; with runs as large as of 64 the sum would be %.1f µs, the share of it %.3f",
		b.name, b.gathered, (one.sum()-one.Run+large)/1e3, (one.sum()-one.Run+large)/is.HTTP))
	r.note(fmt.Sprintf("  %s, molecules a second: alone %.0f, of 32 %.0f, of 64 %.0f; tensors 32 %.0f, 64 %.0f; SMILES 64 %.0f, 1 %.0f; runs of %+v",
		b.name, m("alone"), m("alone 32"), m("alone 64"), m("tensors 32"), m("tensors 64"), m("smiles 64"), m("smiles 1"), b.limits))
}

func medianStages(all []stages) stages {
	of := func(get func(stages) float64) float64 {
		var v []float64
		for _, s := range all {
			v = append(v, get(s))
		}
		return median(v)
	}
	return stages{of(func(s stages) float64 { return s.HTTP }), of(func(s stages) float64 { return s.Decode }), of(func(s stages) float64 { return s.Preprocess }),
		of(func(s stages) float64 { return s.Run }), of(func(s stages) float64 { return s.Encode })}
}
