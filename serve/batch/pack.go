package batch

import (
	"slices"
	"time"

	"molserve/onnx"
)

// place is an item in a run: item i of a job.
type place[In, Out any] struct {
	job *job[In, Out]
	i   int
}

// pack is a run that is being made.
type pack[In, Out any] struct {
	places []place[In, Out]
	jobs   []*job[In, Out] // of places, each once
	load   onnx.Load
	graphs int
	short  bool // it soon ends
}

// shortly is how many times the graphs that are worth a run may be in one that soon ends: others wait for it.
const shortly = 2

// fade is how much of what the crowd was more than it is stays after a run.
const fade = 7.0 / 8

// looked bounds how far behind the first job a run looks for items that still fit.
const looked = 64

// take ends a run, nil is none, and makes the next of what waits. It returns nil when nothing does, or what does waits
// for a run under way: the runner then ends, under the same lock, so that no job is left without one.
func (q *Queue[In, Out]) take(done *pack[In, Out]) *pack[In, Out] {
	for {
		q.mu.Lock()
		q.end(done)
		done = nil
		due := q.due()
		if due <= 0 {
			var p *pack[In, Out]
			if q.worth(q.running - 1) {
				p = q.gather()
			}
			if p == nil {
				q.running--
			}
			q.mu.Unlock()
			return p
		}
		q.mu.Unlock()
		select {
		case <-q.arrived:
		case <-time.After(due):
		}
	}
}

// end notes that a run is over. It is called under mu.
func (q *Queue[In, Out]) end(p *pack[In, Out]) {
	if p != nil && p.short {
		q.short--
	}
}

// due is how long the next run waits for more. It is called under mu.
func (q *Queue[In, Out]) due() time.Duration {
	if q.o.Wait == 0 || len(q.jobs) == 0 || q.closed || q.plenty() {
		return 0
	}
	return q.o.Wait - time.Since(q.jobs[0].came)
}

// plenty tells that what waits would not fit into one run. It is called under mu.
func (q *Queue[In, Out]) plenty() bool {
	var sum onnx.Load
	for _, j := range q.jobs {
		for _, l := range j.loads[j.next:] {
			if sum = sum.Plus(l); sum.Graphs > l.Graphs && !q.o.Fits(sum) {
				return true
			}
		}
	}
	return false
}

// gather takes the items of the next run. It is called under mu.
func (q *Queue[In, Out]) gather() *pack[In, Out] {
	q.dropDead()
	if len(q.jobs) == 0 {
		return nil
	}
	p, now := &pack[In, Out]{}, time.Now()
	head := q.jobs[:min(looked, len(q.jobs))]
	kept := q.jobs[:0]
	var partly []*job[In, Out] // they have had their turn
	for _, j := range head {
		first := j.next
		q.fill(p, j)
		switch {
		case j.next == first:
			kept = append(kept, j)
			continue
		case j.next < len(j.items):
			partly = append(partly, j)
		}
		p.jobs = append(p.jobs, j)
		if first == 0 {
			j.started = now
		}
	}
	q.crowd = float64(q.inside) + fade*(q.crowd-float64(q.inside))
	q.jobs = slices.Delete(q.jobs, len(kept), len(head))
	q.jobs = append(q.jobs, partly...)
	q.items, q.graphs = q.items-len(p.places), q.graphs-p.graphs
	if p.short = p.graphs <= shortly*q.o.Beside; p.short {
		q.short++
	}
	return p
}

// fill takes the next items of a job as long as they fit. The first of a run always does.
func (q *Queue[In, Out]) fill(p *pack[In, Out], j *job[In, Out]) {
	for ; j.next < len(j.items); j.next++ {
		sum := p.load.Plus(j.loads[j.next])
		if len(p.places) > 0 && !q.o.Fits(sum) {
			return
		}
		p.load, p.graphs = sum, p.graphs+weight(j.loads[j.next])
		p.places = append(p.places, place[In, Out]{j, j.next})
	}
}

// dropDead takes jobs whose caller has left out of the queue. It is called under mu.
func (q *Queue[In, Out]) dropDead() {
	for i := len(q.jobs) - 1; i >= 0; i-- {
		if q.jobs[i].ctx.Err() != nil {
			q.forget(i)
		}
	}
}
