package xyz

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"molserve/preprocess/molecule"
)

// ownKeys are written from the frame itself.
var ownKeys = []string{"Lattice", "Properties", "pbc"}

// appendKey writes key=value.
func appendKey(dst []byte, k *Named) ([]byte, error) {
	if k.Name == "" || !utf8.ValidString(k.Name) || strings.ContainsAny(k.Name, "\r\n") || slices.Contains(ownKeys, k.Name) {
		return nil, refuse(molecule.CodeFormat, "%q is no key that can be written", k.Name)
	}
	text, ok := k.text()
	if !ok {
		return nil, refuse(molecule.CodeFormat, "key %s: a value of type %s and shape %v cannot be written", k.Name, k.Type, k.Shape)
	}
	return appendWord(append(appendWord(dst, k.Name), '='), text), nil
}

// text is the value before it is quoted.
func (k *Named) text() (string, bool) {
	n := 1
	for _, size := range k.Shape {
		n *= size
	}
	if n != k.Len() {
		return "", false
	}
	if isUID(k.Name) {
		return k.uid()
	}
	if slices.Contains(matrixKeys, k.Name) {
		return k.matrix()
	}
	switch {
	case k.Type == JSON:
		return "_JSON " + k.Strings[0], k.Shape == nil && json.Valid([]byte(k.Strings[0]))
	case k.Type == String:
		return stringText(k.Strings[0]), k.Shape == nil && utf8.ValidString(k.Strings[0])
	case k.Type == Int && len(k.Shape) == 1 && n == 0:
		return ",", true
	case len(k.Shape) > 1 || len(k.Shape) == 1 && n < 2:
		return "_JSON " + string(k.appendNested(nil, jsonWord)), true
	}
	return k.list(), true
}

func (k *Named) uid() (string, bool) {
	if k.Type != String || k.Shape != nil || strings.ContainsAny(k.Strings[0], "\r\n") {
		return "", false
	}
	return k.Strings[0], k.Strings[0] != "" && utf8.ValidString(k.Strings[0])
}

// matrix is the nine numbers column by column.
func (k *Named) matrix() (string, bool) {
	if !slices.Equal(k.Shape, []int{3, 3}) || k.Type != Int && k.Type != Float {
		return "", false
	}
	t := Named{k.Name, Array{Type: k.Type, Ints: slices.Clone(k.Ints), Floats: slices.Clone(k.Floats)}}
	t.transpose()
	return t.list(), true
}

// stringText is s where it reads back as s, else as JSON.
func stringText(s string) string {
	a, err := parseValue([]byte(s))
	same := err == nil && a.Type == String && a.Strings[0] == s
	if same && strings.IndexFunc(s, func(c rune) bool { return c < ' ' }) < 0 {
		return s
	}
	text, _ := json.Marshal(s)
	return "_JSON " + string(text)
}

// list is every element, separated by blanks.
func (a *Array) list() string {
	var dst []byte
	for i := range a.Len() {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = a.appendElement(dst, i, plainWord)
	}
	return string(dst)
}

// words are how a form writes what is no number; its floats may need a point.
type words struct {
	yes, no          string
	nan, plus, minus string
	number           func(dst []byte, x float64) []byte
}

var (
	plainWord = &words{"T", "F", "nan", "inf", "-inf", appendReal}
	jsonWord  = &words{"true", "false", "NaN", "Infinity", "-Infinity", appendReal}
)

// appendElement writes element i of a list of booleans or numbers.
func (a *Array) appendElement(dst []byte, i int, w *words) []byte {
	switch a.Type {
	case Bool:
		if a.Bools[i] {
			return append(dst, w.yes...)
		}
		return append(dst, w.no...)
	case Int:
		return strconv.AppendInt(dst, a.Ints[i], 10)
	}
	switch x := a.Floats[i]; {
	case math.IsNaN(x):
		return append(dst, w.nan...)
	case math.IsInf(x, 1):
		return append(dst, w.plus...)
	case math.IsInf(x, -1):
		return append(dst, w.minus...)
	default:
		return w.number(dst, x)
	}
}

// appendNested writes booleans or numbers as nested JSON lists.
func (a *Array) appendNested(dst []byte, w *words) []byte {
	next := 0
	var level func(dst []byte, shape []int) []byte
	level = func(dst []byte, shape []int) []byte {
		if len(shape) == 0 {
			next++
			return a.appendElement(dst, next-1, w)
		}
		dst = append(dst, '[')
		for i := range shape[0] {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = level(dst, shape[1:])
		}
		return append(dst, ']')
	}
	return level(dst, a.Shape)
}

// appendWord writes text as one word of the comment line, in quotes where it needs them.
func appendWord(dst []byte, text string) []byte {
	special := func(c rune) bool { return isBlankRune(c) || strings.ContainsRune("\"'{}[]=\\,", c) }
	if strings.IndexFunc(text, special) < 0 {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, text[i])
	}
	return append(dst, '"')
}
