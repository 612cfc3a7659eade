package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// patience bounds every read and write of the client, so that a server that hangs fails instead.
const patience = 60 * time.Second

// conn is a kept-alive HTTP/1.1 connection. It understands what molserve answers and nothing more, and
// costs little: client and server share the cores.
type conn struct {
	net.Conn
	buf       []byte
	idleSince time.Time
}

// answer is what came back of a request.
type answer struct {
	status int
	bytes  int  // of head and body that came
	whole  bool // all that the head promised
	last   bool // the server closes the connection
}

func dial(addr string) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, buf: make([]byte, 8<<10)}, nil
}

// do sends a request that was made by request and reads its answer.
func (c *conn) do(request []byte) (answer, error) {
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(request); err != nil {
		return answer{}, err
	}
	return c.read()
}

var (
	headEnd   = []byte("\r\n\r\n")
	lengthKey = []byte("\r\nContent-Length: ")
	closeLine = []byte("\r\nConnection: close\r\n")
	errForm   = errors.New("the answer is no HTTP/1.1 with a Content-Length")
)

// read reads one answer. On an error, answer tells how far it came.
func (c *conn) read() (a answer, err error) {
	head := -1
	for head < 0 {
		if a.bytes == len(c.buf) {
			return a, errForm
		}
		n, err := c.Conn.Read(c.buf[a.bytes:])
		a.bytes += n
		if head = bytes.Index(c.buf[:a.bytes], headEnd); head < 0 && err != nil {
			return a, err
		}
	}
	length, err := a.parse(c.buf[:head+2])
	if err != nil {
		return a, err
	}
	total := head + len(headEnd) + length
	for a.bytes < total {
		n, err := c.Conn.Read(c.buf[:min(len(c.buf), total-a.bytes)])
		if a.bytes += n; err != nil && a.bytes < total {
			return a, errors.Join(err, io.ErrUnexpectedEOF)
		}
	}
	a.whole = a.bytes == total
	if !a.whole {
		return a, fmt.Errorf("%d bytes follow the answer", a.bytes-total)
	}
	return a, nil
}

// parse reads the status and returns the Content-Length; head ends with its last line's break.
func (a *answer) parse(head []byte) (length int, err error) {
	at := bytes.Index(head, lengthKey)
	if len(head) < 12 || !bytes.HasPrefix(head, []byte("HTTP/1.1 ")) || at < 0 {
		return 0, errForm
	}
	if a.status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return 0, errForm
	}
	a.last = bytes.Contains(head, closeLine)
	digits, _, _ := bytes.Cut(head[at+len(lengthKey):], []byte("\r"))
	if length, err = strconv.Atoi(string(digits)); err != nil || length < 0 {
		return 0, errForm
	}
	return length, nil
}

// request is the bytes of a POST; headers are whole lines.
func request(path, media string, body []byte, headers ...string) []byte {
	b := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n", path, media, len(body))
	for _, h := range headers {
		b = fmt.Appendf(b, "%s\r\n", h)
	}
	return append(append(b, "\r\n"...), body...)
}
