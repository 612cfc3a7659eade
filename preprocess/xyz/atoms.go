package xyz

import (
	"fmt"
	"math"

	"molserve/preprocess/molecule"
)

// ParseAtoms reads the native form of a structure:
//
//	{"numbers": [8,1,1], "positions": [[x,y,z],…], "cell": [[…],[…],[…]] | null, "pbc": [b,b,b] | b}
//
// with "symbols": ["O","H","H"] in place of numbers, Å. Cell and pbc may be left out; pbc is then true
// with a cell and false without. Besides there may be "velocities" [N,3], Å/fs, "charge", e, and
// "spin_multiplicity" or "mult", 2S + 1: the frame has them as a column and as keys. Unknown or repeated
// keys, other shapes and numbers that are not finite are refused with their place, such as positions/3/1.
func ParseAtoms(data []byte) (*Frame, error) {
	d := atomsDecoder{cursor: cursor{b: data}, f: new(Frame)}
	if err := d.object(); err != nil {
		return nil, err
	}
	if err := d.finish(); err != nil {
		return nil, err
	}
	return d.f, nil
}

type atomsDecoder struct {
	cursor
	f    *Frame
	seen [len(atomsKeys)]bool
}

const (
	keyNumbers = iota
	keySymbols
	keyPositions
	keyCell
	keyPBC
	keyVelocities
	keyCharge
	keySpin
	keyMult
)

var atomsKeys = [...]string{"numbers", "symbols", "positions", "cell", "pbc", "velocities", "charge", "spin_multiplicity", "mult"}

// object reads the whole text.
func (d *atomsDecoder) object() error {
	if !d.next('{') {
		return d.wrong("", "an object is needed")
	}
	for first := true; !d.next('}'); first = false {
		if !first && !d.next(',') {
			return d.wrong("", "a comma or } is needed")
		}
		key, ok := d.word()
		if !ok || !d.next(':') {
			return d.wrong("", "a key and a colon are needed")
		}
		if err := d.member(string(key)); err != nil {
			return err
		}
	}
	if !d.atEnd() {
		return d.wrong("", "text after the object")
	}
	return nil
}

func (d *atomsDecoder) member(key string) error {
	for k, name := range &atomsKeys {
		if name != key {
			continue
		}
		if d.seen[k] {
			return refuse(molecule.CodeFormat, "%s: stands twice", key)
		}
		d.seen[k] = true
		return d.read(k)
	}
	return refuse(molecule.CodeFormat, "unknown key %q; atoms have numbers or symbols, positions, cell and pbc, velocities, charge and spin_multiplicity", quoted([]byte(key)))
}

func (d *atomsDecoder) read(key int) error {
	switch key {
	case keyNumbers, keySymbols:
		return d.elements(key)
	case keyPositions:
		rows, err := d.rows("positions")
		d.f.Positions = rows
		return err
	case keyVelocities:
		return d.velocities()
	case keyCell:
		return d.cell()
	case keyCharge, keySpin, keyMult:
		return d.count(key)
	}
	return d.pbc()
}

// elements reads atomic numbers or symbols.
func (d *atomsDecoder) elements(key int) error {
	name := atomsKeys[key]
	if !d.next('[') {
		return d.wrong(name, "a list is needed")
	}
	z := d.f.Numbers
	for i := 0; !d.next(']'); i++ {
		if i > 0 && !d.next(',') {
			return d.wrong(at(name, i), "a comma or ] is needed")
		}
		n, err := d.element(key, i)
		if err != nil {
			return err
		}
		if z == nil {
			z = make([]uint8, 0, 32)
		}
		z = append(z, n)
	}
	d.f.Numbers = z
	return nil
}

func (d *atomsDecoder) element(key, i int) (uint8, error) {
	if key == keyNumbers {
		n, ok := d.natural()
		if !ok {
			return 0, d.wrong(at("numbers", i), "an atomic number is needed")
		}
		if n > molecule.MaxZ {
			return 0, refuse(molecule.CodeBadElement, "numbers/%d: no element has the number %d", i, n)
		}
		return uint8(n), nil
	}
	word, ok := d.word()
	if !ok {
		return 0, d.wrong(at("symbols", i), "a symbol in quotes is needed")
	}
	z, ok := elementOf(word)
	if !ok || symbolOf(z) != string(word) {
		return 0, refuse(molecule.CodeBadElement, "symbols/%d: no element is called %q", i, quoted(word))
	}
	return z, nil
}

// rows reads a list of [x,y,z].
func (d *atomsDecoder) rows(name string) ([][3]float64, error) {
	if !d.next('[') {
		return nil, d.wrong(name, "a list of [x,y,z] is needed")
	}
	rows := make([][3]float64, 0, max(len(d.f.Numbers), 8))
	for i := 0; !d.next(']'); i++ {
		if i > 0 && !d.next(',') {
			return nil, d.wrong(at(name, i), "a comma or ] is needed")
		}
		rows = append(rows, [3]float64{})
		if err := d.vector(name, i, &rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// velocities reads a column.
func (d *atomsDecoder) velocities() error {
	rows, err := d.rows("velocities")
	flat := make([]float64, 0, 3*len(rows))
	for _, v := range rows {
		flat = append(flat, v[:]...)
	}
	d.f.Columns = append(d.f.Columns, Named{"velocities", Floats(flat, len(rows), 3)})
	return err
}

// count reads a whole number into the key of its name; Charge and Multiplicity hold it to its range.
func (d *atomsDecoder) count(key int) error {
	name := atomsKeys[key]
	x, ok := d.number()
	if !ok || x != math.Trunc(x) || math.Abs(x) > mostElectrons || key != keyCharge && x < 1 {
		return d.wrong(name, "a whole number that electrons can make is needed")
	}
	d.f.Info = append(d.f.Info, Named{name, Array{Type: Int, Ints: []int64{int64(x)}}})
	return nil
}

// vector reads [x,y,z], which stands at index i of name.
func (d *atomsDecoder) vector(name string, i int, v *[3]float64) error {
	if !d.next('[') {
		return d.wrong(at(name, i), "[x,y,z] is needed")
	}
	for a := range v {
		if a > 0 && !d.next(',') {
			return d.wrong(at(name, i, a), "three numbers are needed")
		}
		x, ok := d.number()
		if !ok {
			return d.wrong(at(name, i, a), "a number is needed")
		}
		if !inRange(x) {
			return refuse(molecule.CodeFormat, "%s: %v; %s", at(name, i, a), x, rangeOf(name))
		}
		v[a] = x
	}
	if !d.next(']') {
		return d.wrong(at(name, i), "three numbers and ] are needed")
	}
	return nil
}

// rangeOf says what numbers of vectors must be.
func rangeOf(name string) string {
	if name == "velocities" {
		return fmt.Sprintf("velocities must be finite and within %g Å/fs", maxLength)
	}
	return fmt.Sprintf("lengths must be finite and within %g Å", maxLength)
}

func (d *atomsDecoder) cell() error {
	if d.literal("null") {
		return nil
	}
	if !d.next('[') {
		return d.wrong("cell", "null or three rows of three numbers are needed")
	}
	cell := new([3][3]float64)
	for a := range cell {
		if a > 0 && !d.next(',') {
			return d.wrong(at("cell", a), "three rows are needed")
		}
		if err := d.vector("cell", a, &cell[a]); err != nil {
			return err
		}
	}
	if !d.next(']') {
		return d.wrong("cell", "three rows and ] are needed")
	}
	d.f.Cell = cell
	return nil
}

// pbc reads one boolean or three.
func (d *atomsDecoder) pbc() error {
	if b, ok := d.boolean(); ok {
		d.f.PBC = [3]bool{b, b, b}
		return nil
	}
	if !d.next('[') {
		return d.wrong("pbc", "a boolean or three are needed")
	}
	for a := range d.f.PBC {
		if a > 0 && !d.next(',') {
			return d.wrong(at("pbc", a), "three booleans are needed")
		}
		b, ok := d.boolean()
		if !ok {
			return d.wrong(at("pbc", a), "a boolean is needed")
		}
		d.f.PBC[a] = b
	}
	if !d.next(']') {
		return d.wrong("pbc", "three booleans and ] are needed")
	}
	return nil
}

// finish checks what no single key shows.
func (d *atomsDecoder) finish() error {
	f := d.f
	if d.seen[keyNumbers] == d.seen[keySymbols] {
		return refuse(molecule.CodeFormat, "atoms need either numbers or symbols")
	}
	if !d.seen[keyPositions] {
		return refuse(molecule.CodeFormat, "atoms need positions")
	}
	if len(f.Positions) != f.N() {
		return refuse(molecule.CodeFormat, "positions: %d rows for %d atoms", len(f.Positions), f.N())
	}
	if f.N() == 0 {
		return refuse(molecule.CodeEmpty, "no atoms")
	}
	if v := f.Column("velocities"); v != nil && v.Shape[0] != f.N() {
		return refuse(molecule.CodeFormat, "velocities: %d rows for %d atoms", v.Shape[0], f.N())
	}
	if f.N() > defaultMaxAtoms {
		return refuse(molecule.CodeTooLarge, "%d atoms; at most %d are read", f.N(), defaultMaxAtoms)
	}
	if f.Cell == nil {
		if f.PBC != [3]bool{} {
			return refuse(molecule.CodeFormat, "pbc: true without a cell")
		}
		return nil
	}
	if !d.seen[keyPBC] {
		f.PBC = [3]bool{true, true, true}
	}
	return checkCell(f.Cell, f.PBC)
}

// at is the place name/i or name/i/a.
func at(name string, index ...int) string {
	for _, i := range index {
		name = fmt.Sprintf("%s/%d", name, i)
	}
	return name
}

// wrong refuses what stands at the cursor.
func (d *atomsDecoder) wrong(place, want string) error {
	if place != "" {
		place += ": "
	}
	return refuse(molecule.CodeFormat, "%s%s at byte %d", place, want, d.i)
}
