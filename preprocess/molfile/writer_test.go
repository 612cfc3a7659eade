package molfile

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/smiles"
)

// TestDumpWritten answers tests/parity/sdf_written.py: it reads the SD file MOLSERVE_DUMP_IN and writes each
// record that it reads, with its items, twice: to MOLSERVE_DUMP_OUT and, as V3000, to MOLSERVE_DUMP_V3000.
// What is refused is a record without atoms that has the reason.
func TestDumpWritten(t *testing.T) {
	from := os.Getenv("MOLSERVE_DUMP_IN")
	if from == "" {
		t.Skip("MOLSERVE_DUMP_IN is not set")
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	in, err := os.Open(from)
	must(err)
	defer in.Close()
	options := Options{}
	if os.Getenv("MOLSERVE_DUMP_KEEP") != "" {
		options.Hydrogens = molecule.Keep
	}
	for v3000, to := range map[bool]string{false: os.Getenv("MOLSERVE_DUMP_OUT"), true: os.Getenv("MOLSERVE_DUMP_V3000")} {
		_, err := in.Seek(0, io.SeekStart)
		must(err)
		out, err := os.Create(to)
		must(err)
		reader, writer := NewReader(in, options), NewWriter(out)
		for {
			r, err := reader.Next()
			if err == io.EOF {
				break
			}
			if err == nil {
				err = writer.Write(r.Mol, r.Positions, r.Props, BlockOptions{Dim: r.Dim, V3000: v3000})
			}
			if err != nil {
				must(writer.WriteText("", []Prop{{"molserve_error", err.Error()}}))
			}
		}
		must(errors.Join(writer.Flush(), out.Close()))
	}
}

var awkward = []Prop{{"plain", "1.5"}, {"empty", ""}, {"lines", "a\nb\r\nc"}, {"blank line", "a\n\nb"}, {"end", "$$$$\n$$$$ x"},
	{"item", "> <x>\n>10 µM"}, {"<odd> name>", " v "}, {"M  END", "M  END"}, {"a\nb", "x\n"}}

// readBack are the items as a reader finds them.
var readBack = []Prop{{"plain", "1.5"}, {"empty", ""}, {"lines", "a\nb\nc"}, {"blank line", "a\n \nb"}, {"end", " $$$$\n $$$$ x"},
	{"item", " > <x>\n>10 µM"}, {"<odd> name>", " v "}, {"M  END", "M  END"}, {"a b", "x\n "}}

func TestItemsOfEveryKindStayInTheirRecord(t *testing.T) {
	r := read(t, ethanol)
	r.Mol.Title = "$$$$\nx"
	var file strings.Builder
	w := NewWriter(&file)
	for range 3 {
		if err := w.Write(r.Mol, r.Positions, awkward, BlockOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(r.Mol, r.Positions, []Prop{{"", "x"}}, BlockOptions{}); err == nil {
		t.Error("an item without a name is written")
	}
	w.Flush()
	s := NewReader(strings.NewReader(file.String()), Options{})
	for range 3 {
		got, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got.Mol.Title != " $$$$ x" || !slices.Equal(got.Props, readBack) {
			t.Errorf("%q %q", got.Mol.Title, got.Props)
		}
	}
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("%v behind the last record", err)
	}
}

func TestTextsKeepEveryByteAndGetItems(t *testing.T) {
	crlf := strings.ReplaceAll(ethanol, "\n", "\r\n")
	for text, want := range map[string]string{
		ethanol:                           ethanol + ">  <p>\n1\n\n$$$$\n",
		strings.TrimSuffix(ethanol, "\n"): ethanol + ">  <p>\n1\n\n$$$$\n",
		crlf:                              crlf + ">  <p>\r\n1\r\n\r\n$$$$\r\n",
		ethanol + "> <a>\nv\n\n":          ethanol + "> <a>\nv\n\n>  <p>\n1\n\n$$$$\n",
		ethanol + "> <a>\nv":              ethanol + "> <a>\nv\n\n>  <p>\n1\n\n$$$$\n",
		ethanol + "> <a>\nv\n \n":         ethanol + "> <a>\nv\n \n\n>  <p>\n1\n\n$$$$\n",
		ethanol + "$$$$\n" + ethanol:      ethanol + ">  <p>\n1\n\n$$$$\n",
		ethanol + "junk\n> <a>\nv\n\n":    ethanol + ">  <p>\n1\n\njunk\n> <a>\nv\n\n$$$$\n",
		ethanol + "> <a>\nv\n\njunk":      ethanol + ">  <p>\n1\n\n> <a>\nv\n\njunk\n$$$$\n",
		crlf + "> \r\nx":                  crlf + ">  <p>\r\n1\r\n\r\n> \r\nx\r\n$$$$\r\n",
		edit(3, "M  END") + "junk\n":      edit(3, "M  END") + ">  <p>\n1\n\njunk\n$$$$\n",
		"broken":                          "broken\n\n>  <p>\n1\n\n$$$$\n",
		"":                                noRecord + ">  <p>\n1\n\n$$$$\n",
		"$$$$\n":                          "\n>  <p>\n1\n\n$$$$\n",
	} {
		var file strings.Builder
		w := NewWriter(&file)
		if err := errors.Join(w.WriteText(text, []Prop{{"p", "1"}}), w.Flush()); err != nil {
			t.Fatal(err)
		}
		if file.String() != want {
			t.Errorf("%q is written as %q, want %q", text, file.String(), want)
		}
	}
}

// drawn gives atoms places on a circle.
func drawn(n int) (places [][3]float64) {
	for i := range n {
		places = append(places, [3]float64{float64(i % 7), float64(i / 7), 0})
	}
	return places
}

func TestWhatNeedsV3000GetsIt(t *testing.T) {
	for text, v3000 := range map[string]bool{"CCO": false, "N->[Cu]": true, "[CH3:1000]C": true, "[12345*]C": true, "[1*]C": false, "[*+]C": false,
		strings.Repeat("C", 1000): true, strings.Repeat("C", 999): false} {
		m, err := smiles.Parse(text, smiles.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, forced := range []bool{false, true} {
			block, err := AppendBlock(nil, m, nil, BlockOptions{V3000: forced})
			if err != nil {
				t.Fatal(text, err)
			}
			if got := strings.Contains(string(block), "V3000"); got != (v3000 || forced) {
				t.Errorf("%.20s: V3000 is %v", text, got)
			}
			if !strings.HasSuffix(string(block), "M  END\n") {
				t.Errorf("%.20s: %s", text, block)
			}
		}
	}
}

func TestStereoNeedsCoordinatesThatShowIt(t *testing.T) {
	for _, c := range []struct {
		text   string
		places [][3]float64
		want   error
	}{
		{"CC=CC", nil, nil},
		{"C[C@H](N)O", nil, ErrNoCoordinates},
		{"C/C=C/C", nil, ErrNoCoordinates},
		{"C[C@H](N)O", [][3]float64{{0, 0, 0}, {1, 0.5, 0}, {2, 0, 0}, {1, 1.5, 0}}, nil},
		{"C[C@H](N)O", [][3]float64{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, ErrStereo},
		{"C/C=C/C", [][3]float64{{0, 1, 0}, {0, 0, 0}, {1, 0, 0}, {1, -1, 0}}, nil},
		{"C/C=C\\C", [][3]float64{{0, 1, 0}, {0, 0, 0}, {1, 0, 0}, {1, -1, 0}}, ErrStereo},
		{"CC=CC", [][3]float64{{0, 1, 0}, {0, 0, 0}, {1, 0, 0}, {1, -1, 0}}, nil},
		{"C$C", drawn(2), ErrUnwritable},
		{"F[Pt@SP1](Cl)(Br)I", drawn(5), ErrUnwritable},
	} {
		m, err := smiles.Parse(c.text, smiles.Options{})
		if err != nil {
			t.Fatal(err)
		}
		block, err := AppendBlock(nil, m, c.places, BlockOptions{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v\n%s", c.text, err, c.want, block)
		}
	}
}

// FuzzWriteText holds that a text and items behind it are one record, whose items are read if its molfile is.
func FuzzWriteText(f *testing.F) {
	for _, tail := range []string{"", "> <a>\nv", "junk", "> <a>\n\n\n\n", "$$$$\n", "> \n\n> <p>\n2\n\n"} {
		f.Add(ethanol + tail)
		f.Add(strings.ReplaceAll(alanine, "\n", "\r\n") + tail)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var file strings.Builder
		w := NewWriter(&file)
		if err := errors.Join(w.WriteText(text, []Prop{{"p", "1"}}), w.WriteText(ethanol, nil), w.Flush()); err != nil {
			t.Fatal(err)
		}
		s := NewReader(strings.NewReader(file.String()), Options{})
		first, _, err := s.NextText()
		second, _, also := s.NextText()
		if _, _, end := s.NextText(); err != nil || also != nil || end != io.EOF || second != ethanol {
			t.Fatalf("%v %v %v: %q", err, also, end, file.String())
		}
		before, err := Parse(text, Options{})
		if err != nil {
			return
		}
		after, err := Parse(first, Options{})
		if err != nil || len(after.Mol.Atoms) != len(before.Mol.Atoms) || !slices.Contains(after.Props, Prop{"p", "1"}) {
			t.Fatalf("%v: %q of %q", err, first, text)
		}
	})
}
