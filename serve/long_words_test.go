package serve_test

import (
	"strings"
	"testing"

	"molserve/serve"
)

// What a client writes is repeated to it, and to the log, in part only.
func TestErrorsRepeatLittleOfARequest(t *testing.T) {
	w := start(t, serve.Config{})
	long := strings.Repeat("é\\n", 500<<10)
	raw := strings.Repeat("x", 12<<10)
	for _, c := range []struct{ path, media, body string }{
		{"/v1/models/m/predict", "application/json", `{"smiles":["C"],"outputs":["` + long + `"]}`},
		{"/v1/models/m/predict", "application/json", `{"` + long + `":1}`},
		{"/v1/models/m/predict", "application/json", `{"smiles":["C"],"standardize":["` + long + `"]}`},
		{"/v1/models/m/predict", "application/" + raw, `{}`},
		{"/v1/models/m/predict", "application/json; charset=" + raw, `{}`},
		{"/v1/models/m/predict?" + raw + "=1", "application/json", `{}`},
		{"/v1/models/m/predict?standardize=" + raw, "text/csv", `smiles`},
		{"/v1/models/m/predict?smiles_column=" + raw, "text/csv", "a,b\nc,d\n"},
		{"/v1/models/" + raw, "application/json", ""},
		{"/v2/models/m/infer", "application/json", `{"inputs":[{"name":"` + long + `","shape":[1],"datatype":"BYTES","data":["C"]}]}`},
		{"/v2/models/m.tensors/infer", "application/json", `{"inputs":[{"name":"` + long + `","shape":[1],"datatype":"FP32","data":[1]}]}`},
		{"/v2/models/m/infer", "application/json", `{"inputs":[{"name":"` + long + `","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":0}}]}`},
		{"/v2/models/m/infer", "application/json", `{"inputs":[{"name":"` + long + `","shape":[1],"datatype":"BYTES","data":[]}]}`},
		{"/v2/models/m/infer", "application/json", `{"inputs":[{"name":"SMILES","shape":[1],"datatype":"` + long + `","data":[]}]}`},
		{"/v2/models/m/infer", "application/json", `{"outputs":[{"name":"` + long + `"}],"inputs":[{"name":"SMILES","shape":[1],"datatype":"BYTES","data":["C"]}]}`},
		{"/v2/models/m/infer", "application/json", `{"` + long + `":1}`},
		{"/v2/repository/index", "application/json", `{"ready":"` + long + `"}`},
	} {
		a := w.do("POST", c.path, c.body, "Content-Type", c.media)
		if a.status < 400 || a.status >= 500 || len(a.body) > 10<<10 {
			t.Errorf("%.60s %.60s: %d, %d bytes of answer", c.path, c.body, a.status, len(a.body))
		}
	}
	w.stop() // all requests are in the log then
	<-w.ended
	w.ended <- nil
	for line := range strings.Lines(w.log.String()) {
		if len(line) > 40<<10 {
			t.Errorf("%d bytes of log: %.300s", len(line), line)
		}
	}
}

func TestShortWordsAreRepeated(t *testing.T) {
	w := start(t, serve.Config{})
	if a := w.do("POST", "/v1/models/m/predict", `{"`+strings.Repeat("k", 100)+`":1}`, "Content-Type", "application/json"); !strings.Contains(a.body, strings.Repeat("k", 100)+`"}`) {
		t.Errorf("a short key is not repeated: %s", a.body)
	}
}
