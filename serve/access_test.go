package serve_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"molserve/serve"
	"molserve/serve/auth"
)

// callers are tokens by the role that they have: "" none, and one that is nobody's.
var callers = map[string]string{"infer": "token-infer", "read": "token-read", "admin": "token-admin", "": "", "wrong": "token-nobody's"}

// allRoles is the token of a client that has every role.
const allRoles = "token-all"

// clients writes a file of tokens: those of callers, and the lines.
func clients(t *testing.T, lines ...string) *auth.Keeper {
	t.Helper()
	k, err := auth.Open(tokenFile(t, lines...), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func tokenFile(t *testing.T, lines ...string) string {
	t.Helper()
	for _, role := range []string{"infer", "read", "admin"} {
		lines = append(lines, role+" sha256="+auth.Hash(callers[role])+" roles="+role)
	}
	lines = append(lines, "all sha256="+auth.Hash(allRoles)+" roles=infer,read,admin")
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bearer is the header of a caller's token.
func bearer(token string) []string {
	if token == "" {
		return nil
	}
	return []string{"Authorization", "Bearer " + token}
}

// documentedRoles reads the table of roles in docs/security.md: METHOD /path or /service/method to role.
func documentedRoles(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	roles := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `?(open|infer|read|admin)`?(?:, answered with 501)? \\| (.*) \\| (.*) \\|$")
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(m[2]+m[3], -1) {
			name := code[1]
			switch {
			case strings.Contains(name, "[/versions/{version}]"):
				roles[strings.Replace(name, "[/versions/{version}]", "", 1)] = m[1]
				roles[strings.Replace(name, "[/versions/{version}]", "/versions/{version}", 1)] = m[1]
			case strings.Contains(name, " "):
				roles[name] = m[1]
			case strings.Contains(name, "/"):
				roles["/"+name] = m[1]
			default:
				roles["/inference.GRPCInferenceService/"+name] = m[1]
			}
		}
	}
	return roles
}

// documented spells a route as the docs do.
func documented(route string) string {
	route = strings.Replace(route, "HEAD ", "GET ", 1)
	return regexp.MustCompile(`[:*]([a-z]+)`).ReplaceAllString(route, "{$1}")
}

// Every route of both listeners is walked by every caller: the docs say who may pass.
func TestEveryRouteAsksWhoAsks(t *testing.T) {
	roles := documentedRoles(t)
	w := start(t, serve.Config{Clients: clients(t)})
	public, admin := serve.Routes()
	walked := map[string]bool{}
	for base, routes := range map[string][]string{w.base: public, w.admin: admin} {
		for _, route := range routes {
			role, ok := roles[documented(route)]
			if !ok {
				t.Errorf("%s has no role in docs/security.md", route)
			}
			walked[documented(route)] = true
			method, path, _ := strings.Cut(route, " ")
			path = strings.NewReplacer(":name", "m", ":version", "1", ":repository", "r", "*rest", "x", "*where", "x", "*profile", "x").Replace(path)
			for caller, token := range callers {
				a, err := ask(method, base+path, "", bearer(token)...)
				if err != nil {
					t.Fatal(err)
				}
				checkWalk(t, method+" "+base+path, role, caller, a)
			}
		}
	}
	for name := range roles {
		if strings.Contains(name, " ") && !walked[name] {
			t.Errorf("docs/security.md has %s, which there is not", name)
		}
	}
}

func checkWalk(t *testing.T, route, role, caller string, a answer) {
	t.Helper()
	want, code := 0, ""
	switch known := caller != "" && caller != "wrong"; {
	case role == "open":
	case !known:
		want, code = 401, "unauthorized"
	case caller != role:
		want, code = 403, "forbidden"
	}
	if want == 0 {
		if a.status == 401 || a.status == 403 && !strings.Contains(a.body, "admin_only") && !strings.HasPrefix(route, "HEAD") {
			t.Errorf("%s: %q may not: %d %s", route, caller, a.status, a.body)
		}
		return
	}
	if a.status != want || a.header.Get("WWW-Authenticate") != map[int]string{401: "Bearer"}[want] {
		t.Errorf("%s: %q has %d %v, want %d", route, caller, a.status, a.header, want)
	}
	if strings.HasPrefix(route, "HEAD") {
		return
	}
	form := `{"error":{"code":"` + code
	if strings.Contains(route, "/v2") {
		form = `{"error":"`
	}
	if !strings.HasPrefix(a.body, form) || !strings.Contains(a.body, `"code":"`+code+`"`) {
		t.Errorf("%s: %q has %s", route, caller, a.body)
	}
}

func TestRoutesThatAreNotThereAreToldToClientsOnly(t *testing.T) {
	w := start(t, serve.Config{Clients: clients(t)})
	for _, base := range []string{w.base, w.admin} {
		for route, status := range map[string]int{"GET /nowhere": 404, "GET /v2/nowhere": 404, "DELETE /v1/models": 405, "OPTIONS /v1/models/m/predict": 405, "GET /": 404, "GET /v1/models/": 404} {
			method, path, _ := strings.Cut(route, " ")
			for caller, token := range callers {
				want := status
				if caller == "" || caller == "wrong" {
					want = 401
				}
				if route == "OPTIONS /v1/models/m/predict" && base == w.admin && want == 405 {
					want = 404
				}
				if a, err := ask(method, base+path, "", bearer(token)...); err != nil || a.status != want {
					t.Errorf("%s: %q has %d %s, want %d", route, caller, a.status, a.body, want)
				}
			}
		}
	}
}

// dial connects to gRPC; every call has the token.
func dial(t *testing.T, addr, token string, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	if token != "" {
		with := func(ctx context.Context) context.Context {
			return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		}
		options = append(options, grpc.WithUnaryInterceptor(func(ctx context.Context, method string, q, r any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
			return invoke(with(ctx), method, q, r, cc, o...)
		}), grpc.WithStreamInterceptor(func(ctx context.Context, d *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, o ...grpc.CallOption) (grpc.ClientStream, error) {
			return open(with(ctx), d, cc, method, o...)
		}))
	}
	if len(options) == 0 || token != "" && len(options) == 2 {
		options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
	}
	conn, err := grpc.NewClient(addr, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// callEmpty sends an empty message to any method and returns the error of the first answer.
func callEmpty(t *testing.T, conn *grpc.ClientConn, method string) error {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	st, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		return err
	}
	st.SendMsg(&emptypb.Empty{}) // who is refused already answers in RecvMsg
	st.CloseSend()
	return st.RecvMsg(&emptypb.Empty{})
}

func listenLocal(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every method of gRPC is walked by every caller: the docs say who may pass.
func TestEveryMethodAsksWhoAsks(t *testing.T) {
	roles, l := documentedRoles(t), listenLocal(t)
	w := start(t, serve.Config{Clients: clients(t), GRPC: l, Grace: 5 * time.Second})
	conns := map[string]*grpc.ClientConn{}
	for caller, token := range callers {
		conns[caller] = dial(t, l.Addr().String(), token)
	}
	methods := serve.Methods()
	for _, method := range methods {
		role, ok := roles[method]
		if !ok {
			t.Errorf("%s has no role in docs/security.md", method)
		}
		for caller, conn := range conns {
			err := callEmpty(t, conn, method)
			got := status.Code(err)
			known := caller != "" && caller != "wrong"
			switch {
			case role == "open" || caller == role:
				if got == codes.Unauthenticated || got == codes.PermissionDenied && !strings.Contains(err.Error(), "admin listener only") {
					t.Errorf("%s: %q may not: %v", method, caller, err)
				}
			case !known && got != codes.Unauthenticated, known && (got != codes.PermissionDenied || !strings.Contains(err.Error(), "needs the role")):
				t.Errorf("%s: %q: %v", method, caller, err)
			}
		}
	}
	for name := range roles {
		if !strings.Contains(name, " ") && !strings.Contains(strings.Join(methods, "\n")+"\n", name+"\n") {
			t.Errorf("docs/security.md has %s, which there is not", name)
		}
	}
	for caller, conn := range conns {
		want := codes.Unimplemented
		if caller == "" || caller == "wrong" {
			want = codes.Unauthenticated
		}
		for _, method := range []string{"/nowhere.Service/Method", "/inference.GRPCInferenceService/Nothing"} {
			if err := callEmpty(t, conn, method); status.Code(err) != want {
				t.Errorf("%s: %q: %v, want %s", method, caller, err, want)
			}
		}
	}
	for _, token := range callers {
		if token != "" && strings.Contains(w.log.String(), token) {
			t.Error("a token is in the log")
		}
	}
	if log := w.log.String(); !strings.Contains(log, "client=infer") || !strings.Contains(log, "code=Unauthenticated") {
		t.Errorf("the log names no clients: %s", log)
	}
}

// A token satisfies what a server on loopback wants of browsers; nothing else does.
func TestTokenSatisfiesTheGuardOfLoopback(t *testing.T) {
	w := start(t, serve.Config{Clients: clients(t)})
	for _, h := range [][]string{{"Host", "gpu.example.org"}, {"Origin", "https://app.example.org"}, {"Sec-Fetch-Site", "cross-site"}} {
		if a := w.do("GET", "/v1/models", "", append(h, bearer("token-read")...)...); a.status != 200 {
			t.Errorf("%v: %d %s", h, a.status, a.body)
		}
		if a := w.do("GET", "/v2", "", append(h, bearer("token-nobody's")...)...); a.status != 403 || !strings.HasPrefix(a.body, `{"error":"`) || !strings.Contains(a.body, "foreign_request") {
			t.Errorf("%v: %d %s", h, a.status, a.body)
		}
		if a := w.do("GET", "/health/live", "", h...); a.status != 403 {
			t.Errorf("%v: %d %s", h, a.status, a.body)
		}
	}
}

// The body of a request that is not let in is not read.
func TestNothingIsReadBeforeTheTokenIs(t *testing.T) {
	w := start(t, serve.Config{Clients: clients(t)})
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	conn.Write([]byte("POST /v1/models/m/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"))
	first := make([]byte, 12)
	if _, err := conn.Read(first); err != nil || string(first) != "HTTP/1.1 401" {
		t.Errorf("%q %v", first, err)
	}
}

func TestMetricsNameTheClientsOfTheFile(t *testing.T) {
	w := start(t, serve.Config{Clients: clients(t)})
	ok := append(bearer("token-infer"), "Content-Type", "application/json")
	if a := w.do("POST", "/v1/models/m/predict", `{"smiles":["CCO","C1CC","C"]}`, ok...); a.status != 200 {
		t.Fatal(a)
	}
	w.do("GET", "/v1/models", "", bearer("token-nobody's")...)
	a, err := ask("GET", w.admin+"/metrics", "", bearer("token-admin")...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`molserve_client_requests_total{client="infer"} 1`, `molserve_client_molecules_total{client="infer"} 3`,
		`molserve_client_atoms_total{client="infer"} 4`, `molserve_client_requests_total{client="read"} 0`, `molserve_client_limited_total{client="infer"} 0`,
		`molserve_requests_total{route="/v1/models",status="401"} 1`} {
		if !strings.Contains(a.body, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(a.body, "nobody") || a.status != http.StatusOK {
		t.Error("a caller's words are in the metrics")
	}
}
