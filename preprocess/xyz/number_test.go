package xyz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestFloatsAreTheNearest holds the reader's floats to strconv's, bit by bit.
func TestFloatsAreTheNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	texts := strings.Fields("0 -0 -0.0 1 +1. .5 -.5e3 1e22 1e23 1e-22 9007199254740993 9007199254740992.5 18446744073709551615 18446744073709551616 " +
		"0.1234567890123456789 123456789012345678901234567890.5 1e400 -1e400 1e-400 5e-324 2.2250738585072011e-308 0.000000000000000000000001 00000000000000000000001.5")
	for range 200_000 {
		x := math.Float64frombits(rng.Uint64())
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		texts = append(texts, fmt.Sprint(x), fmt.Sprintf("%.*f", rng.IntN(20), 1000*rng.NormFloat64()),
			fmt.Sprintf("%de-%d", rng.Uint64(), rng.IntN(20)))
	}
	for _, text := range texts {
		want, _ := strconv.ParseFloat(text, 64)
		if got, ok := parseFloat([]byte(text)); !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestWhatIsANumber(t *testing.T) {
	for text, want := range map[string]float64{
		"1.0D+00": 1, "-1.5d-3": -0.0015, "2D2": 200, "1_000.5": 1000.5, "iNf": math.Inf(1), "-Infinity": math.Inf(-1), "+1": 1,
	} {
		if got, ok := parseFloat([]byte(text)); !ok || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, ok, want)
		}
	}
	if got, ok := parseFloat([]byte("-NaN")); !ok || !math.IsNaN(got) {
		t.Errorf("-NaN: %v, %v", got, ok)
	}
	for _, text := range strings.Fields("- + . e5 1e 1e+ --1 0x10 0x1p3 1.5f 1__0 _1 1_ 1._5 nan(5) infinit 1e5.0 1-5 ٣") {
		if got, ok := parseFloat([]byte(text)); ok {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestJSONNumbersAreStrict(t *testing.T) {
	for text, want := range map[string]int{"0": 1, "-0.5": 4, "1e5": 3, "10,": 2, "1.5]": 3, "1.": 0, ".5": 0, "01": 0, "-01": 0, "+1": 0,
		"1d5": 0, "-": 0, "": 0, "0.0": 3, "1e": 1, "NaN": 0} {
		if _, n := jsonFloat([]byte(text)); n != want {
			t.Errorf("%s: %d bytes, want %d", text, n, want)
		}
	}
}

func TestIntegersFit64Bits(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "-0": 0, "+5": 5, "007": 7, "1_0": 10, "9223372036854775807": math.MaxInt64,
		"-9223372036854775808": math.MinInt64} {
		if got, ok := parseInt([]byte(text)); !ok || got != want {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "+", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "1__0", "_1", "x", "--1"} {
		if got, ok := parseInt([]byte(text)); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}
