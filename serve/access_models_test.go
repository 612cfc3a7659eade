package serve_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/auth"
	"molserve/serve/v2/pb"
)

// startPart runs a server of m and n with a client, whose token it returns, that may use n alone.
func startPart(t *testing.T) (w *world, addr, part string) {
	t.Helper()
	part = "token-part"
	l := listenLocal(t)
	w = start(t, serve.Config{Clients: clients(t, "part sha256="+auth.Hash(part)+" roles=infer,read,admin models=n"), GRPC: l})
	w.publish("n", 1, "{}")
	w.token = allRoles
	eventually(t, "n serves", func() bool { return w.do("GET", "/v2/models/n/ready", "").status == 200 })
	w.token = ""
	return w, l.Addr().String(), part
}

// A model that a client may not use is answered on every route as one that is not there.
func TestForbiddenModelsAreNotThere(t *testing.T) {
	w, _, part := startPart(t)
	public, admin := serve.Routes()
	walked := 0
	for base, routes := range map[string][]string{w.base: public, w.admin: admin} {
		for _, route := range routes {
			method, path, _ := strings.Cut(route, " ")
			if !strings.Contains(path, ":name") {
				continue
			}
			to := func(name, token string) answer {
				a, err := ask(method, base+strings.NewReplacer(":name", name, ":version", "1").Replace(path), "", bearer(token)...)
				if err != nil {
					t.Fatal(err)
				}
				return a
			}
			absent := to("nobody", allRoles)
			if absent.status == 501 || absent.status == 403 { // of any model
				continue
			}
			walked++
			for _, name := range []string{"m", "m.tensors"} {
				if a := to(name, part); a.status != 404 || a.body != absent.body || absent.status != 404 {
					t.Errorf("%s of %s: %d %s, of a model that is not there %d %s", route, name, a.status, a.body, absent.status, absent.body)
				}
			}
		}
	}
	if walked < 30 {
		t.Errorf("only %d routes name models", walked)
	}
	if a := w.do("POST", "/v1/models/n/predict", `{"smiles":["C"]}`, append(bearer(part), "Content-Type", "application/json")...); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestListsHaveTheModelsOfTheClient(t *testing.T) {
	w, _, part := startPart(t)
	for _, route := range []string{"GET /v1/models", "GET /v2/models/stats", "POST /v2/repository/index", "GET /health/ready"} {
		method, path, _ := strings.Cut(route, " ")
		for token, want := range map[string]string{part: "n", allRoles: "mn", "": ""} {
			a := w.do(method, path, "", bearer(token)...)
			if path != "/health/ready" && token == "" {
				continue
			}
			for _, name := range []string{"m", "n"} {
				if has := strings.Contains(a.body, `"name":"`+name+`"`); a.status != 200 || has != strings.Contains(want, name) {
					t.Errorf("%s of %q: %d %s, want %q", route, token, a.status, a.body, want)
				}
			}
		}
	}
}

func TestCallsHaveTheModelsOfTheClient(t *testing.T) {
	_, addr, part := startPart(t)
	client := pb.NewGRPCInferenceServiceClient(dial(t, addr, part))
	ctx := t.Context()
	for what, call := range map[string]func(name string) error{
		"infer": func(name string) error {
			q := rpcAsk("C")
			q.ModelName = name
			_, err := client.ModelInfer(ctx, q)
			return err
		},
		"ready": func(name string) error {
			_, err := client.ModelReady(ctx, &pb.ModelReadyRequest{Name: name})
			return err
		},
		"metadata": func(name string) error {
			_, err := client.ModelMetadata(ctx, &pb.ModelMetadataRequest{Name: name})
			return err
		},
		"config": func(name string) error {
			_, err := client.ModelConfig(ctx, &pb.ModelConfigRequest{Name: name})
			return err
		},
		"statistics": func(name string) error {
			_, err := client.ModelStatistics(ctx, &pb.ModelStatisticsRequest{Name: name})
			return err
		},
	} {
		for name, want := range map[string]codes.Code{"m": codes.NotFound, "m.tensors": codes.NotFound, "n": codes.OK} {
			if err := call(name); status.Code(err) != want {
				t.Errorf("%s of %s: %v", what, name, err)
			}
		}
	}
	index, err := client.RepositoryIndex(ctx, &pb.RepositoryIndexRequest{})
	if err != nil || len(index.Models) != 2 || index.Models[0].Name != "n" {
		t.Errorf("%v %v", index, err)
	}
	stats, err := client.ModelStatistics(ctx, &pb.ModelStatisticsRequest{})
	if err != nil || len(stats.ModelStats) != 2 || stats.ModelStats[0].Name != "n" {
		t.Errorf("%v %v", stats, err)
	}
	st, err := client.ModelStreamInfer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"m": "there is no model of this name", "n": ""} {
		q := rpcAsk("C")
		q.ModelName = name
		st.Send(q)
		if r, err := st.Recv(); err != nil || (want == "") != (r.ErrorMessage == "") || !strings.Contains(r.ErrorMessage, want) {
			t.Errorf("stream, %s: %v %v", name, r, err)
		}
	}
	st.CloseSend()
	st.Recv()
}
