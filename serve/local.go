package serve

import (
	"net"
	"net/http"
	"strings"
)

// guardLocal refuses, on a loopback address, what foreign refuses. Elsewhere it is h.
func (s *Server) guardLocal(l net.Listener, h http.Handler) http.Handler {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.foreign(r); f != nil {
			callOf(r.Context()).err = f
			header := w.Header()
			header.Set("Content-Type", mediaJSON)
			header.Set("X-Content-Type-Options", "nosniff")
			w.WriteHeader(status(f.code))
			w.Write(f.bodyFor(r.URL.Path))
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostOf takes the port off a Host header, and the brackets off an IPv6 address.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

func loopbackName(name string) bool {
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
