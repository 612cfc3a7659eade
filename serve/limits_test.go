package serve_test

import (
	"strings"
	"testing"

	"molserve/serve"
)

// Rows longer than MaxRow are refused alone; of CSV, where no next row can be found, they end the stream.
func TestRowsOfStreamsAreBoundedByASetting(t *testing.T) {
	for name, c := range map[string]struct {
		maxRow, length int
		refused        bool
	}{
		"short enough": {1000, 1000, false}, "too long": {1000, 1001, true}, "longer than the default": {2 << 20, 1<<20 + 1000, false},
	} {
		w := start(t, serve.Config{MaxRow: c.maxRow})
		long := strings.Repeat("C", c.length)
		a := w.do("POST", "/v1/models/m/predict", long+"\nCC\n", "Content-Type", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson")
		rows := strings.Split(strings.TrimSpace(a.body), "\n")
		if a.status != 200 || len(rows) != 2 || strings.Contains(rows[0], `"too_long"`) != c.refused || !strings.Contains(rows[1], `"ok"`) {
			t.Errorf("%s: %d %.300s", name, a.status, a.body)
		}
	}
	w := start(t, serve.Config{MaxRow: 1000})
	a := w.do("POST", "/v1/models/m/predict", "smiles\n\""+strings.Repeat("C\n", 40_000), "Content-Type", "text/csv")
	if a.status != 400 || readFault(t, a).Error.Code != "bad_csv" || !strings.Contains(a.body, "1000 bytes") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestRecordsOfStreamsAreBoundedByASetting(t *testing.T) {
	w := start(t, serve.Config{MaxRow: 500})
	w.publish("s", 1, "sdf")
	ask := func(body string) answer {
		return w.do("POST", "/v1/models/s/predict", body, "Content-Type", "chemical/x-mdl-sdfile", "Accept", "application/x-ndjson")
	}
	record := "\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n"
	eventually(t, "the model serves", func() bool { return ask(record).status == 200 })
	a := ask(record + "> <a>\n" + strings.Repeat("v", 500) + "\n$$$$\n" + record)
	rows := strings.Split(strings.TrimSpace(a.body), "\n")
	if a.status != 200 || len(rows) != 2 || !strings.Contains(rows[0], "longer than 500 bytes") || !strings.Contains(rows[1], `"ok"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// What a compressed body expands to is bounded by its own size and by a number of bytes, whether it is read whole or a stream.
func TestExpansionIsBoundedBySettings(t *testing.T) {
	lines := strings.Repeat("CCO\n", 50_000)
	whole := `{"smiles":["C"]}` + strings.Repeat(" ", 200_000)
	for _, c := range []struct {
		name, media, body string
		config            serve.Config
		status            int
		words             string
	}{
		{"stream that may", "chemical/x-daylight-smiles", lines, serve.Config{MaxExpansion: 10_000}, 200, `"ok"`},
		{"stream of as many bytes", "chemical/x-daylight-smiles", lines, serve.Config{MaxExpansion: 10_000, MaxExpanded: 200_000}, 200, `"ok"`},
		{"stream of more", "chemical/x-daylight-smiles", lines, serve.Config{MaxExpansion: 10_000, MaxExpanded: 1000}, 413, "more than 1000 bytes"},
		{"body by default", "application/json", whole, serve.Config{}, 413, "more than 100 times"},
		{"body that may", "application/json", whole, serve.Config{MaxExpansion: 10_000}, 200, `"ok"`},
		{"body of more", "application/json", whole, serve.Config{MaxExpansion: 10_000, MaxExpanded: 100_000}, 413, "more than 100000 bytes"},
	} {
		w := start(t, c.config)
		a := w.do("POST", "/v1/models/m/predict", pack(t, "gzip", c.body), "Content-Type", c.media, "Content-Encoding", "gzip", "Accept", "application/x-ndjson")
		if a.status != c.status || !strings.Contains(a.body, c.words) {
			t.Errorf("%s: %d %.300s", c.name, a.status, a.body)
		}
	}
}
