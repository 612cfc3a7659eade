package serve

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"molserve/serve/auth"
)

// Who is patient is slowed down to its rate, and not refused.
func TestPatienceWaitsForTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set, err := auth.Parse([]byte("a sha256=" + auth.Hash("a") + " roles=infer molecules_per_second=10 burst=0s"))
		if err != nil {
			t.Fatal(err)
		}
		client, begun := set.Clients[0], time.Now()
		for range 10 {
			if err := payOrWait(t.Context(), client, 20, true); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun).Round(time.Millisecond); took != 18*time.Second {
			t.Errorf("200 molecules at 10 a second, the first 20 on credit: %s", took)
		}
		var f *fault
		if err := payOrWait(t.Context(), client, 1, false); !errors.As(err, &f) || f.code != codeRateLimited || retryAfter(f) != "2" {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := payOrWait(ctx, client, 1, true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}
