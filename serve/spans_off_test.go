package serve

import (
	"testing"
	"time"
)

// Without traces what they do costs no allocation.
func TestTracesThatAreOffCostNothing(t *testing.T) {
	s := New(Config{})
	o := &call{id: "a", protocol: overHTTP, method: "POST", path: "/", route: "/"}
	ctx := s.begin(t.Context(), o)
	if n := testing.AllocsPerRun(100, func() {
		ctx := s.startSpan(withParent(ctx, nil), o)
		s.took(ctx, stageRead, time.Now())
		s.spent(ctx, spent{1, 1, 1})
		o.endSpan()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
