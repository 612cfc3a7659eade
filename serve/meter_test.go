package serve_test

import (
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/auth"
	"molserve/serve/v2/pb"
)

// A slow client has what a second gives it every thousand seconds: no test waits for it, and none is
// disturbed by the time that it takes itself.
const slowRate = "0.001"

// within tells whether Retry-After is want seconds, less what the test took.
func within(retryAfter string, want int) bool {
	n, err := strconv.Atoi(retryAfter)
	return err == nil && n <= want && n > want-600
}

func TestRatesAreKeptByEveryWayToPredictions(t *testing.T) {
	predict := func(w *world, h ...string) answer {
		return w.do("POST", "/v1/models/m/predict", `{"smiles":["CCO","C"]}`, append(h, "Content-Type", "application/json")...)
	}
	texts := func(w *world, h ...string) answer {
		return w.do("POST", "/v2/models/m/infer", `{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[2],"data":["CCO","C"]}]}`, h...)
	}
	tensors := func(w *world, h ...string) answer {
		return w.do("POST", "/v2/models/m.tensors/infer", `{"inputs":[{"name":"ones","datatype":"FP32","shape":[2],"data":[1,1]}]}`, h...)
	}
	w := start(t, serve.Config{Clients: clients(t,
		"mols sha256="+auth.Hash("mols")+" roles=infer molecules_per_second="+slowRate+" burst=1000s", // one molecule
		"atoms sha256="+auth.Hash("atoms")+" roles=infer atoms_per_second="+slowRate+" burst=1000s",
		"mols2 sha256="+auth.Hash("mols2")+" roles=infer molecules_per_second="+slowRate+" burst=1000s",
		"mols3 sha256="+auth.Hash("mols3")+" roles=infer molecules_per_second="+slowRate+" burst=1000s")})
	for _, c := range []struct {
		token string
		first func(*world, ...string) answer
		wait  int // seconds
	}{
		{"mols", predict, 1000},  // two molecules of one
		{"mols2", texts, 1000},   //
		{"mols3", tensors, 1000}, //
		{"atoms", predict, 3000}, // four atoms of one
	} {
		if a := c.first(w, bearer(c.token)...); a.status != 200 {
			t.Fatalf("%s: %d %s", c.token, a.status, a.body)
		}
		for _, next := range []func(*world, ...string) answer{predict, texts, tensors} {
			a := next(w, bearer(c.token)...)
			if a.status != 429 || !strings.Contains(a.body, `"code":"rate_limited"`) || !within(a.header.Get("Retry-After"), c.wait) {
				t.Errorf("%s: %d %s, Retry-After %q, want %d", c.token, a.status, a.body, a.header.Get("Retry-After"), c.wait)
			}
		}
		if a := w.do("GET", "/health/live", "", bearer(c.token)...); a.status != 200 {
			t.Errorf("%s: %d", c.token, a.status)
		}
	}
	if a := predict(w, bearer(allRoles)...); a.status != 200 {
		t.Errorf("another client: %d", a.status)
	}
}

func TestRatesAreOneOverHTTPAndGRPC(t *testing.T) {
	l := listenLocal(t)
	w := start(t, serve.Config{GRPC: l, Clients: clients(t, "slow sha256="+auth.Hash("slow")+" roles=infer molecules_per_second="+slowRate+" burst=3000s")})
	client := pb.NewGRPCInferenceServiceClient(dial(t, l.Addr().String(), "slow"))
	st, err := client.ModelStreamInfer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	st.Send(rpcAsk("C"))
	if r, err := st.Recv(); err != nil || r.ErrorMessage != "" {
		t.Fatalf("%v %v", r, err)
	}
	if _, err := client.ModelInfer(t.Context(), rpcAsk("C")); err != nil {
		t.Fatal(err)
	}
	if a := w.do("POST", "/v1/models/m/predict", `{"smiles":["C","C"]}`, append(bearer("slow"), "Content-Type", "application/json")...); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	_, err = client.ModelInfer(t.Context(), rpcAsk("C"))
	if s := status.Convert(err); s.Code() != codes.ResourceExhausted || len(s.Details()) != 1 {
		t.Fatal(err)
	}
	info, ok := status.Convert(err).Details()[0].(*errdetails.RetryInfo)
	if !ok || info.RetryDelay.AsDuration() > 1000*time.Second || info.RetryDelay.AsDuration() < 400*time.Second {
		t.Error(info)
	}
	st.Send(rpcAsk("C"))
	if r, err := st.Recv(); err != nil || !strings.Contains(r.ErrorMessage, "rate allows") {
		t.Errorf("%v %v", r, err)
	}
	st.CloseSend()
	st.Recv()
	if late, err := client.ModelStreamInfer(t.Context()); err == nil {
		if _, err := late.Recv(); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("a new stream: %v", err)
		}
	}
}

// Who is turned away by a full queue has not paid.
func TestFullQueueCostsNothing(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, Queue: 1, Clients: clients(t, "slow sha256="+auth.Hash("slow")+" roles=infer molecules_per_second="+slowRate+" burst=5000s")})
	json := []string{"Content-Type", "application/json"}
	occupied := make(chan answer, 2)
	for range cap(occupied) {
		go func() {
			a := answer{status: 429} // there may be no room for it, or the question below takes it
			for a.status == 429 {
				time.Sleep(time.Millisecond)
				a, _ = w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, append(bearer(allRoles), json...)...)
			}
			occupied <- a
		}()
	}
	five := func() answer {
		return w.do("POST", "/v1/models/m/predict", `{"smiles":["C","C","C","C","wait"]}`, append(bearer("slow"), json...)...)
	}
	eventually(t, "the queue is full", func() bool {
		return w.do("POST", "/v1/models/m/predict", `{"smiles":["C"]}`, append(bearer(allRoles), json...)...).status == 429
	})
	tensors := `{"inputs":[{"name":"ones","datatype":"FP32","shape":[5],"data":[1,1,1,1,1]}]}`
	for range 3 {
		if a := w.do("POST", "/v2/models/m.tensors/infer", tensors, bearer("slow")...); a.status != 429 || !strings.Contains(a.body, "queue_full") {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := five(); a.status != 429 || !strings.Contains(a.body, "queue_full") {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	close(w.hold)
	for range cap(occupied) {
		if a := <-occupied; a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	for range 2 { // the five of the burst, and five on credit
		if a := five(); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if a := five(); !strings.Contains(a.body, "rate_limited") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A token that goes out of the file ends, also on a stream that is open.
func TestTokensEndWithTheirLine(t *testing.T) {
	l, path := listenLocal(t), tokenFile(t, "gone sha256="+auth.Hash("gone")+" roles=infer,read")
	k, err := auth.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, serve.Config{Clients: k, GRPC: l})
	st, err := pb.NewGRPCInferenceServiceClient(dial(t, l.Addr().String(), "gone")).ModelStreamInfer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	send := func() string {
		st.Send(rpcAsk("C"))
		r, err := st.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return r.ErrorMessage
	}
	if why := send(); why != "" {
		t.Fatal(why)
	}
	if err := os.Rename(tokenFile(t), path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the token is gone", func() bool { return w.do("GET", "/v1/models", "", bearer("gone")...).status == 401 })
	if why := send(); !strings.Contains(why, "not one of this server's") {
		t.Errorf("%q", why)
	}
	st.CloseSend()
	st.Recv()
}
