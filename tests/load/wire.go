package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// wire is a kept-alive connection that is never waited for: it is told when there is something to read, or room to
// write. It sees every edge once. Go's own poller does not know it: it would be woken too.
type wire struct {
	fd     int
	since  time.Time // when the request was due, or the connection became idle
	asked  bool      // an answer is owed
	rest   []byte    // of the request
	head   []byte    // what has come of an answer whose head is not whole
	wanted int       // bytes of the answer; 0: not known yet
	answer answer
}

// dialWire connects; on this machine that takes no time.
func dialWire(addr string) (*wire, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	w := &wire{fd: fd}
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	err = errors.Join(err, unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1), unix.SetNonblock(fd, true))
	if err != nil {
		w.close()
		return nil, fmt.Errorf("connecting to %s: %w", addr, err)
	}
	return w, nil
}

func (w *wire) close() { unix.Close(w.fd) }

// ask sends a request, as far as there is room.
func (w *wire) ask(request []byte, due time.Time) error {
	w.asked, w.since, w.rest, w.head, w.wanted, w.answer = true, due, request, w.head[:0], 0, answer{}
	return w.write()
}

func (w *wire) write() error {
	for len(w.rest) > 0 {
		n, err := unix.Write(w.fd, w.rest)
		switch err {
		case nil:
			w.rest = w.rest[n:]
		case unix.EINTR:
		case unix.EAGAIN:
			return nil
		default:
			return err
		}
	}
	return nil
}

// ready goes on after an edge. What comes when nothing was asked is an error, the end of an idle connection too.
func (w *wire) ready() error {
	if err := w.write(); err != nil {
		return err
	}
	var buf [8 << 10]byte
	for {
		n, err := unix.Read(w.fd, buf[:])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return nil
		case err != nil:
			return err
		case n == 0:
			return io.ErrUnexpectedEOF
		case !w.asked:
			return errors.New("bytes came that nobody asked for")
		}
		if err := w.take(buf[:n]); err != nil {
			return err
		}
		if n < len(buf) { // the socket is drained: what comes later is an edge
			return nil
		}
	}
}

// take reads on in the answer.
func (w *wire) take(part []byte) error {
	w.answer.bytes += len(part)
	if w.wanted == 0 {
		w.head = append(w.head, part...)
		at := bytes.Index(w.head, headEnd)
		switch {
		case at < 0 && len(w.head) > 8<<10:
			return errForm
		case at < 0:
			return nil
		}
		length, err := w.answer.parse(w.head[:at+2])
		if err != nil {
			return err
		}
		w.wanted = at + len(headEnd) + length
	}
	if w.answer.whole = w.answer.bytes == w.wanted; w.answer.bytes > w.wanted {
		return fmt.Errorf("%d bytes follow the answer", w.answer.bytes-w.wanted)
	}
	return nil
}
