package xyz

import (
	"encoding/json"
	"math"
	"strconv"

	"molserve/preprocess/molecule"
)

// NewRecord makes the JSON object that molserve inspect prints of f (docs/xyz.md). It refuses numbers
// that JSON has not.
func NewRecord(f *Frame) (json.RawMessage, error) { return AppendRecord(nil, f) }

// AppendRecord appends the record of f to dst.
func AppendRecord(dst []byte, f *Frame) ([]byte, error) {
	if err := f.finite(); err != nil {
		return dst, err
	}
	dst = strconv.AppendInt(append(dst, `{"n":`...), int64(f.N()), 10)
	dst = append(dst, `,"z":[`...)
	for i, z := range f.Numbers {
		dst = strconv.AppendUint(comma(dst, i), uint64(z), 10)
	}
	dst = append(dst, `],"xyz":[`...)
	for i, p := range f.Positions {
		dst = appendVector(comma(dst, i), p)
	}
	dst = appendCell(append(dst, `],"cell":`...), f.Cell)
	dst = append(dst, `,"pbc":[`...)
	for a, repeats := range f.PBC {
		dst = strconv.AppendBool(comma(dst, a), repeats)
	}
	dst = appendObject(append(dst, `],"info":`...), f.Info)
	dst = appendObject(append(dst, `,"columns":`...), f.Columns)
	return append(dst, '}'), nil
}

// finite refuses NaN and infinities, which the file may hold but JSON cannot.
func (f *Frame) finite() error {
	for _, list := range [][]Named{f.Info, f.Columns} {
		for _, a := range list {
			for _, x := range a.Floats {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					return atLine(refuse(molecule.CodeFormat, "%s holds %v, which is not finite", quoted([]byte(a.Name)), x), f.Line)
				}
			}
		}
	}
	return nil
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func appendVector(dst []byte, v [3]float64) []byte {
	dst = appendFloat(append(dst, '['), v[0])
	dst = appendFloat(append(dst, ','), v[1])
	dst = appendFloat(append(dst, ','), v[2])
	return append(dst, ']')
}

func appendCell(dst []byte, cell *[3][3]float64) []byte {
	if cell == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for a, v := range cell {
		dst = appendVector(comma(dst, a), v)
	}
	return append(dst, ']')
}

func appendObject(dst []byte, list []Named) []byte {
	dst = append(dst, '{')
	for i := range list {
		dst = append(appendString(comma(dst, i), list[i].Name), ':')
		dst = list[i].appendJSON(dst)
	}
	return append(dst, '}')
}

var recordWord = &words{yes: "true", no: "false", number: appendFloat}

// appendJSON writes the value: numbers and booleans as such, lists nested by their shape.
func (a *Array) appendJSON(dst []byte) []byte {
	switch {
	case a.Type == JSON:
		return append(dst, a.Strings[0]...)
	case a.Type != String:
		return a.appendNested(dst, recordWord)
	case a.Shape == nil:
		return appendString(dst, a.Strings[0])
	}
	return a.appendStrings(dst)
}

// appendStrings writes a column of words, [N] or [N,k].
func (a *Array) appendStrings(dst []byte) []byte {
	width := len(a.Strings) / max(a.Shape[0], 1)
	dst = append(dst, '[')
	for i := range a.Shape[0] {
		dst = comma(dst, i)
		if len(a.Shape) == 1 {
			dst = appendString(dst, a.Strings[i])
			continue
		}
		dst = append(dst, '[')
		for k, s := range a.Strings[i*width : (i+1)*width] {
			dst = appendString(comma(dst, k), s)
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// appendString writes a JSON string.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			text, _ := json.Marshal(s) // strings marshal always
			return append(dst, text...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}
