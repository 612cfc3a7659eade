package serve

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"molserve/onnx"
	"molserve/preprocess/molecule"
)

// predict answers both predict routes.
func (s *Server) predict(c *gin.Context, n *notes) error {
	e, snap, err := s.registry.lease(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	defer snap.release()
	n.model, n.version = snap.name, snap.version
	media, err := mediaOf(c.Request.Header)
	if err != nil {
		return err
	}
	if media != mediaJSON {
		return s.predictStream(c, n, media, e, snap)
	}
	return s.predictWhole(c, n, e, snap)
}

// predictWhole answers a request whose body is JSON, read whole.
func (s *Server) predictWhole(c *gin.Context, n *notes, e *entry, snap *snapshot) error {
	if err := e.gate.look(); err != nil {
		return err
	}
	timeout, err := s.timeoutOf(c.Request.Header)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), timeout)
	defer cancel()
	q := &request{max: s.cfg.MaxMolecules}
	begun := time.Now()
	free, err := s.readRequest(c.Request, q)
	defer free()
	s.took(ctx, stageRead, begun)
	if err != nil {
		return err
	}
	n.molecules = len(q.records)
	r, err := newReply(snap, q)
	if err != nil {
		return err
	}
	r.encoder = encoderFor(c.Request.Header, mediaJSON, snap.model.Manifest())
	r.rows, _, err = s.predictRows(ctx, e, snap, q.records, wants{graphs: r.encoder.atoms})
	if err != nil {
		return err
	}
	n.errors = refuseNotFinite(r.rows)
	n.cause = firstCause(r.rows)
	s.metrics.count(r.rows)
	begun = time.Now()
	defer func() { s.took(ctx, stageWrite, begun) }()
	return writeReply(c, r)
}

// readRequest reads the body into q. The caller calls free when the request is done.
func (s *Server) readRequest(r *http.Request, q *request) (free func(), err error) {
	if _, err := predictQuery(r.URL, q); err != nil {
		return func() {}, err
	}
	body, free, err := s.readExpanded(r)
	if err != nil {
		return free, err
	}
	text, err := textOf(body)
	if err != nil {
		return free, err
	}
	if err := parseJSON(text, q); err != nil {
		return free, err
	}
	return free, q.standardize()
}

// predictQuery reads the query into q, and refuses parameters that nobody would read: a misspelt one must
// not be lost.
func predictQuery(u *url.URL, q *request) (url.Values, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, refuse(codeBadQuery, "the query is not URL-encoded")
	}
	for _, key := range sortedKeys(query) {
		if key != "smiles_column" && key != "standardize" {
			return nil, refuse(codeBadQuery, "unknown query parameter %q; there are smiles_column, for text/csv, and standardize", key)
		}
	}
	if words := query.Get("standardize"); words != "" {
		q.steps = strings.Split(words, ",")
		q.queried = len(q.steps)
	}
	return query, nil
}

// refuseNotFinite keeps NaN and infinities out of bodies, whatever the model does, and counts the rows
// that are errors.
func refuseNotFinite(rows []onnx.Row) (errors int) {
	for i := range rows {
		row := &rows[i]
		for _, v := range row.Values {
			if row.Err == nil && slices.ContainsFunc(v.Data, notFinite) {
				row.Err = molecule.Refuse(onnx.CodeNotFinite, -1, "the network's answer is not a finite number")
			}
		}
		if row.Err != nil {
			errors++
		}
	}
	return errors
}

// firstCause returns what is behind the first row that is an error of ours, for the log.
func firstCause(rows []onnx.Row) error {
	for i := range rows {
		if rows[i].Cause != nil {
			return fmt.Errorf("molecule %d: %w", rows[i].Index, rows[i].Cause)
		}
	}
	return nil
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// writeReply encodes into a pooled buffer and writes it at once, compressed if the client takes that.
func writeReply(c *gin.Context, r *reply) error {
	b := buffers.Get().(*[]byte)
	defer keepBuffer(b)
	*b = r.encoder.append((*b)[:0], r)
	c.Header("Molserve-Model", r.name)
	c.Header("Molserve-Version", strconv.Itoa(r.version))
	return writeCompressed(c, http.StatusOK, r.encoder.media, *b)
}
