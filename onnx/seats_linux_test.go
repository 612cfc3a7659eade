package onnx

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// onTwoCores calls f, on a thread of its own that is thrown away, with two cores that it may use.
func onTwoCores(t *testing.T, f func(all unix.CPUSet, one, two int)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: f changes what the thread may use
		var all unix.CPUSet
		if err := unix.SchedGetaffinity(0, &all); err != nil {
			t.Error(err)
			return
		}
		var found []int
		for core := range mostCores {
			if all.IsSet(core) {
				found = append(found, core)
			}
		}
		if len(found) > 1 {
			f(all, found[0], found[1])
		}
	}()
	<-done
}

func only(core int) *unix.CPUSet {
	var set unix.CPUSet
	set.Set(core)
	return &set
}

func TestTwoRunsOfOneCorePart(t *testing.T) {
	onTwoCores(t, func(all unix.CPUSet, one, two int) {
		var s seats
		move(one, only(one))
		if got := s.take(); got != one {
			t.Errorf("the first run has the seat of core %d and is on %d", got, one)
		}
		if got := s.take(); got != one {
			t.Errorf("a thread that may use core %d alone has the seat of %d", one, got)
		}
		s.leave(one)
		move(one, &all)
		if got := s.take(); got == one { // wherever the kernel has put it meanwhile
			t.Errorf("two runs have the seat of core %d, where %v are allowed", one, all.Count())
		}
		var after unix.CPUSet
		if err := unix.SchedGetaffinity(0, &after); err != nil || after != all {
			t.Errorf("the thread may use %v, before %v (%v)", after, all, err)
		}
	})
}

func TestAThreadMoves(t *testing.T) {
	onTwoCores(t, func(_ unix.CPUSet, one, two int) {
		for _, core := range []int{one, two, one} {
			if move(core, only(core)); currentCore() != core {
				t.Errorf("on core %d, want %d", currentCore(), core)
			}
		}
	})
}
