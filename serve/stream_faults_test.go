package serve_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

// manyRows are more than a chunk, so that the answer has begun when what follows is read.
var manyRows = strings.Repeat("CCO\n", 100)

// lastLine is the fault at the end of NDJSON, and how many rows stand before it.
func lastLine(t *testing.T, text string) (f fault, rows int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &f); err != nil || f.Error.Code == "" || f.Error.Message == "" {
		t.Fatalf("the last line is %q", lines[len(lines)-1])
	}
	return f, len(lines) - 1
}

func TestFaultsInTheMiddleOfAStreamAreItsLastLine(t *testing.T) {
	for _, c := range []struct{ bad, code, log string }{
		{"CC\xff\n", "bad_text", ""},
		{"fail\n", "internal", "secret at"},
		{"panic\n", "internal", "the fake was told to"},
		{"wait\n", "deadline", ""},
	} {
		w := start(t, serve.Config{Timeout: 500 * time.Millisecond, Runs: 2})
		r := w.smiles()
		r.send(manyRows + c.bad + manyRows)
		r.send("")
		rest, err := r.rest()
		f, rows := lastLine(t, rest)
		if err != nil || r.res.StatusCode != 200 || f.Error.Code != c.code || rows != 64 || r.res.Trailer.Get("Molserve-Error") != c.code || r.res.Trailer.Get("Molserve-Rows") != "64" {
			t.Errorf("%q: %d rows, then %+v, trailers %v, %v", c.bad, rows, f, r.res.Trailer, err)
		}
		eventually(t, "the log has the cause", func() bool {
			return strings.Contains(w.log.String(), "cause=") && strings.Contains(w.log.String(), c.log)
		})
		if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
			t.Errorf("afterwards: %d", a.status)
		}
	}
}

// A form without a place for the fault must not look whole.
func TestFaultsInTheMiddleOfAStreamCutOtherFormsOff(t *testing.T) {
	w := startPotential(t, serve.Config{})
	for _, c := range []struct{ path, media, body, bad string }{
		{"m", "chemical/x-daylight-smiles", manyRows, "fail\n"},
		{"m", "chemical/x-daylight-smiles", manyRows, "\xff\n"},
		{"p", "chemical/x-xyz", strings.Repeat(waterXYZ, 100), "\xff\n"},
	} {
		for _, accept := range []string{"application/json", "text/csv", "chemical/x-xyz"} {
			for _, coding := range []string{"", "gzip", "zstd"} {
				r := w.raw("/v1/models/"+c.path+"/predict", c.media, "Accept", accept, "Accept-Encoding", coding)
				r.send(c.body + c.bad + c.body)
				r.send("")
				if rest, err := r.rest(); err == nil || r.res.StatusCode != 200 || rest == "" && coding == "" {
					t.Errorf("%s %s as %s: %d %.80q, %v", c.media, coding, accept, r.res.StatusCode, rest, err)
				}
			}
		}
	}
}

func TestFaultsBeforeTheFirstAnswerHaveAStatus(t *testing.T) {
	w := start(t, serve.Config{Timeout: 300 * time.Millisecond})
	for _, c := range []struct {
		body, coding string
		status       int
		code         string
	}{
		{"CCO\nCC\xff\n", "", 400, "bad_text"},
		{"CCO\nfail\n", "", 500, "internal"},
		{"CCO\npanic\n", "", 500, "internal"},
		{"CCO\nwait\n", "", 504, "deadline"},
		{"CCO\n", "gzip", 400, "bad_request"},
		{"CCO\n", "br", 415, "unsupported_media_type"},
		{pack(t, "gzip", "CCO\n")[:20], "gzip", 400, "bad_request"},
		{pack(t, "zstd", strings.Repeat("x", 4<<20)), "zstd", 413, "body_too_large"},
	} {
		a := w.do("POST", "/v1/models/m/predict", c.body, "Content-Type", "chemical/x-daylight-smiles", "Content-Encoding", c.coding)
		if f := readFault(t, a); a.status != c.status || f.Error.Code != c.code {
			t.Errorf("%.20q: %d %s, want %d %s", c.body, a.status, a.body, c.status, c.code)
		}
	}
}

func TestASenderWithoutProgressIsCut(t *testing.T) {
	w := start(t, serve.Config{Timeout: 300 * time.Millisecond})
	silent, trickling := w.smiles(), w.smiles()
	ended := make(chan int)
	go func() {
		n := 0
		for ; n < 10_000 && trickling.send("C") == nil; n++ {
			time.Sleep(20 * time.Millisecond)
		}
		ended <- n
	}()
	for name, r := range map[string]*raw{"silent": silent, "trickling": trickling} {
		if rest, err := r.rest(); err != nil || r.res.StatusCode != 400 || !strings.Contains(rest, "incomplete_body") || !strings.Contains(rest, "within 300ms") {
			t.Errorf("%s: %d %s, %v", name, r.res.StatusCode, rest, err)
		}
	}
	trickling.conn.Close()
	<-ended
	later := w.smiles()
	later.send("C\n")
	rest, err := later.rest()
	if f, rows := lastLine(t, rest); err != nil || f.Error.Code != "incomplete_body" || rows != 1 {
		t.Errorf("%q, %v", rest, err)
	}
}

// The time limit is between rows, not of the whole. Where this machine itself took as long for a row, nothing is known
// and the sender begins anew.
func TestASlowSenderWithProgressIsNot(t *testing.T) {
	const timeout = 2 * time.Second
	w := start(t, serve.Config{Timeout: timeout})
	for !sendSlowly(t, w.smiles(), timeout) {
	}
}

// sendSlowly sends rows for longer than timeout, and tells whether all were answered. It fails when one was not that
// was sent in time.
func sendSlowly(t *testing.T, r *raw, timeout time.Duration) bool {
	t.Helper()
	defer r.conn.Close()
	last := time.Now() // no later than the time limit began
	for i := range 8 {
		time.Sleep(timeout / 5)
		sent := time.Now()
		r.send("C\n")
		if line := r.line(); !strings.HasPrefix(line, fmt.Sprintf(`{"index":%d,"status":"ok"`, i)) {
			if time.Since(last) >= timeout {
				return false
			}
			t.Fatal(line)
		}
		last = sent
	}
	r.send("")
	if _, err := r.rest(); err != nil {
		t.Error(err)
	}
	return true
}

// A client that only writes fills the buffers on the way, and then nothing more is read of it.
func TestAClientThatDoesNotReadIsCut(t *testing.T) {
	w := start(t, serve.Config{Timeout: 300 * time.Millisecond})
	r := w.smiles()
	rows := strings.Repeat("C\n", 10_000)
	sent := 0
	for ; sent < 1<<30; sent += len(rows) {
		if r.send(rows) != nil {
			break
		}
	}
	if sent > 100<<20 {
		t.Errorf("%d MiB were taken", sent>>20)
	}
	eventually(t, "the log says so", func() bool { return strings.Contains(w.log.String(), "the client read less than") })
}

func TestAClientMayLeaveInTheMiddle(t *testing.T) {
	w := start(t, serve.Config{Timeout: 20 * time.Second})
	for i := range 20 {
		r := w.smiles()
		r.send(manyRows)
		r.line()
		if i%2 == 0 {
			r.send("wait\n")
		}
		r.conn.Close()
	}
	eventually(t, "all have ended", func() bool { return strings.Count(w.log.String(), "path=/v1/models/m/predict") == 20 })
	eventually(t, "no goroutine is left", func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*streaming)")
	})
}

func TestAFullQueueSlowsStreamsDown(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, Queue: 1, Timeout: 20 * time.Second})
	answers := make(chan int, 20)
	for range cap(answers) {
		go func() {
			a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json")
			answers <- a.status
		}()
	}
	if status := <-answers; status != 429 {
		t.Fatalf("%d: the queue is not full", status)
	}
	r := w.smiles()
	r.send(strings.Repeat(manyRows, 5))
	r.send("")
	time.Sleep(50 * time.Millisecond) // it finds the queue full
	close(w.hold)
	if rest, err := r.rest(); err != nil || strings.Count(rest, `"status":"ok"`) != 500 {
		t.Errorf("%d %.200q, %v", r.res.StatusCode, rest, err)
	}
	for range cap(answers) - 1 {
		<-answers
	}
}

func TestTooManyStreamsAreTurnedAway(t *testing.T) {
	w := start(t, serve.Config{MaxBuffered: 1 << 20})
	var open []*raw
	for range 3 {
		r := w.smiles()
		r.send("C\n")
		r.line()
		open = append(open, r)
	}
	eventually(t, "a stream is turned away", func() bool {
		r := w.smiles()
		r.send("C\n")
		open = append(open, r)
		return r.head().StatusCode == 429 && r.head().Header.Get("Retry-After") != ""
	})
	if a := w.predict(`{"smiles":["C"]}`); a.status != 200 {
		t.Errorf("no room is left to other requests: %d %s", a.status, a.body)
	}
	for _, r := range open {
		r.conn.Close()
	}
	eventually(t, "there is room again", func() bool {
		return w.do("POST", "/v1/models/m/predict", "C\n", "Content-Type", "chemical/x-daylight-smiles").status == 200
	})
}

// Long rows are paid for as they grow, and paid back.
func TestLongRowsOfManyStreams(t *testing.T) {
	w := start(t, serve.Config{MaxBuffered: 4 << 20})
	long := "C " + strings.Repeat("x", 900<<10) + "\n"
	for range 3 {
		a := w.do("POST", "/v1/models/m/predict", strings.Repeat(long, 5), "Content-Type", "chemical/x-daylight-smiles", "Accept", "text/csv")
		if a.status != 200 || strings.Count(a.body, ",ok,1001,") != 5 {
			t.Fatalf("%d, %d rows", a.status, strings.Count(a.body, ",ok,1001,"))
		}
	}
	if a := w.do("POST", "/v1/models/m/predict", strings.Repeat(long, 5)[:5000], "Content-Type", "chemical/x-daylight-smiles"); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}

func TestAStopGivesStreamsTheGraceAndThenALastLine(t *testing.T) {
	w := start(t, serve.Config{Grace: 300 * time.Millisecond})
	cut := w.smiles()
	cut.send("C\n")
	cut.line()
	csv := w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", "text/csv")
	csv.send("C\n")
	csv.line()
	done := w.smiles()
	done.send("C\n")
	done.line()
	w.stop()
	done.send("CC\n")
	if line := done.line(); !strings.Contains(line, `"status":"ok"`) {
		t.Errorf("in the grace: %s", line)
	}
	done.send("")
	if rest, err := done.rest(); rest != "" || err != nil {
		t.Errorf("done in the grace: %q, %v", rest, err)
	}
	rest, err := cut.rest()
	if f, _ := lastLine(t, rest); err != nil || f.Error.Code != "stopping" || cut.res.Trailer.Get("Molserve-Error") != "stopping" {
		t.Errorf("cut: %q, %v", rest, err)
	}
	if rest, err := csv.rest(); err == nil {
		t.Errorf("CSV looks whole: %q", rest)
	}
	if err := <-w.ended; err != serve.ErrGrace {
		t.Errorf("Run: %v", err)
	}
	w.ended <- nil
}

// What was read of a stream is answered by the version that it began with.
func TestAStreamKeepsItsVersion(t *testing.T) {
	w := start(t, serve.Config{})
	r := w.smiles()
	r.send("C\n")
	r.line()
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return w.predict(`{"smiles":["C"]}`).header.Get("Molserve-Version") == "2" })
	r.send("CC\n")
	if line := r.line(); !strings.Contains(line, `"logS":1002`) || r.res.Header.Get("Molserve-Version") != "1" {
		t.Errorf("%s %v", line, r.res.Header)
	}
	r.send("")
	r.rest()
}

// Every row that is sent compressed is answered compressed, while the next has not been sent.
func TestCompressedStreamsFlow(t *testing.T) {
	w := start(t, serve.Config{})
	for _, coding := range []string{"gzip", "deflate", "zstd"} {
		from, to := io.Pipe()
		req, _ := http.NewRequest("POST", w.base+"/v1/models/m/predict", from)
		for key, value := range map[string]string{"Content-Type": "chemical/x-daylight-smiles", "Accept": "application/x-ndjson", "Content-Encoding": coding, "Accept-Encoding": coding} {
			req.Header.Set(key, value)
		}
		packer := packTo(coding, to)
		first := make(chan struct{})
		go func() { packer.flushed("C\n"); close(first) }()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		<-first
		in := reading(t, unpacker(t, coding, res.Body))
		for i := range 5 {
			if line := in.line(); !strings.HasPrefix(line, fmt.Sprintf(`{"index":%d,"status":"ok"`, i)) {
				t.Fatalf("%s: %s", coding, line)
			}
			packer.flushed("CC\n")
		}
		packer.Close()
		to.Close()
		if rest, err := in.rest(); err != nil || strings.Count(rest, `"status":"ok"`) != 1 {
			t.Errorf("%s: %q, %v", coding, rest, err)
		}
		res.Body.Close()
	}
}
