package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"molserve/serve/auth"
)

// stream is a stream of the client "a", whose line of the file is given, and the file's path.
func streamOf(t *testing.T, line string) (st *streaming, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tokens")
	write := func(line string) {
		if err := os.WriteFile(path, []byte("a sha256="+auth.Hash("a")+" "+line), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(line)
	k, err := auth.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", "Bearer a")
	return &streaming{s: &Server{cfg: Config{Clients: k}}, snap: &snapshot{name: "m"}, out: &answerer{c: &gin.Context{Request: r}}}, path
}

// A stream is slowed down to its client's rate, and not refused.
func TestStreamsWaitForTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, _ := streamOf(t, "roles=infer molecules_per_second=10 burst=0s")
		begun := time.Now()
		for range 10 {
			if ctx, err := st.payOrWait(t.Context(), 20); err != nil || auth.From(ctx).Name != "a" {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun).Round(time.Millisecond); took != 18*time.Second {
			t.Errorf("200 molecules at 10 a second, the first 20 on credit: %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := st.payOrWait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		var f *fault
		st.payOrWait(t.Context(), 36021)
		if _, err := st.payOrWait(t.Context(), 1); !errors.As(err, &f) || f.code != codeRateLimited || f.retry <= time.Hour {
			t.Errorf("a debt of more than an hour: %v", err)
		}
		st.failed, st.readErr = make(chan struct{}), errCut
		close(st.failed)
		st.s.cfg.Clients.Clients()[0].GiveBack(36000)
		if _, err := st.payOrWait(t.Context(), 1); err != errCut {
			t.Errorf("a body that has failed: %v", err)
		}
	})
}

// Who waits for its rate is asked meanwhile who it is.
func TestWaitingForTheRateEndsWithTheToken(t *testing.T) {
	for line, want := range map[string]code{
		"roles=infer molecules_per_second=0.1 burst=0s expires=2000-01-01T00:01:00Z": codeUnauthorized,
		"roles=read":           codeForbidden,
		"roles=infer models=n": codeUnknownModel,
		"roles=infer":          "",
		"roles=infer molecules_per_second=100 burst=0s": "",
	} {
		synctest.Test(t, func(t *testing.T) { // begins at 2000-01-01T00:00:00Z
			st, path := streamOf(t, "roles=infer molecules_per_second=0.1 burst=0s")
			st.payOrWait(t.Context(), 60)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go st.s.cfg.Clients.Run(ctx)
			time.AfterFunc(10*time.Second, func() {
				os.WriteFile(path, fmt.Appendf(nil, "a sha256=%s %s", auth.Hash("a"), line), 0o600)
			})
			begun := time.Now()
			_, err := st.payOrWait(t.Context(), 1)
			var f *fault
			if errors.As(err, &f) != (want != "") || f != nil && f.code != want {
				t.Errorf("%s: %v, want %s", line, err, want)
			}
			if took := time.Since(begun); took > 61*time.Second {
				t.Errorf("%s: %s", line, took)
			}
		})
	}
}

// What is no stream is refused, and told when to come back.
func TestWhoIsNotPatientIsToldWhenToComeBack(t *testing.T) {
	st, _ := streamOf(t, "roles=infer molecules_per_second=0.001 burst=0s")
	client := st.s.cfg.Clients.Clients()[0]
	if err := pay(client, 1); err != nil {
		t.Fatal(err)
	}
	var f *fault
	if err := pay(client, 1); !errors.As(err, &f) || f.code != codeRateLimited || retryAfter(f) != "1000" {
		t.Errorf("%v", err)
	}
}
