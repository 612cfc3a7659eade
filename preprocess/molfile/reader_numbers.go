package molfile

import (
	"strconv"
	"strings"
)

// Numbers are read as RDKit's readers do, which take more than they should: a field of columns is
// checked for its characters, and then as much of it counts as begins like a number.

// cut returns n columns of text from at on, fewer where it ends. False: it ends before.
func cut(text string, at, n int) (string, bool) {
	if at > len(text) {
		return "", false
	}
	return text[at:min(at+n, len(text))], true
}

// integer reads a field of columns; empty is 0, and so is what begins with + or does not fit. False:
// a character that numbers have not.
func integer(field string) (int, bool) {
	field = beforeNUL(field)
	if strings.Trim(field, "0123456789 +-") != "" || strings.ContainsFunc(field, func(c rune) bool { return !strings.ContainsRune("0123456789 +-", c) }) {
		return 0, false
	}
	return leadingInt(strings.TrimLeft(field, " ")), true
}

// unsigned is integer for numbers without a sign.
func unsigned(field string) (int, bool) {
	if strings.Contains(beforeNUL(field), "-") {
		return 0, false
	}
	n, ok := integer(field)
	return n, ok
}

// leadingInt is C++'s from_chars: the number that a text begins with, 0 = none or too large.
func leadingInt(text string) int {
	end := 0
	if strings.HasPrefix(text, "-") {
		end = 1
	}
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}

// wholeInt reads a field that must be one number and nothing else but blanks.
func wholeInt(field string) (int, bool) {
	n, err := strconv.ParseInt(strings.Trim(beforeNUL(field), " "), 10, 32)
	return int(n), err == nil
}

// decimal reads the coordinate that begins at a column. The ten columns are checked, but the number
// runs on behind them as far as it is one, as in RDKit.
func decimal(text string, at int) (float64, bool) {
	field, ok := cut(text, at, 10)
	if !ok || strings.ContainsFunc(beforeNUL(field), func(c rune) bool { return !strings.ContainsRune("0123456789 +-,.", c) }) {
		return 0, false
	}
	return leadingFloat(text[at:]), true
}

// leadingFloat is C's atof for decimal numbers: 0 where there is none.
func leadingFloat(text string) float64 {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	end := floatLength(text)
	x, err := strconv.ParseFloat(text[:end], 64)
	if err != nil && end == 0 {
		return 0
	}
	return x // ±Inf where it is too large
}

// floatLength measures the decimal number that a text begins with.
func floatLength(text string) int {
	at := 0
	if text != "" && (text[0] == '-' || text[0] == '+') {
		at++
	}
	whole := digits(text[at:])
	at += whole
	part := 0
	if at < len(text) && text[at] == '.' {
		part = digits(text[at+1:])
		at += 1 + part
	}
	if whole+part == 0 {
		return 0
	}
	if at < len(text) && text[at]|0x20 == 'e' {
		sign := 1
		if at+1 < len(text) && (text[at+1] == '-' || text[at+1] == '+') {
			sign = 2
		}
		if n := digits(text[at+sign:]); n > 0 {
			return at + sign + n
		}
	}
	return at
}

// digits counts the digits that a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// beforeNUL cuts a field at a zero byte, where C strings end.
func beforeNUL(field string) string {
	field, _, _ = strings.Cut(field, "\x00")
	return field
}
