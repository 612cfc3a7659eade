package serve_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// raw is a client that writes and reads when it is told to.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	res  *http.Response
	body *bufio.Reader
}

// raw begins a predict request whose body comes in parts; headers come in pairs.
func (w *world) raw(path, media string, headers ...string) *raw {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n", path, media)
	for i := 0; i+1 < len(headers); i += 2 {
		fmt.Fprintf(conn, "%s: %s\r\n", headers[i], headers[i+1])
	}
	io.WriteString(conn, "\r\n")
	return &raw{t: w.t, conn: conn, in: bufio.NewReader(conn)}
}

// smiles begins a stream of SMILES whose answers are NDJSON.
func (w *world) smiles() *raw {
	return w.raw("/v1/models/m/predict", "chemical/x-daylight-smiles", "Accept", "application/x-ndjson")
}

// send sends a part of the body; an empty one is its end.
func (r *raw) send(text string) error {
	_, err := fmt.Fprintf(r.conn, "%x\r\n%s\r\n", len(text), text)
	return err
}

// head waits for the head of the answer.
func (r *raw) head() *http.Response {
	r.t.Helper()
	if r.res == nil {
		res, err := http.ReadResponse(r.in, nil)
		if err != nil {
			r.t.Fatal(err)
		}
		r.res, r.body = res, bufio.NewReader(res.Body)
	}
	return r.res
}

// line waits for a line of the answer.
func (r *raw) line() string {
	r.t.Helper()
	r.head()
	line, err := r.body.ReadString('\n')
	if err != nil {
		r.t.Fatalf("%q, %v", line, err)
	}
	return line
}

// rest reads the answer to its end, and returns the error that it has instead of one.
func (r *raw) rest() (string, error) {
	r.t.Helper()
	r.head()
	text, err := io.ReadAll(r.body)
	return string(text), err
}

// reading is a client whose answer is at hand.
func reading(t *testing.T, from io.Reader) *raw {
	return &raw{t: t, res: new(http.Response), body: bufio.NewReader(from)}
}

// old sends a whole body of SMILES over HTTP/1.0.
func (w *world) old(body string) *raw {
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "POST /v1/models/m/predict HTTP/1.0\r\nHost: localhost\r\nContent-Type: chemical/x-daylight-smiles\r\n"+
		"Accept: application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return &raw{t: w.t, conn: conn, in: bufio.NewReader(conn)}
}
