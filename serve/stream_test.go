package serve_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"molserve/serve"
)

// table is a body of rows that are made as they are read: a SMILES of 1 to 9 atoms, its number as its name,
// and padding up to size bytes.
type table struct {
	rows, size int
	next       int
	line       []byte
	seen       func(row int)
}

func (b *table) Read(p []byte) (int, error) {
	if len(b.line) == 0 {
		if b.next == b.rows {
			return 0, io.EOF
		}
		b.seen(b.next)
		text := fmt.Sprintf("%s r%d ", strings.Repeat("C", b.next%9+1), b.next)
		b.line = append(append(append(b.line, text...), strings.Repeat("x", b.size-len(text)-1)...), '\n')
		b.next++
	}
	n := copy(p, b.line)
	b.line = b.line[:copy(b.line, b.line[n:])]
	return n, nil
}

// heapRoom is what streaming may add to the heap: sockets, buffers, chunks under way, and what the collector has
// not come to. The body is 200 MB.
const heapRoom = 48 << 20

func TestAnyNumberOfRowsKeepsItsOrderInConstantMemory(t *testing.T) {
	w := start(t, serve.Config{})
	rows, size := 100_000, 2000
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	body := &table{rows: rows, size: size, seen: func(row int) {
		if row%2000 == 0 {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}}
	req, _ := http.NewRequest("POST", w.base+"/v1/models/m/predict", body)
	req.Header.Set("Content-Type", "chemical/x-daylight-smiles")
	req.Header.Set("Accept", "text/csv")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	checkRows(t, res.Body, rows)
	if got := res.Trailer.Get("Molserve-Rows"); got != fmt.Sprint(rows) || res.Trailer.Get("Molserve-Error") != "" {
		t.Errorf("trailers %v", res.Trailer)
	}
	if most > before.HeapAlloc+heapRoom {
		t.Errorf("the heap grew from %d to %d MiB", before.HeapAlloc>>20, most>>20)
	}
	t.Logf("%d MB of body, heap %d MiB before and %d at most", rows*size/1e6, before.HeapAlloc>>20, most>>20)
}

// checkRows reads the CSV of a table's rows.
func checkRows(t *testing.T, from io.Reader, rows int) {
	t.Helper()
	in := reading(t, from)
	in.line()
	for i := range rows {
		want := fmt.Sprintf("%d,r%d ", i, i)
		line := in.line()
		if !strings.HasPrefix(line, want) || !strings.Contains(line, fmt.Sprintf("x,ok,%d,", 1000+i%9+1)) {
			t.Fatalf("row %d is %.40q", i, line)
		}
	}
	if more, err := in.rest(); more != "" || err != nil {
		t.Errorf("after the last row: %.40q, %v", more, err)
	}
}

// A stream is answered with the bytes of the same molecules in a request of JSON, whatever the forms.
func TestStreamsAreAnsweredAsWholeBodiesAre(t *testing.T) {
	w := startPotential(t, serve.Config{})
	var list, lines, table, objects, waters, frames, records []string
	for i := range 150 { // more than two chunks
		smiles := strings.Repeat("C", i%7) // the empty one is an error
		list = append(list, fmt.Sprintf(`{"smiles":"%s","id":"m%d"}`, smiles, i))
		table = append(table, fmt.Sprintf("m%d,%s", i, smiles))
		objects = append(objects, list[i])
		waters = append(waters, waterAtoms)
		frames = append(frames, strings.TrimSpace(strings.Replace(waterXYZ, "water", "id=w", 1)))
		records = append(records, `{"smiles":"C"}`)
		lines = append(lines, "C")
	}
	for _, c := range []struct{ model, media, body, whole string }{
		{"m", "chemical/x-daylight-smiles", strings.Join(lines, "\n"), strings.Join(records, ",")},
		{"m", "text/csv", "id,smiles\n" + strings.Join(table, "\n"), strings.Join(list, ",")},
		{"m", "application/x-ndjson", strings.Join(objects, "\n"), strings.Join(list, ",")},
		{"p", "chemical/x-xyz", strings.Join(frames, "\n"), strings.Join(waters, ",")},
		{"p", "application/x-ndjson", strings.Join(waters, "\n"), strings.Join(waters, ",")},
	} {
		for _, accept := range []string{"", "application/json", "application/x-ndjson", "text/csv", "chemical/x-xyz"} {
			path := "/v1/models/" + c.model + "/predict"
			got := w.do("POST", path, c.body, "Content-Type", c.media, "Accept", accept)
			want := w.do("POST", path, `{"molecules":[`+c.whole+`]}`, "Content-Type", "application/json", "Accept", accept)
			if got.status != 200 || got.body != want.body || got.header.Get("Content-Type") != want.header.Get("Content-Type") || got.header.Get("Molserve-Version") != "1" {
				t.Errorf("%s as %q: %d\n got %.300s\nwant %.300s", c.media, accept, got.status, got.body, want.body)
			}
		}
	}
}

func TestAnswersMayStandInTheRecordsOfAnSDFile(t *testing.T) {
	w := start(t, serve.Config{MaxBody: 8192})
	w.publish("s", 1, "sdf")
	record := func(title, item string) string {
		return title + "\n  x\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n" + item
	}
	body := strings.Repeat(record("a", ">  <logS>\n7\n\n")+"$$$$\n", 70) + record("b", strings.Repeat("x", 9000)+"\n") + "$$$$\n" + record("c", "")
	ask := func(media, accept, body string) answer {
		return w.do("POST", "/v1/models/s/predict", body, "Content-Type", media, "Accept", accept)
	}
	eventually(t, "the model serves", func() bool { return ask("chemical/x-daylight-smiles", "", "C").status == 200 })
	a := ask("chemical/x-mdl-sdfile", "chemical/x-mdl-sdfile", body)
	n := float64(1000 + len(record("a", ">  <logS>\n7\n\n")))
	want := strings.Repeat(record("a", fmt.Sprintf(">  <logS>\n7\n\n>  <predicted_logS>\n%v\n\n>  <pair>\n[%v,%v]\n\n$$$$\n", n, n, -n/3)), 70) +
		"\n  molserve\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n>  <molserve_error>\ntoo_long: the record is longer than 8192 bytes (line 631)\n\n$$$$\n" + record("c", ">  <logS>\n")
	if a.status != 200 || a.header.Get("Content-Type") != "chemical/x-mdl-sdfile" || !strings.HasPrefix(a.body, want) || strings.Count(a.body, "$$$$\n") != 72 {
		t.Errorf("%d %v\n got %s\nwant %s", a.status, a.header, a.body, want)
	}
	if a := ask("chemical/x-daylight-smiles", "chemical/x-mdl-sdfile", "C"); a.header.Get("Content-Type") != "application/json" {
		t.Errorf("SMILES are answered with %s", a.header.Get("Content-Type"))
	}
}

func TestKindsOfAStream(t *testing.T) {
	w := start(t, serve.Config{})
	for _, c := range []struct {
		media, body, want string
		status            int
	}{
		{"application/x-ndjson", "nonsense\n" + waterAtoms + "\n{\"smiles\":\"C\"}", "bonds are never guessed", 422},
		{"application/x-ndjson", "{\"smiles\":\"C\"}\n" + waterAtoms + "\n{\"smiles\":\"CC\"}", `{"index":1,"status":"error","error":{"code":"unsupported_kind","message":"the model takes [smiles]; coordinates have no bonds, and bonds are never guessed"}},{"index":2,"status":"ok"`, 200},
		{"chemical/x-mdl-sdfile", "\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n$$$$\n", "unsupported_kind", 422},
	} {
		if a := w.do("POST", "/v1/models/m/predict", c.body, "Content-Type", c.media); a.status != c.status || !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d %s", c.media, a.status, a.body)
		}
	}
}

func TestAClientMayReadWhileItWrites(t *testing.T) {
	w := start(t, serve.Config{})
	r := w.smiles()
	for i := range 5 {
		if err := r.send(strings.Repeat("C", i+1) + "\n"); err != nil {
			t.Fatal(err)
		}
		if line, want := r.line(), fmt.Sprintf(`{"index":%d,"status":"ok","values":{"logS":%d,`, i, 1001+i); !strings.HasPrefix(line, want) {
			t.Fatalf("got %s, want %s", line, want)
		}
	}
	r.send("")
	if rest, err := r.rest(); rest != "" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	if r.res.Trailer.Get("Molserve-Rows") != "5" {
		t.Errorf("%v", r.res.Trailer)
	}
}

// A proxy may speak HTTP/1.0, which has neither chunks nor trailers.
func TestStreamsOverHTTP10(t *testing.T) {
	w := start(t, serve.Config{})
	r := w.old("CCO\nCC\n")
	if rest, err := r.rest(); err != nil || strings.Count(rest, `"status":"ok"`) != 2 || r.res.StatusCode != 200 {
		t.Errorf("%d %q, %v", r.res.StatusCode, rest, err)
	}
}

func TestSmallStreamsKeepTheConnection(t *testing.T) {
	w := start(t, serve.Config{})
	r := w.smiles()
	fmt.Fprint(r.conn, "2\r\nC\n\r\n0\r\n\r\n") // at once: what trickles in has its first answers before it has ended
	if _, err := r.rest(); err != nil || r.res.Close {
		t.Errorf("%v, closed %v", err, r.res.Close)
	}
	fmt.Fprint(r.conn, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if res, err := http.ReadResponse(r.in, nil); err != nil || res.StatusCode != 200 {
		t.Errorf("%v", err)
	}
}
