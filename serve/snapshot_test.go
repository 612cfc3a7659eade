package serve

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestLeaseIsNeverGivenOnADrainedSnapshot(t *testing.T) {
	for range 200 {
		s := &snapshot{drained: make(chan struct{})}
		s.refs.Store(1)
		var held atomic.Int64
		var users sync.WaitGroup
		for range 4 {
			users.Go(func() {
				for s.acquire() {
					held.Add(1)
					select {
					case <-s.drained:
						t.Error("drained under a lease")
					default:
					}
					held.Add(-1)
					s.release()
				}
			})
		}
		s.release()
		<-s.drained
		if s.acquire() || held.Load() != 0 {
			t.Fatal("leased after draining")
		}
		users.Wait()
	}
}

func TestBudgetGivesBackWhatItTook(t *testing.T) {
	b := budget{max: 10}
	if !b.take(10) || b.take(1) {
		t.Error("the budget is not its maximum")
	}
	b.give(10)
	if !b.take(10) {
		t.Error("what was given back is not there")
	}
}
