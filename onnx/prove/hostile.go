package prove

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"molserve/onnx"
	"molserve/onnx/rewrite"
)

// Bounds of a certificate that comes from outside this process.
const (
	MaxCertificate = 256 << 10 // bytes of its JSON
	maxText        = 4 << 10   // bytes of a check's detail or worst, or of a line of not_proved
	maxLines       = 64        // of not_proved
	maxChanges     = 64        // of a network that are told
	maxSeconds     = 1e7       // of a check or of all
	maxLibraries   = 512
)

// Row is a check that a proof of a model must have.
type Row struct {
	Name  string
	Level Level
	Bound float64
}

// Rows lists the checks of a level for a model, in their order, from its manifest alone.
func Rows(m *onnx.Manifest, level Level) []Row {
	s := claims(m, level)
	var rows []Row
	for _, p := range proofs {
		if p.level <= level && p.applies(s) {
			rows = append(rows, Row{p.name, p.level, p.bound(s)})
		}
	}
	return rows
}

// ReadCertificate reads a certificate that another process wrote, of a model with this manifest, after
// this plan. Nothing in it is believed that can be known here: names, order and bounds of the checks,
// verdicts, files. A certificate that holds has every check of the plan; only checks beyond the golden
// answers may be missing where the plan has a budget, and then it says which.
func ReadCertificate(data []byte, m *onnx.Manifest, p Plan) (*Certificate, error) {
	if len(data) > MaxCertificate {
		return nil, fmt.Errorf("certificate: %d bytes are more than %d", len(data), MaxCertificate)
	}
	var c Certificate
	if err := decodeStrictly(data, &c); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if err := errors.Join(c.speaksOf(m, p.Level), c.saysLittle(), c.rowsOf(m, p)); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &c, nil
}

// decodeStrictly reads one JSON document without keys that v does not know.
func decodeStrictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the document")
	}
	return nil
}

// speaksOf holds a certificate against what it must be of.
func (c *Certificate) speaksOf(m *onnx.Manifest, level Level) error {
	if c.Model != m.Name || c.Version != m.Version || c.Level != level.String() {
		return fmt.Errorf("is of %.80q@%.20q at level %.20q, not of %s@%s at %s", c.Model, c.Version, c.Level, m.Name, m.Version, level)
	}
	if c.Library != "onnxruntime "+onnx.Version() {
		return fmt.Errorf("is of %.80q, this is ONNX Runtime %s", c.Library, onnx.Version())
	}
	if !maps.EqualFunc(c.Files, m.Files, func(sum string, f onnx.File) bool { return sum == f.SHA256 }) {
		return errors.New("is of other files")
	}
	return nil
}

// saysLittle bounds the texts, and numbers that no check looks at.
func (c *Certificate) saysLittle() error {
	texts := append([]string{c.Machine, c.Where, c.Source, c.Key, c.Computing}, c.NotProved...)
	more, err := c.networkTexts()
	if err != nil {
		return err
	}
	texts = append(texts, more...)
	if len(c.Libraries) > maxLibraries {
		return fmt.Errorf("%d libraries, at most %d are taken", len(c.Libraries), maxLibraries)
	}
	for _, l := range c.Libraries {
		texts = append(texts, l.Name, l.SHA256)
	}
	for _, k := range slices.Concat(c.Checks, c.Repeated) {
		texts = append(texts, k.Detail, k.Worst)
		if s := k.Took.Seconds(); s < 0 || s > maxSeconds {
			return fmt.Errorf("check %.40q took %g s", k.Name, s)
		}
	}
	if len(c.NotProved) > maxLines {
		return fmt.Errorf("not_proved has %d lines, at most %d are taken", len(c.NotProved), maxLines)
	}
	for _, text := range texts {
		if len(text) > maxText || strings.ContainsFunc(text, isControl) || !utf8.ValidString(text) {
			return fmt.Errorf("%.40q … is too long, or no plain text", text)
		}
	}
	if w := c.WarmUp; w != nil && (min(w.Graphs, w.Atoms, w.Edges) < 0 || w.Bytes < 0 || !(w.Seconds >= 0 && w.Seconds <= maxSeconds)) {
		return fmt.Errorf("warm-up: %+v", *w)
	}
	if c.Took < 0 || c.Took > maxSeconds {
		return fmt.Errorf("took %g s", c.Took)
	}
	return nil
}

// networkTexts bounds what a certificate says of the network and returns its texts.
func (c *Certificate) networkTexts() (texts []string, err error) {
	changes := c.Left
	if c.Rewritten != nil {
		changes = append(slices.Clone(changes), c.Rewritten.Changes...)
		texts = append(texts, c.Rewritten.SHA256)
	}
	if len(changes) > 2*maxChanges {
		return nil, fmt.Errorf("%d changes of the network, at most %d are taken", len(changes), maxChanges)
	}
	for _, k := range changes {
		texts = append(texts, k.Node, k.What, k.Why)
	}
	if p := c.Placement; p != nil {
		if len(p.Nodes) > maxLines || len(p.FellBack) > maxChanges {
			return nil, fmt.Errorf("nodes of %d providers and %d operators, at most %d and %d are taken", len(p.Nodes), len(p.FellBack), maxLines, maxChanges)
		}
		texts = slices.AppendSeq(texts, maps.Keys(p.Nodes))
		for _, f := range p.FellBack {
			texts = append(texts, f.Operator, f.First)
		}
	}
	return texts, nil
}

// rowsOf holds the rows against those that the manifest asks for, and judges them.
func (c *Certificate) rowsOf(m *onnx.Manifest, p Plan) error {
	if len(c.Repeated) > 0 {
		return errors.New("has rows of the process that serves")
	}
	rows, complete := c.expected(m, p.Level), true
	at := 0 // in rows
	for _, k := range c.Checks {
		from := at
		for at < len(rows) && rows[at].Name != k.Name {
			at++
		}
		if at == len(rows) {
			return fmt.Errorf("check %.40q is not known here, or not in its place", k.Name)
		}
		complete = complete && !c.misses(rows[from:at], p)
		if k.Bound != rows[at].Bound || !(k.Measured >= 0) || k.OK != (k.Measured <= k.Bound) {
			return fmt.Errorf("check %q measures %g, its bound is %g: it cannot say ok=%t with bound %g", k.Name, k.Measured, rows[at].Bound, k.OK, k.Bound)
		}
		at++
	}
	complete = complete && !c.misses(rows[at:], p)
	holds := len(c.Failed()) == 0
	if c.OK != holds || holds && !complete {
		return fmt.Errorf("says ok=%t with %d checks of %d, %d of which fail", c.OK, len(c.Checks), len(rows), len(c.Failed()))
	}
	return nil
}

// expected lists the checks that a certificate of this network must have.
func (c *Certificate) expected(m *onnx.Manifest, level Level) []Row {
	rows := Rows(m, level)
	if c.Rewritten == nil {
		rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Name == rewrittenCheck })
	}
	return rows
}

// misses tells whether rows that are left out had to be there, or are left out without a word.
func (c *Certificate) misses(rows []Row, p Plan) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return p.Budget <= 0 || r.Level == Golden || !c.says(r.Name+leftOut) })
}

// says tells whether a line of what is not proved begins so.
func (c *Certificate) says(words string) bool {
	return slices.ContainsFunc(c.NotProved, func(line string) bool { return strings.HasPrefix(line, words) })
}

// clean makes the texts of c such as ReadCertificate takes.
func (c *Certificate) clean() {
	for i := range c.Checks {
		k := &c.Checks[i]
		k.Detail, k.Worst = plain(k.Detail), plain(k.Worst)
		if math.IsNaN(k.Measured) {
			k.Measured = math.Inf(1)
		}
	}
	for i := range c.NotProved {
		c.NotProved[i] = plain(c.NotProved[i])
	}
	c.Machine, c.Computing = plain(c.Machine), plain(c.Computing)
	if c.Rewritten != nil {
		c.Rewritten = &onnx.Rewriting{SHA256: c.Rewritten.SHA256, Changes: brief(c.Rewritten.Changes)}
	}
	c.Left = brief(c.Left)
	c.Placement = briefly(c.Placement)
}

// brief is changes as a certificate can hold them: the first, and how many there are beyond them.
func brief(changes []rewrite.Change) (out []rewrite.Change) {
	for i, k := range changes {
		if i == maxChanges-1 && len(changes) > maxChanges {
			return append(out, rewrite.Change{What: fmt.Sprintf("%d more", len(changes)-i)})
		}
		out = append(out, rewrite.Change{Node: plain(k.Node), What: plain(k.What), Why: plain(k.Why)})
	}
	return out
}

// briefly is a placement as a certificate can hold it: the operators with the most nodes.
func briefly(p *onnx.Placement) *onnx.Placement {
	if p == nil {
		return nil
	}
	out := &onnx.Placement{Nodes: p.Nodes, FellBack: []onnx.FellBack{}}
	for _, f := range p.FellBack[:min(len(p.FellBack), maxChanges)] {
		out.FellBack = append(out.FellBack, onnx.FellBack{Operator: plain(f.Operator), Nodes: f.Nodes, First: plain(f.First)})
	}
	return out
}

// plain cuts a text to maxText bytes and takes control characters out.
func plain(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if isControl(r) {
			return '\uFFFD'
		}
		return r
	}, text)
	if len(text) <= maxText {
		return text
	}
	cut := maxText - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// isControl tells characters that a terminal or a log would act on; line ends and tabs are none.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }
