package serve

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// guardLocal protects a server on a loopback address, which asks for no login, from the web pages that
// a browser on the same machine has open: from a name that was rebound to loopback, by Host, and from
// requests that other sites make, by Origin and Sec-Fetch-Site. Elsewhere it is h.
func (s *Server) guardLocal(l net.Listener, h http.Handler) http.Handler {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := foreign(r); f != nil {
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

// foreign refuses a request that a page of another site may have made.
func foreign(r *http.Request) *fault {
	if !loopbackName(hostOf(r.Host)) {
		return refuse(codeForeign, "Host must name this machine, as localhost or 127.0.0.1 do: the server listens on loopback and asks for no login")
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return refuse(codeForeign, "a page of another site made this request; a server on loopback answers none")
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return refuse(codeForeign, "a page of another origin made this request; a server on loopback answers none")
		}
	}
	return nil
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
