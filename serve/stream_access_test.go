package serve_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"molserve/serve"
	"molserve/serve/auth"
)

// A stream of HTTP under way ends at its next rows when its token goes out of the file, or loses what it needs.
func TestStreamsEndWithTheirToken(t *testing.T) {
	gone := "gone sha256=" + auth.Hash("gone")
	for _, c := range []struct{ line, code, message string }{
		{"", "unauthorized", "not one of this server's"},
		{gone + " roles=infer,read expires=2020-01-01", "unauthorized", "the time of this token"},
		{gone + " roles=read", "forbidden", "needs the role infer"},
		{gone + " roles=infer,read models=n", "unknown_model", "no model of this name"},
	} {
		path := tokenFile(t, gone+" roles=infer,read")
		k, err := auth.Open(path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w := start(t, serve.Config{Clients: k})
		open := func(accept string) *raw {
			r := w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", accept, "Authorization", "Bearer gone")
			r.send("C\n")
			return r
		}
		answered, cut := open("application/x-ndjson"), open("text/csv")
		answered.line()
		cut.line()
		if err := os.Rename(tokenFile(t, c.line), path); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the file is read", func() bool {
			return w.do("POST", "/v1/models/m/predict", `{"smiles":["C"]}`, append(bearer("gone"), "Content-Type", "application/json")...).status != 200
		})
		answered.send("CC\n")
		rest, err := answered.rest()
		if err != nil || !strings.HasPrefix(rest, `{"error":{"code":"`+c.code+`"`) || !strings.Contains(rest, c.message) || answered.res.Trailer.Get("Molserve-Error") != c.code {
			t.Errorf("%s: %q, %v, %v", c.code, rest, err, answered.res.Trailer)
		}
		cut.send("CC\n")
		if rest, err := cut.rest(); err == nil || strings.Count(rest, "\n") != 1 {
			t.Errorf("%s: %q, %v", c.code, rest, err)
		}
	}
}

// The time that a client may take for its next row begins when it has its answers: a rate may be slower.
func TestWaitingForTheRateIsNotTheClientsTime(t *testing.T) {
	w := start(t, serve.Config{Timeout: 500 * time.Millisecond, Clients: clients(t, "slow sha256="+auth.Hash("slow")+" roles=infer molecules_per_second=1 burst=0s")})
	r := w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson", "Authorization", "Bearer slow")
	for range 3 {
		r.send("C\n")
		if line := r.line(); !strings.Contains(line, `"status":"ok"`) {
			t.Fatal(line)
		}
	}
	if rest, err := r.rest(); err != nil || !strings.Contains(rest, "incomplete_body") {
		t.Errorf("%q, %v", rest, err)
	}
}

// A client that leaves while its stream waits for its rate is not waited for.
func TestWaitingForTheRateEndsWithTheClient(t *testing.T) {
	w := start(t, serve.Config{Clients: clients(t, "slow sha256="+auth.Hash("slow")+" roles=infer molecules_per_second="+slowRate+" burst=0s")})
	r := w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson", "Authorization", "Bearer slow")
	r.send("C\n")
	r.line()
	r.send("CC\n")
	r.conn.Close()
	eventually(t, "the stream is over", func() bool { return strings.Contains(w.log.String(), "code=incomplete_body") })
}
