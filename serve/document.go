package serve

import (
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"molserve/serve/openapi"
)

// mountDocument adds the route of the OpenAPI document, which has the routes of one listener.
func (s *Server) mountDocument(e *gin.Engine, of openapi.Listener) {
	document := sync.OnceValues(func() ([]byte, error) { return openapi.Document(of) })
	h := s.wrap(func(c *gin.Context, _ *notes) error {
		text, err := document()
		if err != nil {
			return err
		}
		return writeCompressed(c, http.StatusOK, mediaJSON, text)
	})
	e.GET("/openapi.json", h)
	e.HEAD("/openapi.json", h)
}
