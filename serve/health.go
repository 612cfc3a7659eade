package serve

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"molserve/serve/auth"
)

// readyView is the body of /health/ready: a detail for people, the status for machines.
type readyView struct {
	Status string       `json:"status"` // ready, loading, stopping
	Models []readyModel `json:"models"`
}

type readyModel struct {
	Name   string  `json:"name"`
	Active *string `json:"active_version"`
}

// live says that the process runs.
func (s *Server) live(c *gin.Context, _ *notes) error {
	return writeJSON(c, http.StatusOK, map[string]string{"status": "live"})
}

// ready says that the first scan is over and that the server is not stopping. A model that was
// refused does not take the others out of service: it stands in the detail.
func (s *Server) ready(c *gin.Context, _ *notes) error {
	client := auth.From(c.Request.Context())
	view := readyView{Status: "ready", Models: []readyModel{}}
	code := http.StatusOK
	switch {
	case s.stopping.Load():
		view.Status, code = "stopping", http.StatusServiceUnavailable
	case !s.registry.scanned.Load():
		view.Status, code = "loading", http.StatusServiceUnavailable
	}
	g := s.registry
	g.mu.RLock()
	for _, name := range sortedKeys(g.entries) {
		if !s.sees(client, name) {
			continue
		}
		v := g.entries[name].view()
		view.Models = append(view.Models, readyModel{v.Name, v.Active})
	}
	g.mu.RUnlock()
	return writeJSON(c, code, view)
}
