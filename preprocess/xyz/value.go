package xyz

import (
	"bytes"
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// matrixKeys hold nine numbers, a 3×3 matrix column by column.
var matrixKeys = []string{"stress", "virial"}

// isUID is true of the keys whose value stays text whatever it looks like.
func isUID(key string) bool { return strings.EqualFold(key, "uid") }

// valueOf types the value of a key as ASE does.
func valueOf(key string, text []byte) (Array, error) {
	if isUID(key) {
		return Text(string(text)), nil
	}
	a, err := parseValue(text)
	if err != nil {
		return a, refuse(molecule.CodeFormat, "%s: %v", quoted([]byte(key)), err)
	}
	if !slices.Contains(matrixKeys, key) {
		return a, nil
	}
	if a.Type != Int && a.Type != Float || len(a.Shape) != 1 || a.Len() != 9 {
		return a, refuse(molecule.CodeFormat, "%s is no 3×3 matrix of nine numbers", key)
	}
	a.transpose()
	return a, nil
}

// transpose makes nine numbers column by column a matrix, or its rows columns.
func (a *Array) transpose() {
	a.Shape = []int{3, 3}
	for _, p := range [3][2]int{{1, 3}, {2, 6}, {5, 7}} {
		if a.Type == Int {
			a.Ints[p[0]], a.Ints[p[1]] = a.Ints[p[1]], a.Ints[p[0]]
		} else {
			a.Floats[p[0]], a.Floats[p[1]] = a.Floats[p[1]], a.Floats[p[0]]
		}
	}
}

// parseValue tries integers, floats, booleans, JSON, and leaves a string. Elements are separated by
// white space or commas; one element is no list.
func parseValue(text []byte) (Array, error) {
	n := countElements(text)
	a := Array{}
	if n != 1 {
		a.Shape = []int{n}
	}
	var ok bool
	if a.Ints, ok = parseElements(text, n, parseInt); ok {
		a.Type = Int
		return a, nil
	}
	a.Ints = nil
	if a.Floats, ok = parseElements(text, n, parseInfoFloat); ok {
		a.Type = Float
		return a, nil
	}
	a.Floats = nil
	if a.Bools, ok = parseElements(text, n, parseBool); ok {
		return a, nil
	}
	if rest, ok := bytes.CutPrefix(text, []byte("_JSON ")); ok {
		return parseJSON(rest)
	}
	return Text(string(text)), nil
}

// element returns the bounds of the next element at or after i; begin = end: there is none.
func element(b []byte, i int) (begin, end int) {
	for i < len(b) {
		w := blankAt(b, i)
		if w == 0 && b[i] != ',' {
			break
		}
		i += max(w, 1)
	}
	begin = i
	for i < len(b) && b[i] != ',' && blankAt(b, i) == 0 {
		i++
	}
	return begin, i
}

func countElements(b []byte) int {
	n := 0
	for begin, end := element(b, 0); begin < end; begin, end = element(b, end) {
		n++
	}
	return n
}

// parseElements reads all n elements with parse, or none.
func parseElements[T any](b []byte, n int, parse func([]byte) (T, bool)) ([]T, bool) {
	var out []T
	for begin, end := element(b, 0); begin < end; begin, end = element(b, end) {
		x, ok := parse(b[begin:end])
		if !ok {
			return nil, false
		}
		if out == nil {
			out = make([]T, 0, n)
		}
		out = append(out, x)
	}
	return out, true
}

// parseInfoFloat reads Python's floats, and Fortran's where a decimal point tells them from names
// such as 1D2.
func parseInfoFloat(b []byte) (float64, bool) {
	x, ok := parseFloat(b)
	if ok && strings.ContainsAny(string(b), "dD") && !strings.Contains(string(b), ".") {
		return 0, false
	}
	return x, ok
}

// parseBool reads a boolean of the comment line.
func parseBool(b []byte) (value, ok bool) {
	switch string(b) {
	case "T", "true", "True", "TRUE":
		return true, true
	case "F", "false", "False", "FALSE":
		return false, true
	}
	return false, false
}
