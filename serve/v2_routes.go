package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"molserve/onnx/rows"
	v2 "molserve/serve/v2"
)

// unsupportedV2 are the routes of extensions that there are not.
var unsupportedV2 = map[string]string{
	"/v2/systemsharedmemory/*rest":      "shared memory",
	"/v2/cudasharedmemory/*rest":        "shared memory",
	"/v2/trace/setting":                 "trace settings",
	"/v2/models/:name/trace/setting":    "trace settings",
	"/v2/logging":                       "log settings",
	"/v2/models/:name/generate":         "text generation",
	"/v2/models/:name/generate_stream":  "text generation",
	"/v2/repository/:repository/*where": "named repositories",
}

// mountV2 adds the routes of the Open Inference Protocol V2; those that load and unload work when admin.
func (s *Server) mountV2(r gin.IRouter, admin bool) {
	get := func(path string, h handler) {
		r.GET(path, s.wrap(h))
		r.HEAD(path, s.wrap(h))
	}
	get("/v2", s.serverV2)
	get("/v2/", s.serverV2)
	get("/v2/health/live", s.liveV2)
	get("/v2/health/ready", s.readyV2)
	get("/v2/models/stats", s.statsV2)
	for _, model := range []string{"/v2/models/:name", "/v2/models/:name/versions/:version"} {
		get(model, s.modelV2)
		get(model+"/ready", s.modelReadyV2)
		get(model+"/config", s.configV2)
		get(model+"/stats", s.statsV2)
		r.POST(model+"/infer", s.wrap(s.inferV2))
	}
	r.POST("/v2/repository/index", s.wrap(s.listV2))
	for _, verb := range []string{"load", "unload"} {
		r.POST("/v2/repository/models/:name/"+verb, s.wrap(s.loadV2(verb, admin)))
	}
	for path, what := range unsupportedV2 {
		h := s.wrap(func(*gin.Context, *notes) error { return refuse(codeUnsupported, "%s: not supported", what) })
		r.GET(path, h)
		r.POST(path, h)
	}
}

// bodyV2 is the protocol's error: a text under error. The code beside it is ours.
func (f *fault) bodyV2() []byte {
	message := f.message
	if f.pointer != "" {
		message = f.pointer + ": " + message
	}
	b := rows.AppendString([]byte(`{"error":`), message)
	return append(rows.AppendString(append(b, `,"code":`...), string(f.code)), "}\n"...)
}

func (s *Server) inferV2(c *gin.Context, n *notes) error {
	timeout, err := s.timeoutOf(c.Request.Header)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), timeout)
	defer cancel()
	i, err := s.leaseV2(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	defer i.snap.release()
	i.notes, n.model, n.version = n, i.view.name, i.snap.version
	if err := i.entry.gate.look(); err != nil {
		return err
	}
	begun := time.Now()
	body, err := s.readAligned(c.Request, headLength(c.Request.Header))
	defer func() { i.done(body) }()
	if err != nil {
		return err
	}
	q, err := decodeV2(i, c.Request.Header, body.bytes())
	s.took(ctx, stageRead, begun)
	if err != nil {
		return err
	}
	n.given = q.ID
	answer, err := s.answer(ctx, i, q)
	if err != nil {
		return err
	}
	defer s.took(ctx, stageWrite, time.Now())
	return writeV2(c, answer)
}

// lengthHeader says how many bytes of a body are JSON, before tensors follow.
const lengthHeader = "Inference-Header-Content-Length"

// headLength is the length of the JSON, 0 when there is none, or a wrong one, which decodeV2 refuses.
func headLength(h http.Header) int {
	n, _ := strconv.Atoi(h.Get(lengthHeader))
	return max(n, 0)
}

// done frees the body of a request, whose tensors are views of it. When its caller left, a run may read them still.
func (i *inference) done(b *body) {
	if i.reading {
		b.abandon()
	} else {
		b.free()
	}
}

func decodeV2(i *inference, h http.Header, body []byte) (*v2.Request, error) {
	given := h.Get(lengthHeader)
	if given == "" {
		return v2.DecodeRequest(body, -1)
	}
	length, err := strconv.Atoi(given)
	if err != nil || length < 0 {
		return nil, refuse(codeBadRequest, "%s is no number of bytes", lengthHeader)
	}
	if length > 0 {
		return v2.DecodeRequest(body, length)
	}
	if len(i.view.inputs) != 1 {
		return nil, refuse(codeBadRequest, "%s has %d inputs; a body without JSON is for one", i.view.name, len(i.view.inputs))
	}
	in := i.view.inputs[0]
	return v2.DecodeRaw(body, in.Name, in.DType, in.Shape)
}

func writeV2(c *gin.Context, r *v2.Response) error {
	b := buffers.Get().(*[]byte)
	defer keepBuffer(b)
	body, header := r.Append((*b)[:0])
	*b = body
	media := mediaJSON
	if header >= 0 {
		media = "application/octet-stream"
		c.Header(lengthHeader, strconv.Itoa(header))
	}
	c.Header("Molserve-Model", r.Model)
	c.Header("Molserve-Version", r.Version)
	return writeCompressed(c, http.StatusOK, media, body)
}

// listV2 answers the repository's index; a body is optional.
func (s *Server) listV2(c *gin.Context, _ *notes) error {
	var q struct{ Ready bool }
	if err := s.optionalV2(c, &q, `{"ready": true}`); err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, s.indexV2(c.Request.Context(), q.Ready))
}

func (s *Server) loadV2(verb string, admin bool) handler {
	return func(c *gin.Context, n *notes) error {
		var q struct{ Parameters map[string]any }
		if admin {
			if err := s.optionalV2(c, &q, `{"parameters": {…}}`); err != nil {
				return err
			}
		}
		n.model = c.Param("name")
		if err := s.controlV2(c.Request.Context(), admin, n.model, verb, sortedKeys(q.Parameters)); err != nil {
			return err
		}
		write(c, http.StatusOK, mediaJSON, []byte("{}\n"))
		return nil
	}
}

// optionalV2 reads a body that may be empty, or is of a form.
func (s *Server) optionalV2(c *gin.Context, into any, form string) error {
	body, free, err := s.readExpanded(c.Request)
	defer free()
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(codeBadRequest, "the body must be empty or JSON such as %s", form)
	}
	return nil
}
