package serve_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/auth"
	"molserve/serve/internal/keytest"
	"molserve/serve/v2/pb"
)

// keysOf opens the keys that an authority wrote into dir.
func keysOf(t *testing.T, dir string, mutual, optional bool) *auth.Keys {
	t.Helper()
	f := auth.KeyFiles{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), Optional: optional}
	if mutual {
		f.ClientCA = filepath.Join(dir, "ca.pem")
	}
	k, err := auth.OpenKeys(f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// clientTLS trusts an authority and shows certificates.
func clientTLS(a *keytest.Authority, shown ...tls.Certificate) *tls.Config {
	return &tls.Config{RootCAs: a.Pool(), Certificates: shown}
}

func httpsClient(t *testing.T, c *tls.Config) *http.Client {
	transport := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestEveryListenerSpeaksTLS(t *testing.T) {
	authority, dir, l := keytest.NewAuthority(t), t.TempDir(), listenLocal(t)
	authority.WriteServer(dir)
	w := start(t, serve.Config{Keys: keysOf(t, dir, false, false), Clients: clients(t), GRPC: l})
	for _, versions := range [][2]uint16{{tls.VersionTLS12, tls.VersionTLS12}, {tls.VersionTLS13, tls.VersionTLS13}, {tls.VersionTLS10, tls.VersionTLS11}} {
		c := clientTLS(authority)
		c.MinVersion, c.MaxVersion = versions[0], versions[1]
		for _, base := range []string{w.base, w.admin} {
			req, err := http.NewRequest("GET", base+"/v1/models", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer token-read")
			res, err := httpsClient(t, c).Do(req)
			if versions[1] < tls.VersionTLS12 {
				if err == nil || !strings.Contains(err.Error(), "protocol version") {
					t.Errorf("TLS 1.1: %v", err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != 200 || res.Proto != "HTTP/2.0" {
				t.Errorf("%s %s", res.Status, res.Proto)
			}
		}
	}
	if a, err := ask("GET", strings.Replace(w.base, "https", "http", 1)+"/health/live", ""); err != nil || a.status != 400 {
		t.Errorf("without TLS: %v %v", a, err)
	}
	if _, err := ask("GET", w.base+"/health/live", ""); err == nil {
		t.Error("a client that does not trust the authority is answered")
	}
	client := pb.NewGRPCInferenceServiceClient(dial(t, l.Addr().String(), "token-infer", grpc.WithTransportCredentials(credentials.NewTLS(clientTLS(authority)))))
	if _, err := client.ModelInfer(t.Context(), rpcAsk("C")); err != nil {
		t.Error(err)
	}
	plain := pb.NewGRPCInferenceServiceClient(dial(t, l.Addr().String(), "token-infer"))
	if _, err := plain.ModelInfer(t.Context(), rpcAsk("C")); status.Code(err) != codes.Unavailable {
		t.Errorf("gRPC without TLS: %v", err)
	}
}

// mutual runs a server that wants certificates; lines are of its file of tokens, none: it has none.
func mutual(t *testing.T, authority *keytest.Authority, optional bool, lines ...string) (w *world, addr string) {
	t.Helper()
	dir, l := t.TempDir(), listenLocal(t)
	authority.WriteServer(dir)
	cfg := serve.Config{Keys: keysOf(t, dir, true, optional), Clients: auth.OpenCertificates(slog.New(slog.DiscardHandler)), GRPC: l}
	if lines != nil {
		cfg.Clients = clients(t, lines...)
	}
	return startOn(t, "0.0.0.0", cfg), l.Addr().String()
}

// attempt asks HTTP for the status of a route and gRPC for the code of a call that needs the same role.
type attempt struct {
	shown []tls.Certificate
	token string
	role  string // that the routes need
	http  int    // 0: the handshake fails
	grpc  codes.Code
}

func (c *attempt) check(t *testing.T, authority *keytest.Authority, w *world, addr string) {
	t.Helper()
	config := clientTLS(authority, c.shown...)
	urls := map[string][2]string{"infer": {"POST", w.base + "/v1/models/m/predict"}, "read": {"GET", w.base + "/v2"}, "admin": {"GET", w.admin + "/metrics"}, "open": {"GET", w.admin + "/health/live"}}
	a, err := askBy(httpsClient(t, config), urls[c.role][0], urls[c.role][1], `{"smiles":["C"]}`, append(bearer(c.token), "Content-Type", "application/json")...)
	if a.status != c.http || (err != nil) != (c.http == 0) {
		t.Errorf("%s over HTTP: %d %s %v, want %d", c.role, a.status, a.body, err, c.http)
	}
	conn := dial(t, addr, c.token, grpc.WithTransportCredentials(credentials.NewTLS(config)))
	method := map[string]string{"infer": "ModelInfer", "read": "ServerMetadata", "admin": "RepositoryModelLoad", "open": "ServerLive"}[c.role]
	if err := callEmpty(t, conn, "/inference.GRPCInferenceService/"+method); status.Code(err) != c.grpc {
		t.Errorf("%s over gRPC: %v, want %s", c.role, err, c.grpc)
	}
}

func TestCertificatesWithoutAFileInferAndRead(t *testing.T) {
	authority := keytest.NewAuthority(t)
	w, addr := mutual(t, authority, false)
	anybody := []tls.Certificate{authority.Client("anybody")}
	stranger := []tls.Certificate{keytest.NewAuthority(t).Client("anybody")}
	for _, c := range []attempt{
		{anybody, "", "infer", 200, codes.NotFound}, // of a model without a name
		{anybody, "", "read", 200, codes.OK},
		{anybody, "", "admin", 403, codes.PermissionDenied},
		{anybody, "token-read", "read", 401, codes.Unauthenticated}, // who sends a token is judged by it
		{nil, "", "open", 0, codes.Unavailable},
		{nil, "token-read", "read", 0, codes.Unavailable},
		{stranger, "", "read", 0, codes.Unavailable},
	} {
		c.check(t, authority, w, addr)
	}
}

func TestCertificatesHaveTheRolesOfTheirLine(t *testing.T) {
	authority := keytest.NewAuthority(t)
	w, addr := mutual(t, authority, false, "deploy certificate=deploy.example.org roles=admin")
	deploy, other := []tls.Certificate{authority.Client("deploy.example.org")}, []tls.Certificate{authority.Client("other")}
	for _, c := range []attempt{
		{deploy, "", "admin", 200, codes.PermissionDenied}, // the route is on the admin listener
		{deploy, "", "read", 403, codes.PermissionDenied},
		{deploy, "token-read", "read", 200, codes.OK},
		{other, "", "read", 401, codes.Unauthenticated},
		{other, "", "open", 200, codes.OK},
		{other, "token-infer", "infer", 200, codes.NotFound},
		{nil, "token-infer", "infer", 0, codes.Unavailable},
	} {
		c.check(t, authority, w, addr)
	}
}

func TestOptionalCertificates(t *testing.T) {
	authority := keytest.NewAuthority(t)
	w, addr := mutual(t, authority, true, "deploy certificate=deploy.example.org roles=read")
	for _, c := range []attempt{
		{nil, "", "open", 200, codes.OK},
		{nil, "", "read", 401, codes.Unauthenticated},
		{nil, "token-read", "read", 200, codes.OK},
		{[]tls.Certificate{authority.Client("deploy.example.org")}, "", "read", 200, codes.OK},
		{[]tls.Certificate{keytest.NewAuthority(t).Client("deploy.example.org")}, "", "read", 0, codes.Unavailable},
	} {
		c.check(t, authority, w, addr)
	}
}

// A browser shows its certificate whichever page asks, on any address.
func TestPagesOfOtherSitesCannotUseACertificate(t *testing.T) {
	authority := keytest.NewAuthority(t)
	w, _ := mutual(t, authority, false, "b certificate=browser roles=read,infer,admin")
	client := httpsClient(t, clientTLS(authority, authority.Client("browser")))
	for _, h := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}} {
		for _, url := range []string{w.base + "/v1/models", w.admin + "/metrics"} {
			if a, err := askBy(client, "GET", url, "", h...); err != nil || a.status != 403 || !strings.Contains(a.body, "foreign_request") {
				t.Errorf("%v: %d %s %v", h, a.status, a.body, err)
			}
			if a, err := askBy(client, "GET", url, "", append(h, bearer(allRoles)...)...); err != nil || a.status != 200 {
				t.Errorf("%v with a token: %d %s %v", h, a.status, a.body, err)
			}
		}
		if a, err := askBy(client, "POST", w.admin+"/v1/models/m/rollback", "", h...); err != nil || a.status != 403 {
			t.Errorf("%v: %d %s %v", h, a.status, a.body, err)
		}
	}
	if a, err := askBy(client, "GET", w.base+"/v1/models", "", "Origin", w.base, "Sec-Fetch-Site", "same-origin"); err != nil || a.status != 200 {
		t.Errorf("its own page: %d %s %v", a.status, a.body, err)
	}
}

// A renewed certificate is shown to the next connection, by HTTP and by gRPC.
func TestRenewedCertificateNeedsNoRestart(t *testing.T) {
	authority, dir, l := keytest.NewAuthority(t), t.TempDir(), listenLocal(t)
	first := authority.WriteServer(dir)
	w := start(t, serve.Config{Keys: keysOf(t, dir, false, false), GRPC: l})
	serial := func(addr string) int64 {
		c, err := tls.Dial("tcp", addr, clientTLS(authority))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	addrs := []string{strings.TrimPrefix(w.base, "https://"), strings.TrimPrefix(w.admin, "https://"), l.Addr().String()}
	for _, addr := range addrs {
		if got := serial(addr); got != first {
			t.Fatalf("%d, want %d", got, first)
		}
	}
	second := authority.WriteServer(dir)
	eventually(t, "the new certificate is shown", func() bool { return serial(addrs[0]) == second })
	for _, addr := range addrs {
		if got := serial(addr); got != second {
			t.Errorf("%d, want %d", got, second)
		}
	}
}
