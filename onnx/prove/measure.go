package prove

import (
	"fmt"
	"math"
	"strings"
)

// finding collects deviations and keeps the worst with its place.
type finding struct {
	worst    float64
	where    string // of the worst; empty: nothing deviates
	compared int
}

// see takes one deviation; a NaN is infinite. where is asked only for a new worst.
func (f *finding) see(deviation float64, where func() string) {
	f.compared++
	if math.IsNaN(deviation) {
		deviation = math.Inf(1)
	}
	if deviation > f.worst {
		f.worst, f.where = deviation, where()
	}
}

// closeTo compares numbers by relative; place names what they belong to.
func (f *finding) closeTo(got, want []float64, place func() string) {
	f.each(got, want, place, relative)
}

// same counts numbers of other bits: worst is their count, where the first of them.
func (f *finding) same(got, want []float64, place func() string) {
	f.compared += len(want)
	if len(got) != len(want) {
		f.worst, f.where = math.Inf(1), fmt.Sprintf("%s: %d numbers against %d", place(), len(got), len(want))
		return
	}
	for i := range want {
		if math.Float64bits(got[i]) == math.Float64bits(want[i]) {
			continue
		}
		if f.worst++; f.where == "" {
			f.where = fmt.Sprintf("%s[%d]: %v against %v", place(), i, got[i], want[i])
		}
	}
}

func (f *finding) each(got, want []float64, place func() string, deviation func(a, b float64) float64) {
	if len(got) != len(want) {
		f.see(math.Inf(1), func() string { return fmt.Sprintf("%s: %d numbers against %d", place(), len(got), len(want)) })
		return
	}
	for i := range want {
		f.see(deviation(got[i], want[i]), func() string { return fmt.Sprintf("%s[%d]: %v against %v", place(), i, got[i], want[i]) })
	}
}

// say makes the outcome; the words tell what was compared. Where nothing was, no law has been seen to hold.
func (f *finding) say(format string, args ...any) outcome {
	if f.compared == 0 && f.where == "" {
		return outcome{measured: math.Inf(1), detail: fmt.Sprintf(format, args...), worst: "nothing was compared"}
	}
	return outcome{measured: f.worst, detail: fmt.Sprintf(format, args...), worst: f.where}
}

// relative is the contract's error of a against the truth b.
func relative(a, b float64) float64 { return math.Abs(a-b) / max(1, math.Abs(b)) }

// ulps is the number of float32 steps between two float32 numbers.
func ulps(a, b float32) float64 {
	if a != a || b != b {
		return math.Inf(1)
	}
	return math.Abs(float64(ordinal(a)) - float64(ordinal(b)))
}

// ordinal numbers the float32 values in their order; both zeros are 0.
func ordinal(v float32) int64 {
	bits := math.Float32bits(v)
	if bits&(1<<31) != 0 {
		return -int64(bits &^ (1 << 31))
	}
	return int64(bits)
}

// faults is a finding of whole things that are wrong: its measure is their number.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// shown bounds how many faults a certificate spells out.
const shown = 5

func (f faults) outcome() outcome {
	text := strings.Join(f[:min(shown, len(f))], "; ")
	if len(f) > shown {
		text += fmt.Sprintf("; and %d more", len(f)-shown)
	}
	return outcome{measured: float64(len(f)), detail: fmt.Sprintf("%d faults", len(f)), worst: text}
}
