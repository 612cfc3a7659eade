package main

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// open asks rate times a second, whether answers come or not, each request over a connection that is free. Each counts
// from the moment it was due: what comes late is made up for.
func open(p *process, l *load, rate float64, span time.Duration) *slice {
	t := &tally{items: l.items}
	return measured(p, t, func() {
		o := &openLoop{addr: p.addr, load: l, tally: t, wires: map[int32]*wire{}}
		if err := o.run(rate, span); err != nil {
			t.fail(err.Error())
		}
	})
}

// openLoop sends and receives on one thread that sleeps in the kernel until a request is due or an answer is there:
// goroutines would wake each other several times a request, on cores that the server needs, and the timers of the
// runtime are late by a millisecond.
type openLoop struct {
	addr  string
	load  *load
	tally *tally

	poll, timer int // descriptors
	wires       map[int32]*wire
	idle        []*wire // by when they became so
	asking      int     // wires that wait for an answer
}

func (o *openLoop) run(rate float64, span time.Duration) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := o.start(); err != nil {
		return err
	}
	defer o.stop()
	begun, all := time.Now(), int(rate*span.Seconds())
	for sent := 0; sent < all || o.asking > 0; {
		longest := patience
		if sent < all {
			due := begun.Add(time.Duration(float64(sent) / rate * 1e9))
			if longest = time.Until(due); longest <= 0 {
				o.send(due)
				sent++
				if sent%burst != 0 {
					continue
				}
			}
		}
		if err := o.wait(longest); err != nil {
			return err
		}
	}
	return nil
}

// burst is how many requests may be sent one after the other before answers are looked for.
const burst = 8

func (o *openLoop) start() (err error) {
	if o.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if o.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		unix.Close(o.poll)
		return os.NewSyscallError("timerfd_create", err)
	}
	return o.watch(o.timer, unix.EPOLLIN|unix.EPOLLET)
}

func (o *openLoop) watch(fd int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(o.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

func (o *openLoop) stop() {
	for _, w := range o.wires {
		w.close()
	}
	unix.Close(o.timer)
	unix.Close(o.poll)
}

// wait sleeps until a connection has something, for so long at most, and takes what there is. Longer than patience
// nobody waits.
func (o *openLoop) wait(longest time.Duration) error {
	var events [64]unix.EpollEvent
	timeout := 0
	if longest > 0 {
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(longest))}
		if err := unix.TimerfdSettime(o.timer, 0, &spec, nil); err != nil {
			return os.NewSyscallError("timerfd_settime", err)
		}
		timeout = -1
	}
	n, err := unix.EpollWait(o.poll, events[:], timeout)
	if err != nil && err != unix.EINTR {
		return os.NewSyscallError("epoll_wait", err)
	}
	for _, e := range events[:max(n, 0)] {
		if w := o.wires[e.Fd]; w != nil {
			o.settle(w, w.ready())
		} else if longest >= patience {
			return fmt.Errorf("%d requests had no answer in %v", o.asking, patience)
		}
	}
	return nil
}

// send asks over the connection that was used last, if the server has not closed it by now.
func (o *openLoop) send(due time.Time) {
	w, err := o.free()
	if err != nil {
		o.tally.note(answer{}, err, time.Since(due))
		return
	}
	o.asking++
	o.settle(w, w.ask(o.load.request(), due))
}

// free takes an idle connection, or makes one.
func (o *openLoop) free() (*wire, error) {
	if n := len(o.idle); n > 0 && time.Since(o.idle[n-1].since) < longestIdle {
		w := o.idle[n-1]
		o.idle = o.idle[:n-1]
		return w, nil
	}
	for _, w := range o.idle {
		o.drop(w)
	}
	o.idle = o.idle[:0]
	w, err := dialWire(o.addr)
	if err != nil {
		return nil, err
	}
	o.wires[int32(w.fd)] = w
	return w, o.watch(w.fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLET)
}

func (o *openLoop) drop(w *wire) {
	delete(o.wires, int32(w.fd))
	w.close()
}

// settle goes on with a connection after an event: its answer is whole, not yet there, or will never come.
func (o *openLoop) settle(w *wire, err error) {
	switch {
	case err != nil && w.asked:
		o.tally.note(w.answer, err, time.Since(w.since))
	case err != nil: // closed while idle
		for i, other := range o.idle {
			if other == w {
				o.idle = append(o.idle[:i], o.idle[i+1:]...)
				break
			}
		}
		o.drop(w)
		return
	case !w.asked || !w.answer.whole:
		return
	default:
		o.tally.note(w.answer, nil, time.Since(w.since))
	}
	o.asking--
	if err != nil || w.answer.last {
		o.drop(w)
		return
	}
	w.asked, w.since = false, time.Now()
	o.idle = append(o.idle, w)
}
