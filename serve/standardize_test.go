package serve_test

import (
	"strings"
	"testing"

	"molserve/serve"
)

func TestRowsTellChangesWhereStandardizingWasAskedFor(t *testing.T) {
	w := start(t, serve.Config{})
	for body, want := range map[string]bool{
		`{"smiles":["C"]}`:                                false,
		`{"smiles":["C"],"standardize":[]}`:               false,
		`{"smiles":["C"],"standardize":["neutralize"]}`:   true,
		`{"standardize":["strip_stereo"],"smiles":["C"]}`: true,
	} {
		a := w.predict(body)
		if got := strings.Contains(a.body, `"changes":[]`); a.status != 200 || got != want {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	a := w.do("POST", "/v1/models/m/predict?standardize=neutralize,strip_isotopes", "C\n", "Content-Type", "chemical/x-daylight-smiles", "Accept", "text/csv")
	if a.status != 200 || !strings.Contains(a.body, ",error_line,changes\n") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestUnknownStepsAreRefusedWithThoseThereAre(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct{ query, steps, pointer string }{
		{"", `["neutralise"]`, "/standardize/0"}, {"", `["neutralize","neutralize"]`, "/standardize/1"}, {"", `"neutralize"`, "/standardize"},
		{"?standardize=strip_stereo", `["neutralize","x"]`, "/standardize/1"},
		{"?standardize=neutralise", `["neutralize","x"]`, ""},
	} {
		a := w.do("POST", "/v1/models/m/predict"+c.query, `{"smiles":["C"],"standardize":`+c.steps+`}`, "Content-Type", "application/json")
		if a.status != 400 || readFault(t, a).Error.Pointer != c.pointer || c.query == "" && c.steps[0] == '[' && !strings.Contains(a.body, "neutralize") {
			t.Errorf("%s %s: %d %s", c.query, c.steps, a.status, a.body)
		}
	}
}
