package main

import (
	"errors"
	"io"
	"math"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestQuantilesAndIntervals(t *testing.T) {
	v := []float64{5, 1, 4, 2, 3}
	if median(v) != 3 || quantile(v, 0) != 1 || quantile(v, 1) != 5 || quantile(v, 0.25) != 2 || quantile([]float64{1, 2}, 0.5) != 1.5 || !math.IsNaN(median(nil)) {
		t.Error("quantiles are wrong")
	}
	if e := estimated([]float64{2, 2, 2}); e != (estimate{2, 2, 2, 3}) {
		t.Errorf("%+v", e)
	}
	e := estimated([]float64{0.8, 0.9, 1.0, 1.1, 1.2, 0.85, 0.95, 1.05, 1.15})
	if e.Median != 1 || e.Low >= 1 || e.High <= 1 || e.Low < 0.8 || e.High > 1.2 {
		t.Errorf("%+v", e)
	}
	var d []time.Duration
	for i := range 100 {
		d = append(d, time.Duration(100-i))
	}
	if percentile(d, 0.99) != 99 || percentile(d, 0.5) != 50 || percentile(d, 1) != 100 || percentile(d[:1], 0.01) != 100 || percentile(nil, 0.5) != 0 {
		t.Error("percentiles are wrong")
	}
	refused := slice{Refused: 1, Good: slices.Repeat([]time.Duration{1}, 9)}
	if percentile(refused.worst(), 0.99) != patience || percentile(refused.worst(), 0.5) != 1 {
		t.Error("a refused request counts as a quick one")
	}
}

// said has a connection read what a server said before it closed.
func said(t *testing.T, text string) (answer, error) {
	t.Helper()
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		for _, part := range strings.SplitAfter(text, "\n") { // as it may come
			io.WriteString(there, part)
		}
		there.Close()
	}()
	c := &conn{Conn: here, buf: make([]byte, 200)}
	return c.read()
}

func TestAnswersAreReadWhole(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for text, want := range map[string]answer{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":                            {200, 40, true, false},
		"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nConnection: close\r\n\r\n":   {429, 63, true, true},
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: x\r\n\r\n" + long: {200, 1058, true, false},
	} {
		if a, err := said(t, text); err != nil || a != want {
			t.Errorf("%.40q: %+v, %v", text, a, err)
		}
	}
	for text, want := range map[string]error{
		"":                              io.EOF,
		"HTTP/1.1 200 OK\r\nContent-Le": io.EOF,
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok":              io.ErrUnexpectedEOF,
		"HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n":                  errForm,
		"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok":                  errForm,
		"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok":             errForm,
		"HTTP/1.1 200 OK\r\nX: " + long + "\r\nContent-Length: 2\r\n": errForm,
	} {
		if a, err := said(t, text); !errors.Is(err, want) || a.whole {
			t.Errorf("%.40q: %+v, %v", text, a, err)
		}
	}
}
