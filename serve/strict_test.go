package serve_test

import (
	"encoding/json"
	"strings"
	"testing"

	"molserve/serve"
)

// fault is an error body.
type fault struct {
	Error struct{ Code, Message, Pointer string }
}

func readFault(t *testing.T, a answer) fault {
	t.Helper()
	var f fault
	d := json.NewDecoder(strings.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil || f.Error.Code == "" || f.Error.Message == "" || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("not an error body: %s (%v)", a.body, err)
	}
	return f
}

func TestJSONIsReadStrictly(t *testing.T) {
	w := start(t, serve.Config{MaxMolecules: 3})
	deep := strings.Repeat("[", 100000)
	for _, c := range []struct {
		body    string
		status  int
		code    string
		pointer string
	}{
		{``, 400, "bad_json", ""},
		{`nope`, 400, "bad_json", ""},
		{`null`, 400, "bad_request", ""},
		{`["CCO"]`, 400, "bad_request", ""},
		{`{}`, 400, "bad_request", ""},
		{`{"outputs":["logS"]}`, 400, "bad_request", ""},
		{`{"smiles":"CCO"}`, 400, "bad_request", "/smiles"},
		{`{"smiles":null}`, 400, "bad_request", "/smiles"},
		{`{"smiles":["C",1]}`, 400, "bad_request", "/smiles/1"},
		{`{"smiles":["C",null]}`, 400, "bad_request", "/smiles/1"},
		{`{"SMILES":["C"]}`, 400, "bad_request", "/SMILES"},
		{`{"smiles":["C"],"a/b~":1}`, 400, "bad_request", "/a~1b~0"},
		{`{"smiles":["C"],"molecules":[]}`, 400, "bad_request", "/molecules"},
		{`{"smiles":["C"],"smiles":["C"]}`, 400, "bad_json", "/smiles"},
		{`{"smiles":["C"]} x`, 400, "bad_json", ""},
		{`{"smiles":["C"]}{}`, 400, "bad_json", ""},
		{"{\"smiles\":[\"C\"]}\x00", 400, "bad_json", ""},
		{`{"smiles":["C"],}`, 400, "bad_json", ""},
		{`{"smiles":["C",]}`, 400, "bad_json", "/smiles/1"},
		{`{"smiles":["C"`, 400, "bad_json", "/smiles"},
		{`{"smiles":["C`, 400, "bad_json", "/smiles/0"},
		{`{"smiles":["\q"]}`, 400, "bad_json", "/smiles/0"},
		{"{\"smiles\":[\"C\nC\"]}", 400, "bad_json", "/smiles/0"},
		{"{\"smiles\":[\"\xff\"]}", 400, "bad_text", ""},
		{`{'smiles':['C']}`, 400, "bad_json", ""},
		{`{"smiles":["C"],"outputs":[]}`, 400, "bad_request", "/outputs"},
		{`{"smiles":["C"],"outputs":["logP"]}`, 400, "unknown_output", "/outputs/0"},
		{`{"smiles":["C"],"outputs":["logS","logS"]}`, 400, "bad_request", "/outputs/1"},
		{`{"smiles":["C"],"outputs":"logS"}`, 400, "bad_request", "/outputs"},
		{`{"molecules":["C"]}`, 400, "bad_request", "/molecules/0"},
		{`{"molecules":[{}]}`, 400, "bad_request", "/molecules/0"},
		{`{"molecules":[{"id":"a"}]}`, 400, "bad_request", "/molecules/0"},
		{`{"molecules":[{"smiles":"C","sdf":""}]}`, 400, "bad_request", "/molecules/0/sdf"},
		{`{"molecules":[{"smiles":"C","charge":1}]}`, 400, "bad_request", "/molecules/0/charge"},
		{`{"molecules":[{"smiles":"C"},{"smiles":"C","id":null}]}`, 400, "bad_request", "/molecules/1/id"},
		{`{"molecules":[{"smiles":"C","id":01}]}`, 400, "bad_json", "/molecules/0"},
		{`{"molecules":[{"atoms":{"numbers":[1.]}}]}`, 400, "bad_json", "/molecules/0/atoms/numbers/0"},
		{`{"molecules":[{"atoms":NaN}]}`, 400, "bad_json", "/molecules/0/atoms"},
		{`{"molecules":[{"graph":` + deep, 400, "bad_json", "*"},
		{`{"smiles":` + deep, 400, "bad_request", "/smiles/0"},
		{`{"molecules":[{"smiles":"C"},{"atoms":{"numbers":[8],"positions":[[0,0,1.5e-3]],"cell":null,"pbc":[false,true,false]}}]}`, 422, "unsupported_kind", "/molecules/1"},
		{`{"molecules":[{"sdf":"x"}]}`, 422, "unsupported_kind", "/molecules/0"},
		{`{"smiles":["C","C","C","C"]}`, 413, "too_many_molecules", ""},
		{`{"smiles":["C","C","C"]}`, 200, "", ""},
	} {
		a := w.predict(c.body)
		name := c.body[:min(len(c.body), 80)]
		if a.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, a.status, c.status, a.body)
			continue
		}
		if c.status == 200 {
			continue
		}
		if f := readFault(t, a); f.Error.Code != c.code || c.pointer != "*" && f.Error.Pointer != c.pointer {
			t.Errorf("%s: %s at %q, want %s at %q", name, f.Error.Code, f.Error.Pointer, c.code, c.pointer)
		}
	}
}

func TestTextIsReadStrictly(t *testing.T) {
	w := start(t, serve.Config{})
	smiles, csv := "chemical/x-daylight-smiles", "text/csv"
	for _, c := range []struct {
		media, query, body string
		status             int
		code               string
	}{
		{csv, "", "", 400, "bad_csv"},
		{csv, "", "a,b\nC,D\n", 400, "bad_csv"},
		{csv, "?smiles_column=x", "smiles\nC\n", 400, "bad_csv"},
		{csv, "", "\"smiles\nC\n", 400, "bad_csv"},
		{csv, "", "smiles\n\"" + strings.Repeat("C\n", 1<<20), 400, "bad_csv"},
		{csv, "", "smiles\n\xff\n", 400, "bad_text"},
		{csv, "?smiles_colum=x", "smiles\nC\n", 400, "bad_query"},
		{csv, "?a=%zz", "smiles\nC\n", 400, "bad_query"},
		{smiles, "", "\xc3\x28", 400, "bad_text"},
		{smiles + "; charset=latin1", "", "C", 415, "unsupported_media_type"},
		{"application/xml", "", "C", 415, "unsupported_media_type"},
		{";", "", "C", 415, "unsupported_media_type"},
	} {
		a := w.do("POST", "/v1/models/m/predict"+c.query, c.body, "Content-Type", c.media)
		if f := readFault(t, a); a.status != c.status || f.Error.Code != c.code {
			t.Errorf("%s %q: %d %s, want %d %s", c.media, c.body, a.status, a.body, c.status, c.code)
		}
	}
}

func TestMissingContentTypeSaysWhatToType(t *testing.T) {
	w := start(t, serve.Config{})
	for _, headers := range [][]string{{}, {"Content-Type", "application/x-www-form-urlencoded"}} {
		a := w.do("POST", "/v1/models/m/predict", `{"smiles":["C"]}`, headers...)
		if a.status != 415 || !strings.Contains(a.body, "-H 'Content-Type: application/json'") || !strings.Contains(a.body, "chemical/x-daylight-smiles") {
			t.Errorf("%v: %d %s", headers, a.status, a.body)
		}
	}
	a := w.do("POST", "/v1/models/m/predict", `{}`, "Content-Type", "application/json", "Content-Encoding", "br")
	if a.status != 415 {
		t.Errorf("br: %d %s", a.status, a.body)
	}
}

func TestAnEmptyBodyIsSaidToBeOne(t *testing.T) {
	w := start(t, serve.Config{})
	for _, body := range []string{"", " \n"} {
		a := w.do("POST", "/v1/models/m/predict", body, "Content-Type", "application/json")
		if a.status != 400 || !strings.Contains(a.body, `"code":"bad_json","message":"the body is empty; `) {
			t.Errorf("%q: %d %s", body, a.status, a.body)
		}
	}
}
