package onnx

import "sync"

// seats are the cores on which runs are under way.
//
// Linux leaves a thread that has just run where it was, even when it waits behind another and a core next to it has
// nothing to do: two runs then share a core for as long as the first of them takes. So a run that is to begin where
// another is under way moves its thread first, to a core that has none. It is not kept there.
type seats struct {
	mu   sync.Mutex
	runs [mostCores]int32 // by the core on which they began
}

// mostCores bounds the numbers of cores that are told apart; on those above, threads stay where they are.
const mostCores = 1024

// noSeat is the core of a run whose core is not known.
const noSeat = -1

// choose takes a seat for a run that is on core here and may move to the allowed ones.
func (s *seats) choose(here int, allowed func(core int) bool) (core int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	core = here
	if s.runs[here] > 0 {
		core = s.empty(here, allowed)
	}
	s.runs[core]++
	return core
}

// empty is the first allowed core without a run, here if there is none. It is called under mu.
func (s *seats) empty(here int, allowed func(core int) bool) int {
	for core := range s.runs {
		if s.runs[core] == 0 && allowed(core) {
			return core
		}
	}
	return here
}

// leave gives back what take returned.
func (s *seats) leave(core int) {
	if core == noSeat {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[core]--
}
