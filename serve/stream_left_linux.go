package serve

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// peerClosed tells whether the other end of a connection has sent its last byte or reset it, whether or not what it
// sent before was read. A connection that is closed here is closed there.
func peerClosed(c syscall.RawConn) (closed bool) {
	err := c.Control(func(fd uintptr) {
		of := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}} // resets are told without being asked for
		n, err := unix.Poll(of, 0)
		closed = err == nil && n > 0
	})
	return closed || err != nil
}
