package onnx

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Dim is one dimension of a shape: a number, or a symbol such as N.
type Dim struct {
	Symbol string // empty: Size holds
	Size   int64
}

// UnmarshalJSON reads a string or a non-negative integer.
func (d *Dim) UnmarshalJSON(data []byte) error {
	*d = Dim{}
	if json.Unmarshal(data, &d.Symbol) == nil && d.Symbol != "" {
		return nil
	}
	if n, ok := wholeNumber(string(data)); ok && n >= 0 {
		d.Symbol, d.Size = "", n
		return nil
	}
	return fmt.Errorf("dimension %s is neither a symbol nor a size", data)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (d Dim) MarshalJSON() ([]byte, error) {
	if d.Symbol != "" {
		return json.Marshal(d.Symbol)
	}
	return []byte(strconv.FormatInt(d.Size, 10)), nil
}

// String returns the symbol or the number.
func (d Dim) String() string {
	if d.Symbol != "" {
		return d.Symbol
	}
	return strconv.FormatInt(d.Size, 10)
}
