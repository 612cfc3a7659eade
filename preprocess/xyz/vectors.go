package xyz

import (
	"bytes"
	"strconv"

	"molserve/preprocess/molecule"
)

// isVector is true of a line that ASE takes for a lattice vector behind the atoms: VEC1 x y z.
func isVector(line []byte) bool {
	begin, _ := token(line, 0)
	return bytes.HasPrefix(line[begin:], []byte("VEC"))
}

// vectors reads the lattice vectors behind the atoms. Where there are some they alone say the cell and
// pbc, and the comment line is a comment.
func (r *Reader) vectors(f *Frame, comment []byte) error {
	n := 0
	for {
		line, err := r.lines.next()
		if err != nil || !isVector(line) {
			r.lines.hold()
			return nil
		}
		if n == 0 {
			f.Cell, f.PBC, f.Comment = new([3][3]float64), [3]bool{}, ""
			f.Info = []Named{{Name: "comment", Array: Text(string(comment))}}
		}
		if err := f.setVector(n, line); err != nil {
			return r.at(err)
		}
		n++
	}
}

// setVector reads vector a, counted from 0.
func (f *Frame) setVector(a int, line []byte) error {
	begin, end := token(line, 0)
	if a > 2 {
		return refuse(molecule.CodeFormat, "more than three VEC lines")
	}
	if string(line[begin:end]) != "VEC"+strconv.Itoa(a+1) {
		return refuse(molecule.CodeFormat, "%q where VEC%d should be", quoted(line[begin:end]), a+1)
	}
	for k := range 3 {
		x, next, ok := float(line, end)
		if !ok || !inRange(x) {
			return refuse(molecule.CodeFormat, "VEC%d has not three finite numbers within %g Å", a+1, maxLength)
		}
		f.Cell[a][k], end = x, next
	}
	if begin, end := token(line, end); begin < end {
		return refuse(molecule.CodeFormat, "VEC%d has more than three numbers", a+1)
	}
	f.PBC[a] = true
	return nil
}
