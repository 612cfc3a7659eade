package xyz_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

func refusal(t testing.TB, err error) *molecule.Error {
	t.Helper()
	var e *molecule.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no refusal", err)
	}
	return e
}

// items reads text: "n atoms at line l" of every frame, "code at line l" of every refusal.
func items(t testing.TB, r io.Reader, o xyz.Options) (list []string) {
	t.Helper()
	reader := xyz.NewReader(r, o)
	for {
		f, err := reader.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			e := refusal(t, err)
			list = append(list, fmt.Sprintf("%s at %d", e.Code, e.Line))
			continue
		}
		list = append(list, fmt.Sprintf("%d atoms at %d", f.N(), f.Line))
	}
}

const good = "1\n\nO 0 0 0\n"

func TestARefusedFrameNeverLosesTheNext(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"good", good + good, []string{"1 atoms at 1", "1 atoms at 4"}},
		{"unknown element", "2\n\nO 0 0 0\nQq 0 0 0\n" + good, []string{"bad_element at 4", "1 atoms at 5"}},
		{"element number", "1\n\n119 0 0 0\n" + good, []string{"bad_element at 3", "1 atoms at 4"}},
		{"no number", "2\n\nO 0 zero 0\nH 0 0 0\n" + good, []string{"format at 3", "1 atoms at 5"}},
		{"missing number", "2\n\nO 0 0\nH 0 0 0\n" + good, []string{"format at 3", "1 atoms at 5"}},
		{"NaN", "1\n\nO 0 nan 0\n" + good, []string{"format at 3", "1 atoms at 4"}},
		{"1e300", "1\n\nO 0 1e300 0\n" + good, []string{"format at 3", "1 atoms at 4"}},
		{"beyond float64", "1\n\nO 0 -1e999 0\n" + good, []string{"format at 3", "1 atoms at 4"}},
		{"no atoms", "0\n\n" + good, []string{"empty at 1", "1 atoms at 3"}},
		{"too large", "6\n\nO\nO\nO\nO\nO\nO\n" + good, []string{"too_large at 1", "1 atoms at 9"}},
		{"flat cell", "1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"cell with NaN", "1\nLattice=\"1 0 0 0 nan 0 0 0 1\"\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"cell of words", "1\nLattice=\"a b c\"\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"vector without length", "1\nLattice=\"1 0 0 0 1 0 0 0 0\"\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"unknown type", "1\nProperties=species:S:1:pos:Q:3\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"huge width", "1\nProperties=species:S:1:pos:R:3:x:R:999999999999\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"many values", "1\nProperties=species:S:1:pos:R:3:x:R:1000000\nO 0 0 0\n" + good, []string{"too_large at 2", "1 atoms at 4"}},
		{"not UTF-8", "1\na=\xff\nO 0 0 0\n" + good, []string{"format at 2", "1 atoms at 4"}},
		{"long line", "1\n" + strings.Repeat("x", 200) + "\nO 0 0 0\n" + good, []string{"too_large at 2", "1 atoms at 4"}},
		{"bad vectors", "1\n\nO 0 0 0\nVEC2 1 0 0\nVEC3 1 0 0\n" + good, []string{"format at 4", "1 atoms at 6"}},
	} {
		if got := items(t, strings.NewReader(c.text), xyz.Options{MaxAtoms: 5, MaxLine: 100}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := items(t, iotest.OneByteReader(strings.NewReader(c.text)), xyz.Options{MaxAtoms: 5, MaxLine: 100}); !slices.Equal(got, c.want) {
			t.Errorf("%s, byte by byte: %q", c.name, got)
		}
	}
}

func TestWhereNoFrameCanBeFoundTheStreamEnds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", []string{"empty at 1"}},
		{"blanks", "\n \n", []string{"empty at 1"}},
		{"blank end", good + "\n\n", []string{"1 atoms at 1"}},
		{"frame after a blank line", good + "\n" + good, []string{"1 atoms at 1", "format at 5"}},
		{"bad count", good + "O 0 0 0\n" + good, []string{"1 atoms at 1", "format at 4"}},
		{"negative count", "-1\n\n" + good, []string{"format at 1"}},
		{"huge count", "99999999999999999999\n\n" + good, []string{"format at 1"}},
		{"count of a float", "1.0\n\n" + good, []string{"format at 1"}},
		{"count too large for the file", "9223372036854775807\n\n" + good, []string{"too_large at 1"}},
		{"count without a frame", "3", []string{"format at 1"}},
		{"cut frame", good + "3\n\nO 0 0 0\nH 0 0 1", []string{"1 atoms at 1", "format at 7"}},
		{"count too high", "2\n\nO 0 0 0\n" + good, []string{"format at 4", "format at 6"}},
		{"byte order mark", "\ufeff" + good, []string{"1 atoms at 1"}},
	} {
		if got := items(t, strings.NewReader(c.text), xyz.Options{}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatTheReaderBelowFailsWithIsTold(t *testing.T) {
	broken := errors.New("broken pipe")
	r := xyz.NewReader(io.MultiReader(strings.NewReader(good+"2\n\nO 0 0 0\n"), iotest.ErrReader(broken)), xyz.Options{})
	if f, err := r.Next(); err != nil || f.N() != 1 {
		t.Fatalf("first frame: %v", err)
	}
	for range 2 {
		if _, err := r.Next(); err != broken {
			t.Fatalf("%v, want %v", err, broken)
		}
	}
}

func TestMessagesNameTheColumn(t *testing.T) {
	for text, want := range map[string]string{
		"1\n\nO 0 x 0\n":  `column pos: "x" is not a number`,
		"1\n\nO 0 0\n":    "the line ends before column pos is full; a number is missing",
		"1\n\nQq 0 0 0\n": `no element is called "Qq"`,
		"2\n\nO 0 0 0\n":  "the file ends after 1 of 2 atoms",
		"1\nProperties=species:S:1:pos:R:3:f:R:3\nO 0 0 0 1 y 2\n": `column f: "y" is not a number`,
	} {
		_, err := xyz.NewReader(strings.NewReader(text), xyz.Options{}).Next()
		if e := refusal(t, err); e.Message != want {
			t.Errorf("%q: %q, want %q", text, e.Message, want)
		}
	}
}

// TestMemoryDoesNotFollowTheCount: a frame that claims much and is cut must not take memory for it.
func TestMemoryDoesNotFollowTheCount(t *testing.T) {
	text := "1000000\nProperties=species:S:1:pos:R:3:f:R:30\nO 0 0 0\n"
	bytes := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			items(b, strings.NewReader(text), xyz.Options{})
		}
	}).AllocedBytesPerOp()
	if bytes > 4<<20 {
		t.Errorf("%d bytes for a frame of one line", bytes)
	}
}
