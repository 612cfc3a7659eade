package prove

import (
	"context"
	"errors"
	"fmt"
	"time"

	"molserve/onnx"
)

// Level says how much is proved.
type Level int

// The levels; each holds the one before.
const (
	Golden Level = iota // the golden answers alone: what a server repeats of a model that was proved elsewhere
	Gate                // what must hold before a version serves: also the reference, the claimed symmetry
	Full                // every check
)

var levels = []string{"golden", "gate", "full"}

// String returns golden, gate or full.
func (l Level) String() string { return levels[l] }

// Plan says what is to be proved.
type Plan struct {
	Level  Level
	Begin  func(check string) // called before each check; nil: nobody is told
	Budget time.Duration      // when it is spent, checks beyond the golden answers are left out; 0: none is
}

// Prove runs the checks of a level over an opened model; see Plan.Prove.
func Prove(ctx context.Context, m *onnx.Model, level Level) (*Certificate, error) {
	return Plan{Level: level}.Prove(ctx, m)
}

// leftOut follows the name of a check that a certificate says it has not.
const leftOut = ": left out"

// errBudget is the cause of a check's end when the plan's budget is spent.
var errBudget = errors.New("the budget is spent")

// Prove runs the plan's checks over an opened model. A model that does not hold has a certificate that
// says so; the error is that ctx ended. The model's files must still be in memory.
func (p Plan) Prove(ctx context.Context, m *onnx.Model) (*Certificate, error) {
	start := time.Now()
	c := newCertificate(m.Manifest(), p.Level, start)
	s, err := newSubject(ctx, m, p.Level)
	if err != nil {
		return nil, err
	}
	within, cancel := p.within(ctx)
	defer cancel()
	for _, proof := range proofs {
		if proof.level > p.Level || !proof.applies(s) {
			continue
		}
		if p.Begin != nil {
			p.Begin(proof.name)
		}
		row, err := proof.inTime(ctx, within, s)
		if errors.Is(err, errBudget) {
			c.NotProved = append(c.NotProved, fmt.Sprintf("%s%s, the budget of %v is spent", proof.name, leftOut, p.Budget))
			continue
		}
		if err != nil {
			return nil, err
		}
		c.Checks = append(c.Checks, row)
		if !s.usable {
			break // there is nothing to compare with
		}
	}
	c.OK = len(c.Failed()) == 0
	c.Rewritten, c.Left, c.Placement = m.Rewritten(), m.Left(), m.Placement()
	c.WarmUp = s.warmUp
	c.Computing = m.Preparation().Computing()
	c.NotProved = append(notProved(s, p.Level), c.NotProved...)
	c.Took = time.Since(start).Seconds()
	c.clean()
	return c, nil
}

// within is ctx until the budget is spent.
func (p Plan) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Budget <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, p.Budget, errBudget)
}

// inTime runs a check; the golden answers run whatever the budget. The error is the end of a context that came
// before a measure: what was measured counts, however late.
func (p proof) inTime(ctx, within context.Context, s *subject) (Check, error) {
	if p.level > Golden {
		ctx = within
	}
	if err := context.Cause(ctx); err != nil {
		return Check{}, err
	}
	row, err := p.run(ctx, s)
	if ended := context.Cause(ctx); ended != nil && (errors.Is(err, ended) || errors.Is(err, ctx.Err())) {
		return row, ended
	}
	return row, nil
}
