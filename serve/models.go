package serve

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/serve/auth"
)

// modelView is a model of GET /v1/models.
type modelView struct {
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Active      *string       `json:"active_version"`           // null: none
	Pinned      string        `json:"pinned_version,omitempty"` // the only version that may serve
	Task        *onnx.Task    `json:"task"`                     // of the active version, as what follows
	Accepts     []string      `json:"accepts"`
	Outputs     []outputView  `json:"outputs"`
	Versions    []versionView `json:"versions"` // highest first
}

type outputView struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Per  string `json:"per"`

	Irreps string `json:"irreps,omitempty"` // how a row turns, where a word does not say it
}

type versionView struct {
	Version string `json:"version"`
	State   state  `json:"state"`
	Reason  string `json:"reason,omitempty"`
}

// proofView is what a version says of itself and how it was proved; null where it never was.
type proofView struct {
	Manifest    *onnx.Manifest     `json:"manifest"`
	Batch       *onnx.BatchLimits  `json:"batch,omitempty"` // of one run, while the version is in memory
	Certificate *prove.Certificate `json:"certificate"`
}

func (s *Server) listModels(c *gin.Context, _ *notes) error {
	client := auth.From(c.Request.Context())
	views := []modelView{}
	g := s.registry
	g.mu.RLock()
	for _, name := range sortedKeys(g.entries) {
		if s.sees(client, name) {
			views = append(views, g.entries[name].view())
		}
	}
	g.mu.RUnlock()
	return writeJSON(c, http.StatusOK, map[string]any{"models": views})
}

func (s *Server) showModel(c *gin.Context, _ *notes) error {
	e, err := s.registry.find(c.Param("name"))
	if err != nil {
		return err
	}
	s.registry.mu.RLock()
	view := struct {
		modelView
		proofView
	}{modelView: e.view()}
	if a := e.active.Load(); a != nil {
		view.proofView = e.proof(e.versions[a.version])
	}
	s.registry.mu.RUnlock()
	return writeJSON(c, http.StatusOK, view)
}

func (s *Server) showVersion(c *gin.Context, _ *notes) error {
	e, err := s.registry.find(c.Param("name"))
	if err != nil {
		return err
	}
	s.registry.mu.RLock()
	v, err := e.version(c.Param("version"))
	if err != nil {
		s.registry.mu.RUnlock()
		return err
	}
	view := struct {
		Name string `json:"name"`
		versionView
		proofView
	}{e.name, v.view(), e.proof(v)}
	s.registry.mu.RUnlock()
	return writeJSON(c, http.StatusOK, view)
}

// view is made under the registry's lock.
func (e *entry) view() modelView {
	v := modelView{Name: e.name, Accepts: []string{}, Outputs: []outputView{}, Versions: []versionView{}}
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(e.versions))) {
		v.Versions = append(v.Versions, e.versions[number].view())
	}
	if e.pin != 0 {
		v.Pinned = spell(e.pin)
	}
	a := e.active.Load()
	if a == nil {
		return v
	}
	m, active := a.model.Manifest(), spell(a.version)
	v.Active, v.Description, v.Task, v.Accepts = &active, m.Description, &m.Task, m.Accepts
	for _, o := range a.model.Outputs() {
		v.Outputs = append(v.Outputs, viewOutput(&o))
	}
	return v
}

func viewOutput(o *onnx.Output) outputView {
	v := outputView{Name: o.Name, Unit: o.Unit, Per: o.Per}
	if irreps, err := o.Irreps(); err == nil && irreps != nil {
		v.Irreps = irreps.String()
	}
	return v
}

func (v *version) view() versionView {
	return versionView{spell(v.number), v.state, v.reason}
}

// proof is made under the registry's lock.
func (e *entry) proof(v *version) proofView {
	view := proofView{Manifest: v.manifest, Certificate: v.certificate}
	if s := e.loaded[v.number]; s != nil {
		limits := s.model.Batch()
		view.Batch = &limits
	}
	return view
}

func writeJSON(c *gin.Context, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	if isV2(c.Request.URL.Path) { // Triton's asynchronous client accepts codings that it undoes of infer alone
		write(c, status, mediaJSON, b)
		return nil
	}
	return writeCompressed(c, status, mediaJSON, b)
}
