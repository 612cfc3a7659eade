package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"molserve/serve/auth"
)

// asking is a server that asks, with one client of every role whose token is "all".
func asking(t *testing.T) *Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte("all sha256="+auth.Hash("all")+" roles=infer,read,admin"), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := auth.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Clients: k, Log: slog.New(slog.DiscardHandler)})
}

// Who adds a route and forgets its role has added one for nobody.
func TestRouteWithoutARoleIsForNobody(t *testing.T) {
	s := asking(t)
	e := s.engine()
	reached := false
	e.GET("/v1/forgotten", s.wrap(func(*gin.Context, *notes) error { reached = true; return nil }))
	for token, want := range map[string]int{"": 401, "all": 403} {
		r, w := httptest.NewRequest("GET", "/v1/forgotten", nil), httptest.NewRecorder()
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if e.ServeHTTP(w, r); w.Code != want || reached || !strings.Contains(w.Body.String(), `"error"`) {
			t.Errorf("%q: %d %s, reached %t", token, w.Code, w.Body, reached)
		}
	}
}

func TestCallWithoutARoleIsForNobody(t *testing.T) {
	s := asking(t)
	const forgotten, infer = "/inference.GRPCInferenceService/Forgotten", "/inference.GRPCInferenceService/ModelInfer"
	codeOf := func(err error) code {
		var f *fault
		errors.As(err, &f)
		return f.code
	}
	all := []string{"Bearer all"}
	if ctx, err := s.admitCall(t.Context(), forgotten, all, true); codeOf(err) != codeForbidden || codeOf(s.mayCall(ctx, forgotten, nil)) != codeForbidden {
		t.Errorf("%v", err)
	}
	if ctx, err := s.admitCall(t.Context(), infer, all, true); err != nil || s.mayCall(ctx, infer, nil) != nil {
		t.Errorf("%v", err)
	}
	// What tap has not seen nobody is let into.
	if err := s.mayCall(context.Background(), infer, nil); codeOf(err) != codeUnauthorized {
		t.Errorf("%v", err)
	}
}

// The role of a HEAD is that of its GET, and only that.
func TestRolesAreOfTheMethod(t *testing.T) {
	for route, want := range map[string]bool{"HEAD /metrics": true, "GET /metrics": true, "POST /metrics": false, "GET /v2/repository/index": false, "PUT /v1/models": false} {
		method, path, _ := strings.Cut(route, " ")
		if _, known := roleOf(method, path); known != want {
			t.Errorf("%s: %t", route, known)
		}
	}
	if r, known := roleOf(http.MethodGet, ""); known || r != open {
		t.Error("no route has a role")
	}
}
