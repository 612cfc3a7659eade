package inspect

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"molserve/preprocess/geometry"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// HarmonicsRecord is the record of --spherical-harmonics.
type HarmonicsRecord struct {
	V [3]float64 `json:"v"`
	Y []float64  `json:"y"` // [(L+1)²]
}

// longestRow is the most bytes of a row "x y z".
const longestRow = 1 << 12

// Harmonics reads a vector "x y z" a line from r and writes an object a line to w, in order, until r
// ends. h must be valid. It fails only when r or w does.
func Harmonics(r io.Reader, w io.Writer, h geometry.Harmonics) error {
	out := newPrinter(w)
	lines := stream.NewLines(r, longestRow)
	y := make([]float64, h.Width())
	for n := 1; ; n++ {
		line, err := lines.Next()
		if err == io.EOF {
			return out.Flush()
		}
		if err == nil {
			err = out.print(harmonicsOf(string(line), n, y, h))
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
	}
}

// harmonicsOf makes the object of line n, in the memory of y.
func harmonicsOf(line string, n int, y []float64, h geometry.Harmonics) any {
	v, err := parseVector(line)
	if err != nil {
		return newLineRefusal(err, n)
	}
	h.Eval(y, v)
	for _, x := range y {
		if math.IsInf(x, 0) || math.IsNaN(x) { // with KeepLength
			return newLineRefusal(molecule.Refuse(molecule.CodeFormat, -1, "the harmonics of %v are not finite", v), n)
		}
	}
	return &HarmonicsRecord{v, y}
}

// parseVector reads three finite numbers.
func parseVector(line string) (v [3]float64, err error) {
	if len(line) > longestRow {
		return v, molecule.Refuse(molecule.CodeTooLong, -1, "more than %d bytes", longestRow)
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return v, molecule.Refuse(molecule.CodeEmpty, -1, "no vector")
	}
	if len(words) != 3 {
		return v, molecule.Refuse(molecule.CodeFormat, -1, "%d words; a vector is three numbers: x y z", len(words))
	}
	for a, word := range words {
		if v[a], err = strconv.ParseFloat(word, 64); err != nil || math.IsInf(v[a], 0) || math.IsNaN(v[a]) {
			return v, molecule.Refuse(molecule.CodeFormat, -1, "%.40q is not a finite number", word)
		}
	}
	return v, nil
}
