package onnx_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
)

// linked is the manifest of the pairs' network whose two numbers come from other models.
func linked(t *testing.T, from ...onnx.Source) *onnx.Manifest {
	t.Helper()
	m, err := onnx.ReadBundle(folder(t, "links", func(m *onnx.Manifest) {
		m.Accepts, m.Inputs[2].From = []string{"graph"}, from
	}).Dir)
	if err != nil {
		t.Fatal(err)
	}
	return m.Manifest()
}

// source is a model of a chain: what it says of record k is values(k).
type source struct {
	outputs []onnx.Output
	kinds   []string
	values  func(text string) (onnx.Row, error)
	asked   [][]preprocess.Record
	done    int
}

func (s *source) find(name, version string) (onnx.Asked, error) {
	if name == "gone" {
		return onnx.Asked{}, errors.New("it is not here")
	}
	a := onnx.AskedOf(&onnx.Manifest{Accepts: s.kinds}, s.outputs)
	a.Done = func() { s.done++ }
	a.Predict = func(_ context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		s.asked = append(s.asked, slices.Clone(recs))
		rows := make([]onnx.Row, len(recs))
		for k := range recs {
			var err error
			if rows[k], err = s.values(recs[k].Text); err != nil {
				return nil, err
			}
		}
		return rows, nil
	}
	return a, nil
}

func number(v float64) onnx.Value { return onnx.Value{Data: []float64{v}} }

// lengths answers with the length of the text and its double, and refuses x.
func lengths() *source {
	return &source{kinds: []string{"graph"},
		outputs: []onnx.Output{{Name: "length", Per: "graph"}, {Name: "both", Per: "batch"}, {Name: "atoms", Per: "atom"}},
		values: func(text string) (onnx.Row, error) {
			if text == "x" {
				return onnx.Row{Err: molecule.Refuse(molecule.CodeUnsupported, 3, "x is no molecule")}, nil
			}
			n := float64(len(text))
			if text == "huge" {
				n = 1e300
			}
			return onnx.Row{Values: []onnx.Value{number(n), {Shape: []int{2}, Data: []float64{n, 2 * n}}, {}}}, nil
		}}
}

// told answers with the text and the auxiliary numbers that it was told.
func told(got *[]preprocess.Record) func(context.Context, []preprocess.Record) ([]onnx.Row, error) {
	return func(_ context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		*got = append(*got, recs...)
		return make([]onnx.Row, len(recs)), nil
	}
}

func graphRecord(text, aux string) preprocess.Record {
	return preprocess.Record{ID: "id " + text, Kind: preprocess.RawGraph, Text: text, Auxiliary: aux, Pairs: "[[0,0]]"}
}

func TestAChainGivesNumbersToRecordsThatHaveNone(t *testing.T) {
	m, s := linked(t, onnx.Source{Model: "a", Version: "1", Output: "both"}), lengths()
	var got []preprocess.Record
	rows, err := m.Chain(t.Context(), []preprocess.Record{graphRecord("abc", ""), graphRecord("sent", "[7,8]"), graphRecord("x", ""), graphRecord("ab", ""), graphRecord("huge", "")}, s.find, told(&got))
	if err != nil {
		t.Fatal(err)
	}
	var aux []string
	for _, r := range got {
		aux = append(aux, r.Text+r.Auxiliary)
		if r.Pairs == "" {
			t.Errorf("%s lost its pairs", r.Text)
		}
	}
	if want := []string{"abc[3,6]", "sent[7,8]", "ab[2,4]"}; !slices.Equal(aux, want) {
		t.Errorf("predicted %v, want %v", aux, want)
	}
	if len(s.asked) != 1 || s.done != 1 || len(s.asked[0]) != 4 || s.asked[0][0].Pairs != "" || s.asked[0][0].ID != "id abc" {
		t.Errorf("asked %+v, done %d", s.asked, s.done)
	}
	for i, want := range [][]float32{{3, 6}, nil, nil, {2, 4}, nil} {
		if rows[i].Index != i || !slices.Equal(rows[i].Chained, want) || (rows[i].Chained == nil) != (want == nil) {
			t.Errorf("row %d: %+v, want %v", i, rows[i], want)
		}
	}
	if e := rows[2].Err; e == nil || e.Code != molecule.CodeUnsupported || e.Offset != 3 || e.Message != "auxiliary comes from a@1, which refuses the molecule: x is no molecule" || rows[2].ID != "id x" {
		t.Errorf("refused by the source: %+v", rows[2])
	}
	if e := rows[4].Err; e == nil || e.Code != onnx.CodeNotFinite {
		t.Errorf("beyond float32: %+v", rows[4])
	}
}

func TestEachVersionOfAChainIsAskedOnce(t *testing.T) {
	m := linked(t, onnx.Source{Model: "a", Version: "1", Output: "length"}, onnx.Source{Model: "a", Version: "1", Output: "length"})
	s := lengths()
	var got []preprocess.Record
	if _, err := m.Chain(t.Context(), []preprocess.Record{graphRecord("abcd", "")}, s.find, told(&got)); err != nil || got[0].Auxiliary != "[4,4]" || len(s.asked) != 1 {
		t.Errorf("%v, %+v, asked %d times", err, got, len(s.asked))
	}
}

func TestWhoSendsAllNumbersAsksNobody(t *testing.T) {
	m, s := linked(t, onnx.Source{Model: "gone", Version: "1", Output: "both"}), lengths()
	var got []preprocess.Record
	if _, err := m.Chain(t.Context(), []preprocess.Record{graphRecord("a", "[1,2]")}, s.find, told(&got)); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", err, got)
	}
	if _, err := m.Chain(t.Context(), nil, s.find, told(&got)); err != nil {
		t.Error(err)
	}
}

func TestChainsThatCannotBeSayWhy(t *testing.T) {
	broken := errors.New("the run was ended")
	for want, c := range map[string]struct {
		from   []onnx.Source
		change func(*source)
	}{
		"auxiliary comes from output both of gone@3: it is not here; send auxiliary with each molecule to do without": {from: []onnx.Source{{Model: "gone", Version: "3", Output: "both"}}},
		"output none of a@1: there is no such output":                                                                 {from: []onnx.Source{{Model: "a", Version: "1", Output: "none"}}},
		"output atoms of a@1: it is per atom; auxiliary is per graph":                                                 {from: []onnx.Source{{Model: "a", Version: "1", Output: "atoms"}}},
		"all sources give 1 numbers, input aux takes 2":                                                               {from: []onnx.Source{{Model: "a", Version: "1", Output: "length"}}},
		"all sources give 3 numbers, input aux takes 2":                                                               {from: []onnx.Source{{Model: "a", Version: "1", Output: "length"}, {Model: "a", Version: "1", Output: "both"}}},
		`auxiliary comes from output both of a@1: record 1 is graph, the model takes [smiles]; `:                      {from: []onnx.Source{{Model: "a", Version: "1", Output: "both"}}, change: func(s *source) { s.kinds = []string{"smiles"} }},
		"the run was ended": {from: []onnx.Source{{Model: "a", Version: "1", Output: "both"}}, change: func(s *source) {
			s.values = func(string) (onnx.Row, error) { return onnx.Row{}, broken }
		}},
		"output both of a@1: the molecule has none": {from: []onnx.Source{{Model: "a", Version: "1", Output: "both"}}, change: func(s *source) {
			s.values = func(string) (onnx.Row, error) { return onnx.Row{Values: make([]onnx.Value, 3)}, nil }
		}},
	} {
		s := lengths()
		if c.change != nil {
			c.change(s)
		}
		var got []preprocess.Record
		_, err := linked(t, c.from...).Chain(t.Context(), []preprocess.Record{graphRecord("s", "[1,1]"), graphRecord("a", "")}, s.find, told(&got))
		var chain *onnx.ChainError
		if err == nil || !strings.Contains(err.Error(), want) || len(got) > 0 || errors.As(err, &chain) == errors.Is(err, broken) {
			t.Errorf("%v, want %q; predicted %v", err, want, got)
		}
		if c.from[0].Model == "a" && s.done == 0 {
			t.Errorf("%s: the source is not let go", want)
		}
	}
}

func TestNumbersOfAChainKeepTheirBits(t *testing.T) {
	numbers := []float32{0, -1, 0.1, 1.0 / 3, math.MaxFloat32, math.SmallestNonzeroFloat32, 16777217, 1e-7}
	text := string(onnx.AppendNumbers(nil, numbers))
	var again []float32
	for _, word := range strings.Split(strings.Trim(text, "[]"), ",") {
		var x float32
		if _, err := fmt.Sscan(word, &x); err != nil {
			t.Fatal(err)
		}
		again = append(again, x)
	}
	if !slices.Equal(again, numbers) {
		t.Errorf("%v is written %s", numbers, text)
	}
}
