package xyz_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// holds checks what is true of every frame that is accepted: it passes Check, its record is JSON, and
// written and read again it is the same frame.
func holds(t *testing.T, f *xyz.Frame) {
	t.Helper()
	if err := f.Check(); err != nil {
		t.Fatalf("%v: %+v", err, f)
	}
	if record, err := xyz.NewRecord(f); err == nil && !json.Valid(record) {
		t.Fatalf("record %s", record)
	}
	for _, k := range f.Info {
		if strings.EqualFold(k.Name, "uid") && k.Strings[0] == "" {
			return // it can be read at the end of a line, but not written
		}
	}
	text, err := write(t, f)
	if err != nil {
		t.Fatalf("%v: %+v", err, f)
	}
	again, err := xyz.NewReader(bytes.NewReader(text), xyz.Options{}).Next()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	again.Line, again.Comment = f.Line, f.Comment
	if !same(reflect.ValueOf(*again), reflect.ValueOf(*f)) {
		t.Fatalf("got  %+v\nwant %+v\nfrom %s", again, f, text)
	}
}

// same is reflect.DeepEqual with NaN equal to NaN, -0 not equal to 0, and nil equal to empty.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Float64:
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float()) || math.IsNaN(a.Float()) && math.IsNaN(b.Float())
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(good + good))
	f.Add(ethanols(2))
	f.Add([]byte("2\r\nLattice=\"4 0 0 0 4 0 0 0 4\" pbc=\"T F T\" Properties=pos:R:3:Z:I:1:n:S:2:l:L:1 a=\"_JSON {}\"\r\n1 2 3D0 8 a b T\r\n1 2 3 1 c d F"))
	f.Add([]byte("1\n\nO 0 0 0\nVEC1 1 0 0\nVEC2 0 1 0\n2\n\nO 1\nH 1\n0\n\n3\n"))
	for _, c := range readGolden(f) {
		f.Add([]byte(c.Text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := xyz.NewReader(bytes.NewReader(text), xyz.Options{MaxAtoms: 100})
		lines, line := bytes.Count(text, []byte("\n"))+1, 0
		for {
			frame, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				if e := refusal(t, err); e.Line < 1 || e.Line > lines || e.Message == "" {
					t.Fatalf("%v at %d of %d lines", e, e.Line, lines)
				}
				continue
			}
			if frame.Line <= line {
				t.Fatalf("frame at %d after one at %d", frame.Line, line)
			}
			line = frame.Line
			holds(t, frame)
		}
	})
}

func FuzzComment(f *testing.F) {
	for _, c := range readGolden(f) {
		if lines := strings.Split(c.Text, "\n"); len(lines) > 1 {
			f.Add(lines[1])
		}
	}
	f.Fuzz(func(t *testing.T, comment string) {
		if strings.Contains(comment, "\n") {
			t.Skip("more than a line")
		}
		r := xyz.NewReader(strings.NewReader("1\n"+comment+"\nO 1 2 3 4 5 6 7 8 9"), xyz.Options{MaxAtoms: 1000})
		frame, err := r.Next()
		if err != nil {
			if e := refusal(t, err); e.Line < 1 || e.Line > 3 {
				t.Fatalf("%v at %d", e, e.Line)
			}
			return
		}
		holds(t, frame)
	})
}

func FuzzAtoms(f *testing.F) {
	f.Add(atoms25())
	f.Add([]byte(`{"symbols":["O","X"],"positions":[[0,1e-5,-2.5E3],[1,2,3]],"cell":[[1,0,0],[0,1,0],[0,0,0]],"pbc":[true,true,false]}`))
	f.Add([]byte(`{"numbers":[0],"positions":[[0,0,0]],"cell":null,"pbc":false}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := xyz.ParseAtoms(data)
		if err != nil {
			if e := refusal(t, err); e.Message == "" || e.Code == "" {
				t.Fatal("a refusal without a reason")
			}
			return
		}
		holds(t, frame)
		var plain struct {
			Numbers   []int
			Symbols   []string
			Positions [][]float64
		}
		if err := json.Unmarshal(data, &plain); err != nil {
			t.Fatalf("read, but no JSON: %v", err)
		}
		for i, p := range plain.Positions {
			if !reflect.DeepEqual(p, frame.Positions[i][:]) {
				t.Fatalf("positions/%d: %v, want %v", i, frame.Positions[i], p)
			}
		}
		for i, s := range plain.Symbols {
			if z, ok := molecule.AtomicNumber(s); s != "X" && (!ok || z != frame.Numbers[i]) {
				t.Fatalf("symbols/%d: %s is %d", i, s, frame.Numbers[i])
			}
		}
	})
}
