package prove

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// goldenValue is what a record becomes: an object of outputs by name, or all numbers in their order.
type goldenValue struct {
	named map[string]numbers
	all   numbers
}

// UnmarshalJSON reads an object of what numbers reads, or that itself.
func (v *goldenValue) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return json.Unmarshal(data, &v.named)
	}
	return json.Unmarshal(data, &v.all)
}

// numbers is a number or nested arrays of them, flattened.
type numbers []float64

// UnmarshalJSON reads a number, or an array of what it reads.
func (n *numbers) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return errors.New("a value is null")
	}
	var one float64
	if json.Unmarshal(data, &one) == nil {
		*n = numbers{one}
		return nil
	}
	var many []numbers
	if err := json.Unmarshal(data, &many); err != nil {
		return errors.New("a value is neither a number nor an array of numbers")
	}
	*n = slices.Concat(many...)
	return nil
}
