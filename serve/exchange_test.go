package serve_test

import (
	"bufio"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"molserve/serve"
	"molserve/serve/auth"
)

// bodies of the operations that want one, as a success needs them.
var bodies = map[string][]string{ // body, header, value …
	"/v1/models/{name}/predict":                    {`{"molecules":[{"id":"a","smiles":"CCO"},{"smiles":"C"}],"outputs":["logS"],"standardize":["neutralize"]}`, "Content-Type", "application/json"},
	"/v1/models/{name}/versions/{version}/predict": {`{"smiles":["CCO","C1CC"]}`, "Content-Type", "application/json"},
	"/v2/models/{name}/infer":                      {`{"id":"a","parameters":{"any":1},"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[2],"data":["CCO","C"]}],"outputs":[{"name":"logS"}]}`},
	"/v2/models/{name}/versions/{version}/infer":   {`{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[1],"data":["CCO"]}],"outputs":[{"name":"pair","parameters":{"binary_data":true}}]}`},
	"/v2/repository/index":                         {`{"ready":true}`},
	"/v2/repository/models/{name}/load":            {`{"parameters":{"unload_dependents":true}}`},
}

// fill makes a path of a template.
func fill(template, name string) string {
	return strings.NewReplacer("{name}", name, "{version}", "1", "{profile}", "heap", "{rest}", "register", "{repository}", "else", "{where}", "index").Replace(template)
}

// Every operation of the document takes place on every listener that has it, and every code is answered; what is sent and
// what comes back is held against the document, as in every test of this package.
func TestEveryOperationAndCodeIsExchanged(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 4000, MaxMolecules: 3, Poll: 10 * time.Millisecond, KeepLoaded: 2})
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return strings.Contains(w.do("GET", "/v1/models", "").body, `"active_version":"2"`) })
	c := theContract()
	for _, template := range slices.Sorted(maps.Keys(c.doc["paths"].(map[string]any))) {
		for method, op := range c.doc["paths"].(map[string]any)[template].(map[string]any) {
			if op, ok := op.(map[string]any); ok {
				w.operate(strings.ToUpper(method), template, op)
			}
		}
	}
	w.provoke()
	for _, code := range c.doc["components"].(map[string]any)["schemas"].(map[string]any)["ErrorCode"].(map[string]any)["enum"].([]any) {
		if code := code.(string); c.count(code) == 0 && code != "client_gone" {
			t.Errorf("no exchange of this test is answered with the code %s", code)
		}
	}
}

// operate has an operation succeed where it can, and be refused as every operation is.
func (w *world) operate(method, template string, op map[string]any) {
	w.t.Helper()
	success := 200
	if op["responses"].(map[string]any)["200"] == nil {
		success = 501
	}
	ready := map[string]string{"/v1/models/{name}/versions/{version}/unload": "/v1/models/m/versions/2/activate", "/v1/models/{name}/rollback": "/v1/models/m/versions/2/activate",
		"/v2/repository/models/{name}/unload": "/v2/repository/models/m/load"}
	if path := ready[template]; path != "" {
		w.call(path)
	}
	for _, base := range []string{w.base, w.admin} {
		if only := op["x-listener"]; only == "admin" && base == w.base || only == "public" && base == w.admin {
			success := map[string]int{w.base: 403, w.admin: 404}[base]
			w.exchange(method, base+fill(template, "m"), success)
			continue
		}
		w.exchange(method, base+fill(template, "m"), success, bodies[template]...)
		w.exchange(method, base+fill(template, "m"), 403, "", "Host", "evil.example")
		w.spoil(method, base+fill(template, "m"), op)
		if strings.Contains(template, "{name}") && success == 200 {
			w.exchange(method, base+fill(template, "nobody"), 404, bodies[template]...)
		}
	}
	w.call("/v2/repository/models/m/load") // whatever became of it
	w.call("/v1/models/m/versions/1/load")
}

// spoil sends bodies that no operation takes.
func (w *world) spoil(method, url string, op map[string]any) {
	w.t.Helper()
	answers := op["responses"].(map[string]any)
	if op["requestBody"] != nil {
		w.exchange(method, url, 400, "{", "Content-Type", "application/json")
		w.exchange(method, url, 413, strings.Repeat(" ", 5000), "Content-Type", "application/json")
		w.exchange(method, url, 415, "{}", "Content-Type", "application/json", "Content-Encoding", "br")
	}
	if answers["409"] != nil && op["requestBody"] == nil {
		w.exchange(method, url, 400, "{}")
	}
	if answers["422"] != nil {
		w.exchange(method, url, 422, `{"molecules":[{"xyz":""}]}`, "Content-Type", "application/json")
	}
}

// exchange asks and wants a status.
func (w *world) exchange(method, url string, status int, with ...string) {
	w.t.Helper()
	body, headers := "", []string{}
	if len(with) > 0 {
		body, headers = with[0], with[1:]
	}
	a, err := ask(method, url, body, headers...)
	if err != nil || a.status != status {
		w.t.Errorf("%s %s: %d, want %d: %.300s %v", method, url, a.status, status, a.body, err)
	}
}

func (c *contract) count(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[key]
}

// provoke has every code answered that a success beside it does not bring.
func (w *world) provoke() {
	w.t.Helper()
	const predict = "/v1/models/m/predict"
	w.publish("slow", 1, "slow")
	for _, c := range []struct {
		status       int
		method, path string
		with         []string
	}{
		{400, "POST", predict, []string{`{`, "Content-Type", "application/json"}},
		{400, "POST", predict, []string{`{"smiles":1}`, "Content-Type", "application/json"}},
		{400, "POST", predict, []string{"\xff", "Content-Type", "text/csv"}},
		{400, "POST", predict, []string{"a,b\n", "Content-Type", "text/csv"}},
		{400, "POST", predict + "?a=b", []string{"smiles\n", "Content-Type", "text/csv"}},
		{400, "POST", predict, []string{`{"smiles":["C"],"outputs":["x"]}`, "Content-Type", "application/json"}},
		{404, "GET", "/nothing", nil},
		{404, "POST", "/v1/models/m/versions/9/predict", []string{"{}", "Content-Type", "application/json"}},
		{405, "PUT", "/v1/models", nil},
		{405, "DELETE", "/v2/models/m", nil},
		{413, "POST", predict, []string{strings.Repeat(" ", 5000), "Content-Type", "application/json"}},
		{413, "POST", predict, []string{`{"smiles":["C","C","C","C"]}`, "Content-Type", "application/json"}},
		{415, "POST", predict, []string{"", "Content-Type", "text/html"}},
		{422, "POST", predict, []string{`{"molecules":[{"sdf":""}]}`, "Content-Type", "application/json"}},
		{500, "POST", predict, []string{`{"smiles":["fail"]}`, "Content-Type", "application/json"}},
		{200, "POST", predict, []string{`{"molecules":[{"id":7,"smiles":"C","pairs":[[0,1]],"auxiliary":[1.5]}]}`, "Content-Type", "application/json"}},
		{200, "POST", predict, []string{"C\nC1CC", "Content-Type", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson"}},
		{200, "POST", predict, []string{"smiles,id\nC,a\n", "Content-Type", "text/csv", "Accept", "text/csv"}},
		{200, "POST", "/v2/models/m/infer", []string{"CCO", "Inference-Header-Content-Length", "0", "Content-Type", "application/octet-stream"}},
		{200, "POST", "/v2/models/m.tensors/infer", []string{`{"inputs":[{"name":"ones","datatype":"FP32","shape":[1],"data":[1]}]}`}},
		{503, "POST", "/v1/models/slow/predict", []string{"{}", "Content-Type", "application/json"}},
		{503, "GET", "/v2/models/slow/ready", nil},
	} {
		if c.path == "/v1/models/slow/predict" {
			eventually(w.t, "it is being loaded", func() bool { return w.do("GET", "/v1/models/slow", "").status == 200 })
		}
		w.exchange(c.method, w.base+c.path, c.status, c.with...)
	}
	w.exchange("GET", w.admin+"/debug/pprof/nothing", 404)
	w.exchange("GET", w.admin+"/debug/pprof/heap?seconds=none", 400)
	for _, path := range []string{"", "/config", "/stats", "/ready", "/versions/1", "/versions/1/config", "/versions/1/stats", "/versions/1/ready"} {
		w.exchange("GET", w.base+"/v2/models/slow"+path, 503)
	}
	w.exchange("POST", w.base+"/v1/models/slow/versions/1/predict", 503, "{}", "Content-Type", "application/json")
	w.exchange("POST", w.base+"/v2/models/slow/versions/1/infer", 503, askV2)
	close(w.hold)
	w.provokeAdmin()
	w.truncate(predict)
	provokeQueue(w.t)
	provokeStop(w.t)
	provokeClients(w.t)
}

// provokeClients asks as nobody, as one without the role, and beyond a rate.
func provokeClients(t *testing.T) {
	t.Helper()
	w := start(t, serve.Config{Clients: clients(t, "poor sha256="+auth.Hash("poor")+" roles=infer molecules_per_second="+slowRate+" burst=1000s")})
	url, body := w.base+"/v1/models/m/predict", []string{`{"smiles":["C","C"]}`, "Content-Type", "application/json"}
	w.exchange("POST", url, 401, body...)
	w.exchange("POST", url, 403, append(body, bearer(callers["read"])...)...)
	w.exchange("POST", url, 200, append(body, bearer("poor")...)...)
	w.exchange("POST", url, 429, append(body, bearer("poor")...)...)
}

func (w *world) provokeAdmin() {
	w.t.Helper()
	eventually(w.t, "nothing is being loaded", func() bool {
		return w.do("GET", "/v1/models/slow/versions/1", "").body != "" && !strings.Contains(w.do("GET", "/v1/models", "").body, "loading")
	})
	w.exchange("POST", w.admin+"/v1/models/slow/rollback", 409)
	w.exchange("POST", w.admin+"/v1/models/slow/versions/1/unload", 409)
	w.exchange("POST", w.admin+"/v1/models/slow/rollback", 400, "{}")
	w.exchange("POST", w.admin+"/v2/repository/models/slow/load", 400, `{"parameters":{"config":"{}"}}`)
	w.exchange("POST", w.admin+"/v1/models/m/versions/latest/activate", 200)
	w.publish("m", 9, "bad")
	eventually(w.t, "it is refused", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, "refused") })
	w.exchange("GET", w.base+"/v1/models/m/versions/9", 200)
	w.exchange("POST", w.admin+"/v1/models/m/versions/9/load", 409)
	w.exchange("POST", w.admin+"/v2/repository/models/slow/unload", 200)
	w.exchange("POST", w.base+"/v1/models/slow/predict", 503, "{}", "Content-Type", "application/json")
	w.exchange("POST", w.base+"/v2/models/slow/infer", 503, askV2)
}

// truncate sends a body that ends early, which Go's client does not do.
func (w *world) truncate(path string) {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"))
	conn.(*net.TCPConn).CloseWrite()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	n, _ := strconv.Atoi(res.Header.Get("Content-Length"))
	body := make([]byte, n)
	res.Body.Read(body)
	res.Header.Del("Connection")
	theContract().check(exchange{"POST", w.base + path, "{", http.Header{"Content-Type": {"application/json"}}, answer{res.StatusCode, res.Header, string(body), true}})
}

// provokeQueue fills a queue and waits too long in it.
func provokeQueue(t *testing.T) {
	t.Helper()
	w := start(t, serve.Config{Runs: 1, Queue: 1, Timeout: 300 * time.Millisecond})
	statuses := make(chan int)
	ask := func(path, body string) {
		a, _ := w.try("POST", path, body, "Content-Type", "application/json")
		statuses <- a.status
	}
	for range 3 {
		go ask("/v1/models/m/predict", `{"smiles":["wait"]}`)
		go ask("/v2/models/m/infer", strings.Replace(askV2, "CCO", "wait", 1))
	}
	got := map[int]int{}
	for range 6 {
		got[<-statuses]++
	}
	if got[504] == 0 || got[429] == 0 || got[504]+got[429] != 6 {
		t.Errorf("%v", got)
	}
}

// provokeStop has requests cut off at the end of the grace.
func provokeStop(t *testing.T) {
	t.Helper()
	w := start(t, serve.Config{Runs: 2, Grace: 50 * time.Millisecond})
	answers := make(chan answer, 2)
	for path, body := range map[string]string{"/v1/models/m/predict": `{"smiles":["wait"]}`, "/v2/models/m/infer": strings.Replace(askV2, "CCO", "wait", 1)} {
		go func() {
			a, _ := w.try("POST", path, body, "Content-Type", "application/json")
			answers <- a
		}()
	}
	eventually(t, "both run", func() bool { return w.scrape()[`molserve_requests_inside{model="m"}`] == "2" })
	w.stop()
	for range 2 {
		if a := <-answers; a.status != 503 || codeIn(a.body) != "stopping" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if err := <-w.ended; err != serve.ErrGrace {
		t.Errorf("Run: %v", err)
	}
	w.ended <- nil
}
