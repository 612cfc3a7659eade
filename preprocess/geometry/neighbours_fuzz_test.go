package geometry_test

import (
	"encoding/binary"
	"math"
	"testing"

	"molserve/preprocess/geometry"
)

// FuzzNeighboursAgainstBruteForce reads any bytes as a structure: refused or not, brute force and
// cell list say the same, and of a small one what the definition says.
func FuzzNeighboursAgainstBruteForce(f *testing.F) {
	f.Add([]byte{7, 0, 0, 5, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 200, 100, 0}, 4.0, false)
	f.Add([]byte{3, 9, 9, 0, 9, 30, 30, 30, 9}, 2.5, true)
	f.Add([]byte{0, 200, 0, 0, 0, 200, 0, 0, 0, 200, 9, 1, 1, 1, 2, 2, 2}, 1.0, false)
	f.Add([]byte("\x07coordinates and cells of any eight bytes, not finite ones too, are good for refusals"), 4.0, true)
	f.Fuzz(func(t *testing.T, data []byte, cutoff float64, raw bool) {
		s := decode(data, raw)
		o := geometry.Options{Cutoff: cutoff, MaxEdges: 20_000}
		var brute, cells geometry.Neighbours
		o.Algorithm = geometry.BruteForce
		refused := brute.Build(s, o)
		o.Algorithm = geometry.CellList
		if err := cells.Build(s, o); (err == nil) != (refused == nil) {
			t.Fatalf("brute force says %v, cell list says %v", refused, err)
		}
		sameEdges(t, edgesOf(&cells), edgesOf(&brute))
		if refused == nil && !raw && definable(s, cutoff) && len(plain(s, cutoff)) != brute.Len() {
			t.Fatalf("%d edges, want %d", brute.Len(), len(plain(s, cutoff)))
		}
	})
}

// definable says whether the plain definition ends soon: slivers of cells have many shifts.
func definable(s geometry.Structure, cutoff float64) bool {
	const across = 60 // Å, the farthest that decode sets two atoms apart
	work := float64(len(s.Positions) * len(s.Positions))
	if s.Cell != nil {
		for _, most := range shiftsWithin(*s.Cell, s.PBC, cutoff+across) {
			work *= 2*float64(most) + 1
		}
	}
	return work < 1e6
}

// decode makes a structure of bytes: the first says what repeats, the rest are numbers, nine of a
// cell and then positions. Raw numbers are float64 of eight bytes; others are small, a byte each.
func decode(data []byte, raw bool) geometry.Structure {
	next := func() float64 {
		if raw {
			var b [8]byte
			data = data[copy(b[:], data):]
			return math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
		}
		x := float64(int8(data[0])) / 8 // Å, -16 to 16
		data = data[1:]
		return x
	}
	var s geometry.Structure
	if len(data) == 0 {
		return s
	}
	flags := data[0]
	data = data[1:]
	if flags&8 == 0 && len(data) >= 9 {
		s.Cell = new(geometry.Cell)
		for k := range 9 {
			s.Cell[k/3][k%3] = next()
		}
	}
	s.PBC = [3]bool{flags&1 != 0, flags&2 != 0, flags&4 != 0}
	for len(data) >= 3 && len(s.Positions) < 300 {
		s.Positions = append(s.Positions, [3]float64{next(), next(), next()})
	}
	return s
}
