package rows

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\t\x00\x7fé\u2028\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendString(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && back != eachInvalidByte(s) {
			t.Fatalf("%q became %s (%v)", s, AppendString(nil, s), err)
		}
	})
}

// eachInvalidByte replaces bytes one by one, where ToValidUTF8 replaces runs.
func eachInvalidByte(s string) string { return string([]rune(s)) }

func TestNumbersComeBackBitForBit(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -2.5, 1.0 / 3, 1e21, 1e20, 1e-6, 9.99e-7, math.MaxFloat64, math.SmallestNonzeroFloat64, 123456789.123456789} {
		text := AppendNumber(nil, v)
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
		if got := string(AppendArray(nil, c.shape, data)); got != c.want {
			t.Errorf("%v: %s", c.shape, got)
		}
	}
}
