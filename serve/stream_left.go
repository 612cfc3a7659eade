package serve

import (
	"context"
	"net"
	"net/http"
	"syscall"
)

// connKey is the key of a request's connection in its context.
type connKey struct{}

// withConn puts a connection into the context of its requests.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// hasLeft tells whether the client of a request of HTTP/1 has closed its connection. Its context tells that only once
// the body is read to its end: what a stream does not read yet stands before the end of what the client sent. Over
// HTTP/2 the context always tells.
func hasLeft(r *http.Request) bool {
	c, ok := r.Context().Value(connKey{}).(net.Conn)
	if !ok || r.ProtoMajor != 1 {
		return false
	}
	if outer, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = outer.NetConn()
	}
	system, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := system.SyscallConn()
	return err != nil || peerClosed(raw)
}
