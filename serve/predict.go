package serve

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"molserve/onnx"
	"molserve/onnx/rows"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// predict answers both predict routes.
func (s *Server) predict(c *gin.Context, n *notes) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.cfg.Timeout)
	defer cancel()
	e, snap, err := s.registry.lease(c.Param("name"), c.Param("version"))
	if err != nil {
		return err
	}
	defer snap.release()
	n.model, n.version = snap.name, snap.version
	q, free, err := s.readRequest(c.Request)
	defer free()
	if err != nil {
		return err
	}
	n.molecules = len(q.records)
	r, err := newReply(snap, q)
	if err != nil {
		return err
	}
	if r.rows, err = compute(ctx, e.gate, snap.model, q.records); err != nil {
		return err
	}
	n.errors = refuseNotFinite(r.rows)
	n.cause = firstCause(r.rows)
	writeReply(c, r)
	return nil
}

// readRequest reads and parses the body. The caller calls free when the request is done.
func (s *Server) readRequest(r *http.Request) (q *request, free func(), err error) {
	free = func() {}
	parse, err := parserOf(r.Header)
	if err != nil {
		return nil, free, err
	}
	query, err := predictQuery(r.URL)
	if err != nil {
		return nil, free, err
	}
	body, err := readBody(r, s.cfg.MaxBody, &s.buffered)
	free = func() { s.buffered.give(int64(cap(body))) }
	if err != nil {
		return nil, free, err
	}
	text, err := textOf(body)
	if err != nil {
		return nil, free, err
	}
	q = &request{max: s.cfg.MaxMolecules}
	return q, free, parse(text, query, q)
}

// predictQuery refuses parameters that nobody would read: a misspelt one must not be lost.
func predictQuery(u *url.URL) (url.Values, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, refuse(codeBadQuery, "the query is not URL-encoded")
	}
	for _, key := range sortedKeys(query) {
		if key != "smiles_column" {
			return nil, refuse(codeBadQuery, "unknown query parameter %q; there is smiles_column, for text/csv", key)
		}
	}
	return query, nil
}

// newReply chooses the outputs that were asked for and refuses kinds that the model does not take.
func newReply(s *snapshot, q *request) (*reply, error) {
	m := s.model.Manifest()
	for i, rec := range q.records {
		if !slices.Contains(m.Accepts, string(rec.Kind)) {
			return nil, refuseAt("/molecules/"+strconv.Itoa(i), codeKind, "the model takes %v, not %s", m.Accepts, rec.Kind)
		}
	}
	r := &reply{name: s.name, version: s.version}
	if q.outputs == nil {
		r.Selection = rows.All(m.Outputs)
		return r, nil
	}
	for i, name := range q.outputs {
		pointer := "/outputs/" + strconv.Itoa(i)
		column := slices.IndexFunc(m.Outputs, func(o onnx.Output) bool { return o.Name == name })
		if column < 0 {
			return nil, refuseAt(pointer, codeUnknownOutput, "the model has no output %q; it has %v", name, outputNames(m))
		}
		if slices.Contains(r.Columns, column) {
			return nil, refuseAt(pointer, codeBadRequest, "output %q is asked for twice", name)
		}
		r.Outputs, r.Columns = append(r.Outputs, m.Outputs[column]), append(r.Columns, column)
	}
	if len(r.Columns) == 0 {
		return nil, refuseAt("/outputs", codeBadRequest, "outputs names none; leave it out for all: %v", outputNames(m))
	}
	return r, nil
}

func outputNames(m *onnx.Manifest) (names []string) {
	for _, o := range m.Outputs {
		names = append(names, o.Name)
	}
	return names
}

// compute runs the records when it is their turn. What went wrong because ctx ended is ctx's cause.
func compute(ctx context.Context, g *gate, m Predictor, recs []preprocess.Record) ([]onnx.Row, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	if err := g.enter(ctx, len(recs)); err != nil {
		return nil, err
	}
	defer g.leave()
	rows, err := m.PredictRecords(ctx, recs, onnx.Options{})
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return rows, err
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

// writeReply encodes into a pooled buffer and writes it at once.
func writeReply(c *gin.Context, r *reply) {
	e := encoderFor(c.GetHeader("Accept"))
	b := buffers.Get().(*[]byte)
	defer keepBuffer(b)
	*b = e.append((*b)[:0], r)
	c.Header("Molserve-Model", r.name)
	c.Header("Molserve-Version", strconv.Itoa(r.version))
	write(c, http.StatusOK, e.media, *b)
}
