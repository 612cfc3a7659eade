package serve_test

import (
	"encoding/json"
	"strings"
	"testing"

	"molserve/serve"
)

const head = `{"model":"m","version":"1","outputs":[{"name":"logS","unit":"log10(mol/L)","per":"graph"},{"name":"pair","unit":"1","per":"graph"}],"predictions":[`

func TestReplyIsTheContractsToTheByte(t *testing.T) {
	w := start(t, serve.Config{})
	a := w.predict(`{"molecules":[{"id":"a","smiles":"CCO"},{"smiles":"C1CC"},{"id":7,"smiles":"nan"},{"smiles":"","id":"\"\\\u0001é"}]}`)
	want := head + `{"index":0,"id":"a","status":"ok","values":{"logS":1003,"pair":[1003,-334.3333333333333]}},` +
		`{"index":1,"status":"error","error":{"code":"unclosed_ring","message":"ring 1 opened at character 1 is never closed","offset":1}},` +
		`{"index":2,"id":"7","status":"error","error":{"code":"not_finite","message":"the network's answer is not a finite number"}},` +
		`{"index":3,"id":"\"\\\u0001é","status":"error","error":{"code":"empty","message":"the SMILES is empty"}}]}` + "\n"
	if a.status != 200 || a.body != want {
		t.Errorf("status %d\n got %s\nwant %s", a.status, a.body, want)
	}
	if a.header.Get("Content-Type") != "application/json" || a.header.Get("Molserve-Version") != "1" || !json.Valid([]byte(a.body)) {
		t.Errorf("headers %v", a.header)
	}
	if !strings.Contains(w.log.String(), "status=200") || !strings.Contains(w.log.String(), "model=m version=1 molecules=4 errors=3") {
		t.Errorf("log: %s", &w.log)
	}
}

func TestShortFormAndEmptyListAndOutputs(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct{ body, want string }{
		{`{"smiles":["CC","CCO"]}`, head + `{"index":0,"status":"ok","values":{"logS":1002,"pair":[1002,-334]}},{"index":1,"status":"ok","values":{"logS":1003,"pair":[1003,-334.3333333333333]}}]}`},
		{`{"smiles":[]}`, head + `]}`},
		{" {\"outputs\" : [ \"pair\" ],\n\"smiles\":[\"CC\"]}\t", `{"model":"m","version":"1","outputs":[{"name":"pair","unit":"1","per":"graph"}],"predictions":[{"index":0,"status":"ok","values":{"pair":[1002,-334]}}]}`},
		{`{"outputs":["pair","logS"],"smiles":["\u0043C"]}`, `{"model":"m","version":"1","outputs":[{"name":"pair","unit":"1","per":"graph"},{"name":"logS","unit":"log10(mol/L)","per":"graph"}],"predictions":[{"index":0,"status":"ok","values":{"pair":[1002,-334],"logS":1002}}]}`},
	} {
		if a := w.predict(c.body); a.status != 200 || a.body != c.want+"\n" {
			t.Errorf("%s: %d\n got %s\nwant %s", c.body, a.status, a.body, c.want)
		}
	}
}

func TestVersionRoute(t *testing.T) {
	w := start(t, serve.Config{})
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return w.predict(`{"smiles":["C"]}`).header.Get("Molserve-Version") == "2" })
	for v, want := range map[string]string{"1": `"logS":1001`, "2": `"logS":2001`} { // the one before stays in memory
		a := w.do("POST", "/v1/models/m/versions/"+v+"/predict", `{"smiles":["C"]}`, "Content-Type", "application/json")
		if a.status != 200 || a.header.Get("Molserve-Version") != v || !strings.Contains(a.body, want) {
			t.Errorf("version %s: %d %s", v, a.status, a.body)
		}
	}
	for _, v := range []string{"3", "02", "+2", "x"} {
		a := w.do("POST", "/v1/models/m/versions/"+v+"/predict", `{"smiles":["C"]}`, "Content-Type", "application/json")
		if a.status != 404 || !strings.Contains(a.body, "unknown_version") {
			t.Errorf("version %s: %d %s", v, a.status, a.body)
		}
	}
}

func TestTextBodies(t *testing.T) {
	w := start(t, serve.Config{MaxMolecules: 3})
	smiles, csv := "chemical/x-daylight-smiles", "text/csv"
	for _, c := range []struct{ name, media, query, body, want string }{
		{"names", smiles, "", "CCO ethanol 96%\nCC\tethane\r\n", "0,ethanol 96%,ok,1003|1,ethane,ok,1002"},
		{"no last line feed", smiles, "", "CCO", "0,,ok,1003"},
		{"empty lines are rows", smiles, "", "\nCC\n  \n\n", "0,,error|1,,ok,1002|2,,error|3,,error"},
		{"one empty line", smiles, "", "\n", "0,,error"},
		{"nothing", smiles, "", "", ""},
		{"charset", smiles + "; charset=UTF-8", "", "C\n", "0,,ok,1001"},
		{"csv", csv, "", "Name,SMILES,id\nx,CCO,a\ny,\"C1CC\",\"b,c\"\n", `0,a,ok,1003|1,"b,c",error`},
		{"csv with a byte order mark and CRLF", csv, "", "\ufeffsmiles\r\nCC\r\n", "0,,ok,1002"},
		{"csv column", csv, "?smiles_column=structure", "structure,smiles\nCC,CCO\n", "0,,ok,1002"},
		{"csv without rows", csv, "", "smiles\n", ""},
		{"csv with an empty cell", csv, "", "smiles,id\n,z\n", "0,z,error"},
		{"csv with uneven rows", csv, "", "smiles,id\nC\nCC,b\nC,a,x\n", "0,,error|1,b,ok,1002|2,,error"},
		{"csv with stray quotes", csv, "", "smiles,id\nC\"C,a\nCC,b\n\"C,c\n", "0,,error|1,b,ok,1002|2,,error"},
		{"more than a buffered body may have", smiles, "", "C\nC\nC\nC\n", "0,,ok|1,,ok|2,,ok|3,,ok"},
	} {
		a := w.do("POST", "/v1/models/m/predict"+c.query, c.body, "Content-Type", c.media, "Accept", "text/csv")
		if a.status != 200 || a.header.Get("Content-Type") != "text/csv" {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
			continue
		}
		lines := strings.Split(strings.TrimSuffix(a.body, "\n"), "\n")
		if lines[0] != "index,id,status,logS,pair,error_code,error_message,error_offset,error_line" {
			t.Errorf("%s: header %s", c.name, lines[0])
		}
		want := strings.Split(c.want, "|")
		if c.want == "" {
			want = nil
		}
		if len(lines)-1 != len(want) {
			t.Errorf("%s: %q", c.name, a.body)
			continue
		}
		for i, row := range want {
			if !strings.HasPrefix(lines[i+1], row) {
				t.Errorf("%s: row %d is %q, want %q…", c.name, i, lines[i+1], row)
			}
		}
	}
}

func TestAcceptChoosesTheReply(t *testing.T) {
	w := start(t, serve.Config{})
	csv := "index,id,status,logS,pair,error_code,error_message,error_offset,error_line\n" +
		"0,,ok,1002,\"[1002,-334]\",,,,\n1,,error,,,unclosed_ring,ring 1 opened at character 1 is never closed,1,\n"
	ndjson := `{"index":0,"status":"ok","values":{"logS":1002,"pair":[1002,-334]}}` + "\n" +
		`{"index":1,"status":"error","error":{"code":"unclosed_ring","message":"ring 1 opened at character 1 is never closed","offset":1}}` + "\n"
	for _, c := range []struct{ accept, media, body string }{
		{"text/csv", "text/csv", csv},
		{"application/x-ndjson", "application/x-ndjson", ndjson},
		{"text/html, text/csv;q=0.8, */*;q=0.1", "text/csv", csv},
		{"text/csv;q=0.1, application/x-ndjson;q=0.9", "application/x-ndjson", ndjson},
		{"text/csv;q=0, application/json", "application/json", ""},
		{"*/*", "application/json", ""}, {"image/png", "application/json", ""}, {";;;", "application/json", ""},
	} {
		a := w.do("POST", "/v1/models/m/predict", `{"smiles":["CC","C1CC"]}`, "Content-Type", "application/json", "Accept", c.accept)
		if a.status != 200 || a.header.Get("Content-Type") != c.media || c.body != "" && a.body != c.body {
			t.Errorf("%s: %d %s\n%s", c.accept, a.status, a.header.Get("Content-Type"), a.body)
		}
	}
}
