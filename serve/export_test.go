package serve

import "net/http"

// Handler is what the public listener serves, for tests that bring another protocol.
func (s *Server) Handler() http.Handler { return s.handler }
