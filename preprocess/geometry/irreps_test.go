package geometry_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/geometry"
)

func TestIrrepsAreReadAndPrintedAsE3nnDoes(t *testing.T) {
	for _, c := range []struct {
		text, printed string
		dim, lmax     int
	}{
		{"16x0e+16x1o+16x2e", "16x0e+16x1o+16x2e", 144, 2},
		{"", "", 0, -1},
		{"  ", "", 0, -1},
		{"1o", "1x1o", 3, 1},
		{" 100x0e + 50x1e + 0x2e ", "100x0e+50x1e+0x2e", 250, 1},
		{"0y+1y+2y+3y", "1x0e+1x1o+1x2e+1x3o", 16, 3},
		{"2 x 12e", "2x12e", 50, 12},
		{"0x1o", "0x1o", 0, -1},
		{"007x01o", "7x1o", 21, 1},
	} {
		s, err := geometry.ParseIrreps(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if s.String() != c.printed || s.Dim() != c.dim || s.LMax() != c.lmax {
			t.Errorf("%q: %q, dim %d, lmax %d", c.text, s, s.Dim(), s.LMax())
		}
	}
}

func TestIrrepsErrorsNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"x1o":               `irreps: "" is not a number in 0..16777216 at offset 0`,
		"16x":               "irreps: an irrep such as 1o is missing at offset 3",
		"1o+":               "irreps: an irrep such as 1o is missing at offset 3",
		"1o++2e":            "irreps: an irrep such as 1o is missing at offset 3",
		"16x0e+16x1u":       `irreps: parity "u" is none of e, o, y at offset 10`,
		"1o + e":            `irreps: "" is not a number in 0..127 at offset 5`,
		"1o+-2x1e":          `irreps: "-2" is not a number in 0..16777216 at offset 3`,
		"1o+ 2.5x1e":        `irreps: "2.5" is not a number in 0..16777216 at offset 4`,
		"2x2x1o":            `irreps: "2x1" is not a number in 0..127 at offset 2`,
		"1x128e":            `irreps: "128" is not a number in 0..127 at offset 2`,
		"9999999x1o":        "irreps: more than 16777216 columns at offset 0",
		"99999999999999x0e": `irreps: "99999999999999" is not a number in 0..16777216 at offset 0`,
		"1é":                `irreps: "1\xc3" is not a number in 0..127 at offset 0`,
	} {
		_, err := geometry.ParseIrreps(text)
		var place *geometry.IrrepsError
		if !errors.As(err, &place) || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestIrrepsSlicesAndCounts(t *testing.T) {
	s, err := geometry.ParseIrreps("2x0e+1e+3x1o+4x0e")
	if err != nil {
		t.Fatal(err)
	}
	want := []geometry.Slice{{Start: 0, End: 2}, {Start: 2, End: 5}, {Start: 5, End: 14}, {Start: 14, End: 18}}
	if got := s.Slices(); !slices.Equal(got, want) {
		t.Errorf("slices %v", got)
	}
	if n := s.Count(geometry.Irrep{L: 0, P: 1}); n != 6 {
		t.Errorf("%d copies of 0e", n)
	}
	if h := (geometry.Harmonics{LMax: 3}); h.Irreps().String() != "1x0e+1x1o+1x2e+1x3o" || h.Irreps().Dim() != h.Width() {
		t.Errorf("irreps of the harmonics: %s", h.Irreps())
	}
}

func TestIrrepsAreTextInJSON(t *testing.T) {
	var s geometry.Irreps
	if err := json.Unmarshal([]byte(`"8x0e+4x1o"`), &s); err != nil {
		t.Fatal(err)
	}
	if out, err := json.Marshal(s); err != nil || string(out) != `"8x0e+4x1o"` {
		t.Errorf("%s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`"8x"`), &s); err == nil || !strings.Contains(err.Error(), "offset 2") {
		t.Errorf("got %v", err)
	}
}

func ExampleParseIrreps() {
	s, err := geometry.ParseIrreps("16x0e + 16x1o + 16x2e")
	fmt.Println(s, s.Dim(), s.LMax(), s.Slices(), err)
	// Output: 16x0e+16x1o+16x2e 144 2 [{0 16} {16 64} {64 144}] <nil>
}

// What is read prints to text that reads the same, and its slices tile a row.
func FuzzIrreps(f *testing.F) {
	for _, seed := range []string{"", "1o", "16x0e+16x1o+16x2e", " 2 x 3y +0x1e", "1o++", "x", "9999999x127e", "1\x00o"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := geometry.ParseIrreps(text)
		if err != nil {
			var place *geometry.IrrepsError
			if !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := geometry.ParseIrreps(s.String())
		if err != nil || !slices.Equal(s, again) {
			t.Fatalf("%q printed %q: %v", text, s, err)
		}
		end := 0
		for _, c := range s.Slices() {
			if c.Start != end || c.End < c.Start {
				t.Fatalf("%q: slices %v", text, s.Slices())
			}
			end = c.End
		}
		if end != s.Dim() {
			t.Fatalf("%q: slices end at %d of %d", text, end, s.Dim())
		}
	})
}
