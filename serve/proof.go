package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/child"
	"molserve/onnx/prove/store"
)

// Proof is how a version proves itself before it serves: in a child process, unless a certificate of an
// earlier proof is kept; then the process that serves opens the same bytes and repeats the golden
// answers. The zero value keeps no certificates.
type Proof struct {
	Child  child.Prover  // its Preparation is also that of the model that serves
	Store  *store.Store  // nil: no certificates are kept
	Verify Verify        // default VerifyAuto
	Budget time.Duration // of VerifyFast; default 10 s
	Log    *slog.Logger  // default slog.Default()

	// Limits bound the records of the models that serve; a proof is of what their manifests let in.
	Limits onnx.RecordLimits

	// Untuned leaves the size of runs as the manifest or the default says. What is measured is another size at
	// another start, and then the last digits of a number may be others.
	Untuned bool
}

// Verify says how much is proved at a start.
type Verify string

// The ways to verify.
const (
	VerifyAuto Verify = "auto" // a kept certificate, else the whole gate
	VerifyFull Verify = "full" // the whole gate, whatever is kept
	VerifyFast Verify = "fast" // a kept certificate, else as much of the gate as the budget reaches
)

// DefaultBudget is the budget of VerifyFast.
const DefaultBudget = 10 * time.Second

// UnmarshalText reads auto, full or fast.
func (v *Verify) UnmarshalText(text []byte) error {
	switch w := Verify(text); w {
	case VerifyAuto, VerifyFull, VerifyFast:
		*v = w
		return nil
	}
	return fmt.Errorf("%q: auto, full or fast", text)
}

// MarshalText writes the word.
func (v Verify) MarshalText() ([]byte, error) { return []byte(cmp.Or(v, VerifyAuto)), nil }

// Prove is the Loader of production with its defaults.
func Prove(ctx context.Context, f onnx.Folder) (Predictor, *prove.Certificate, error) {
	return (&Proof{}).Load(ctx, f)
}

// Load is a Loader.
func (p *Proof) Load(ctx context.Context, f onnx.Folder) (Predictor, *prove.Certificate, error) {
	m, c, err := p.Open(ctx, f)
	if err != nil {
		return nil, c, err
	}
	return m, c, nil
}

// Open reads a folder, has its model proved and opens it. On an error there is no model, and a
// certificate when it was a check that failed.
func (p *Proof) Open(ctx context.Context, f onnx.Folder) (*onnx.Model, *prove.Certificate, error) {
	b, err := f.Read()
	if err != nil {
		return nil, nil, err
	}
	c, err := p.certify(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	if !c.OK {
		return nil, c, failure(c)
	}
	m, err := p.Child.Preparation.OpenBundle(b)
	if err != nil {
		return nil, c, err
	}
	if err = repeatGolden(ctx, m, c); err == nil && !p.Untuned {
		err = tune(ctx, m)
	}
	if err != nil {
		m.Close()
		return nil, c, err
	}
	m.Limit(p.Limits)
	m.Forget()
	p.tellFallen(m, b)
	return m, c, nil
}

// tellFallen warns of what a provider that was asked for leaves to the CPU.
func (p *Proof) tellFallen(m *onnx.Model, b *onnx.Bundle) {
	placed := m.Placement()
	if placed == nil || len(placed.FellBack) == 0 {
		return
	}
	var operators []string
	for _, f := range placed.FellBack {
		operators = append(operators, f.Operator)
	}
	p.log().Warn("nodes fell back to the CPU", "model", b, "nodes", placed.Nodes, "operators", operators)
}

// certify returns the certificate that is kept of a model, or has it proved.
func (p *Proof) certify(ctx context.Context, b *onnx.Bundle) (c *prove.Certificate, err error) {
	ctx, span := proofSpan(ctx)
	defer func() { endProof(span, c, err) }()
	k, err := store.KeyOf(b, prove.Gate, p.Child.Preparation)
	if err != nil {
		p.log().Warn("certificates are not kept", "model", b, "cause", err)
		return p.Child.Prove(ctx, b, p.plan())
	}
	if c := p.kept(k, b); c != nil {
		return c, nil
	}
	c, err = p.Child.Prove(ctx, b, p.plan())
	if err != nil {
		return nil, err
	}
	c.Key = k.String()
	if p.Store != nil && c.OK && p.plan().Budget == 0 {
		if err := p.Store.Put(k, c); err != nil {
			p.log().Warn("a certificate could not be kept", "model", b, "cause", err)
		}
	}
	return c, nil
}

// kept returns the certificate of an earlier proof, or nil.
func (p *Proof) kept(k store.Key, b *onnx.Bundle) *prove.Certificate {
	if p.Store == nil || p.Verify == VerifyFull {
		return nil
	}
	c, err := p.Store.Get(k, b.Manifest(), prove.Gate)
	if err != nil && !errors.Is(err, store.ErrNone) {
		p.log().Warn("a kept certificate is of no use", "model", b, "cause", err)
	}
	return c
}

func (p *Proof) plan() prove.Plan {
	if p.Verify != VerifyFast {
		return prove.Plan{Level: prove.Gate}
	}
	return prove.Plan{Level: prove.Gate, Budget: cmp.Or(p.Budget, DefaultBudget)}
}

func (p *Proof) log() *slog.Logger { return cmp.Or(p.Log, slog.Default()) }

// repeatGolden holds the session that will serve against the golden answers and notes the rows. It must
// compute the network that was proved.
func repeatGolden(ctx context.Context, m *onnx.Model, c *prove.Certificate) error {
	if proved, here := networkOf(c.Rewritten), networkOf(m.Rewritten()); proved != here {
		return fmt.Errorf("the network that was proved has SHA-256 %s, the one that would serve %s", proved, here)
	}
	again, err := prove.Prove(ctx, m, prove.Golden)
	if err != nil {
		return err
	}
	c.Repeated = again.Checks
	if !again.OK {
		c.OK = false
		return fmt.Errorf("in the process that serves: %w", failure(again))
	}
	return nil
}

// tune finds the size of the model's runs.
func tune(ctx context.Context, m *onnx.Model) error {
	examples, err := prove.Examples(ctx, m)
	if err != nil {
		return err
	}
	return m.Tune(ctx, examples)
}

// networkOf is the hash of a rewritten network, or a word for one that was not.
func networkOf(r *onnx.Rewriting) string {
	if r == nil {
		return "of its file"
	}
	return r.SHA256
}
