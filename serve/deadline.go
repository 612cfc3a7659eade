package serve

import (
	"net/http"
	"time"
)

// timeoutHeader is how long a client waits for its answer. Over gRPC the protocol has its own, grpc-timeout.
const timeoutHeader = "X-Request-Timeout"

// timeoutOf is the time that a request may take, of a stream that between two signs of progress: what its header
// asks for, at most the server's own.
func (s *Server) timeoutOf(h http.Header) (time.Duration, error) {
	given := h.Get(timeoutHeader)
	if given == "" {
		return s.cfg.Timeout, nil
	}
	d, err := time.ParseDuration(given)
	if err != nil || d <= 0 {
		return 0, refuse(codeBadHeader, "%s is %.40q, not a time such as 250ms or 2.5s", timeoutHeader, given)
	}
	return min(d, s.cfg.Timeout), nil
}
