package onnx

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// take seats the calling thread, which its goroutine must not leave before the run has begun. The caller calls leave
// with what it returns when the run is over.
func (s *seats) take() (core int) {
	here := currentCore()
	if here == noSeat {
		return noSeat
	}
	var allowed unix.CPUSet
	known := false
	core = s.choose(here, func(core int) bool {
		known = known || unix.SchedGetaffinity(0, &allowed) == nil // asked only when somebody is here already
		return known && allowed.IsSet(core)
	})
	if core != here {
		move(core, &allowed)
	}
	return core
}

// move puts the calling thread on a core, and lets it go wherever it was allowed to.
func move(core int, allowed *unix.CPUSet) {
	var one unix.CPUSet
	one.Set(core)
	if unix.SchedSetaffinity(0, &one) == nil {
		_ = unix.SchedSetaffinity(0, allowed) // what it was cannot be refused
	}
}

// currentCore is that of the calling thread (getcpu(2)).
func currentCore() int {
	var core uint32
	_, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&core)), 0, 0)
	if errno != 0 || core >= mostCores {
		return noSeat
	}
	return int(core)
}
