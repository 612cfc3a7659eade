package prove

import (
	"context"
	"errors"
	"math"
	"testing"
)

// Whatever the clock says by then, a deviation that was measured is one; a check that the budget broke off says nothing.
func TestABudgetHidesNoFailure(t *testing.T) {
	for name, c := range map[string]struct {
		measured float64
		err      error
		want     error
		ok       bool
	}{
		"a failure":              {1, nil, nil, false},
		"a success":              {0, nil, nil, true},
		"broken off":             {0, errBudget, errBudget, false},
		"broken off in a run":    {0, errors.Join(errors.New("case 3"), errBudget), errBudget, false},
		"another error":          {0, errors.New("the network gives nothing"), nil, false},
		"the context's own word": {0, context.Canceled, errBudget, false},
	} {
		within, spend := context.WithCancelCause(t.Context())
		p := proof{"law", Gate, always, none, func(context.Context, *subject) (outcome, error) {
			spend(errBudget)
			return outcome{measured: c.measured}, c.err
		}}
		row, err := p.inTime(t.Context(), within, nil)
		if !errors.Is(err, c.want) || err == nil && row.OK != c.ok {
			t.Errorf("%s: %+v, %v", name, row, err)
		}
	}
}

// No law is seen to hold where there was nothing to see.
func TestAFindingOfNothingDoesNotHold(t *testing.T) {
	var f finding
	if o := f.say("0 structures"); !math.IsInf(o.measured, 1) || o.worst == "" {
		t.Errorf("%+v", o)
	}
	f.closeTo(nil, nil, func() string { return "an empty tensor" })
	if o := f.say("0 numbers"); !math.IsInf(o.measured, 1) {
		t.Errorf("%+v", o)
	}
	f.closeTo([]float64{1}, []float64{1}, nil)
	if o := f.say("1 number"); o.measured != 0 {
		t.Errorf("%+v", o)
	}
}
