package rows

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendArray writes a row-major array of a shape as nested lists; without a shape it is a number.
func AppendArray(b []byte, shape []int, data []float64) []byte {
	if len(shape) == 0 {
		return AppendNumber(b, data[0])
	}
	b = append(b, '[')
	for i := range shape[0] {
		b = Comma(b, i)
		n := len(data) / shape[0]
		b = AppendArray(b, shape[1:], data[i*n:(i+1)*n])
	}
	return append(b, ']')
}

// AppendNumber writes the fewest digits that give v back, with an exponent where encoding/json has one.
// v is finite: JSON has no other numbers.
func AppendNumber(b []byte, v float64) []byte {
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

// AppendString writes a JSON string. What is not UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = appendEscape(append(b, s[from:i]...), c)
		i += size
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch {
	case c >= utf8.RuneSelf:
		return append(b, "\ufffd"...)
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c == '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
