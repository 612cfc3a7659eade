package serve

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// FuzzParseJSON holds the reader against encoding/json: what it takes is JSON and means the same there.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"smiles":["CCO","c1\u0063"]}`, `{"outputs":["a"],"molecules":[{"id":1.5e3,"smiles":"C"}]}`,
		`{"molecules":[{"atoms":{"a":[1,-2.5e-3,null,true,"x"]}}]}`, `{"molecules":[{"graph":[]}]}`, `{"smiles":["\ud83d\ude00\\\""]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text, err := textOf([]byte(body))
		if err != nil {
			return
		}
		q := &request{max: 100}
		if parseJSON(text, nil, q) != nil {
			return
		}
		var plain struct {
			Smiles    []string
			Molecules []map[string]json.RawMessage
			Outputs   []string
		}
		if err := json.Unmarshal([]byte(text), &plain); err != nil {
			t.Fatalf("taken, but %v: %s", err, text)
		}
		if len(q.records) != max(len(plain.Smiles), len(plain.Molecules)) || !slices.Equal(q.outputs, plain.Outputs) {
			t.Fatalf("%s: %d records, outputs %q", text, len(q.records), q.outputs)
		}
		for i, s := range plain.Smiles {
			if q.records[i].Text != s {
				t.Fatalf("%s: record %d is %q", text, i, q.records[i].Text)
			}
		}
	})
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\t\x00\x7fé\u2028\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(appendString(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && back != eachInvalidByte(s) {
			t.Fatalf("%q became %s (%v)", s, appendString(nil, s), err)
		}
	})
}

// eachInvalidByte replaces bytes one by one, where ToValidUTF8 replaces runs.
func eachInvalidByte(s string) string { return string([]rune(s)) }

func TestNumbersComeBackBitForBit(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -2.5, 1.0 / 3, 1e21, 1e20, 1e-6, 9.99e-7, math.MaxFloat64, math.SmallestNonzeroFloat64, 123456789.123456789} {
		text := appendNumber(nil, v)
		back, err := strconv.ParseFloat(string(text), 64)
		if err != nil || math.Float64bits(back) != math.Float64bits(v) || !json.Valid(text) {
			t.Errorf("%v became %s", v, text)
		}
	}
}

func TestArraysNest(t *testing.T) {
	for _, c := range []struct {
		shape []int
		n     int
		want  string
	}{
		{nil, 1, "0"}, {[]int{0}, 0, "[]"}, {[]int{3}, 3, "[0,1,2]"}, {[]int{2, 3}, 6, "[[0,1,2],[3,4,5]]"}, {[]int{2, 0}, 0, "[[],[]]"},
	} {
		data := make([]float64, c.n)
		for i := range data {
			data[i] = float64(i)
		}
		if got := string(appendArray(nil, c.shape, data)); got != c.want {
			t.Errorf("%v: %s", c.shape, got)
		}
	}
}

func BenchmarkParseJSON(b *testing.B) {
	text := `{"smiles":["` + strings.Repeat(`CC(C)Cc1ccc(cc1)C(C)C(=O)O","`, 255) + `C"]}`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		q := &request{max: 1024}
		if err := parseJSON(text, nil, q); err != nil {
			b.Fatal(err)
		}
	}
}
