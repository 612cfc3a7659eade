package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// anySize stands for a dimension that the weights themselves decide, such as a feature width.
const anySize = -1

// Bounds on hyperparameters, so that a manifest cannot ask for absurd memory.
const (
	maxWidth   = 1 << 16
	maxLayers  = 256
	maxSpecies = 118
	maxPower   = 64
	maxLength  = 1e3 // Å
	maxCount   = 1e6
)

// loader hands hyperparameters and tensors to an architecture and collects what is wrong with them.
type loader struct {
	hyper    map[string]any
	elements []uint8
	tensors  map[string]Tensor
	asked    map[string]bool // names of both that the architecture has
	faults   []string
}

func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// constant is a fault of a hyperparameter, at its place in the manifest.
func (l *loader) constant(name, format string, args ...any) {
	what := "is missing"
	if v, ok := l.hyper[name]; ok {
		text, err := json.Marshal(v)
		if err != nil {
			text = fmt.Append(nil, v)
		}
		what = "is " + string(text)
	}
	l.fault("/architecture/hyperparameters/%s: %s, %s", strings.NewReplacer("~", "~0", "/", "~1").Replace(name), what, fmt.Sprintf(format, args...))
}

// integer returns a whole number in 1…most; absent it is def.
func (l *loader) integer(name string, def, most int) int {
	l.asked[name] = true
	v, ok := l.hyper[name]
	if !ok {
		return def
	}
	n, ok := whole(v)
	if !ok || n < 1 || n > most {
		l.constant(name, "not a whole number in 1…%d", most)
		return def
	}
	return n
}

func whole(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case float64:
		return int(v), v == math.Trunc(v) && math.Abs(v) < 1e9
	case json.Number:
		n, err := v.Int64()
		return int(n), err == nil
	}
	return 0, false
}

// number returns a number in (0,most]; the architecture has no default for it.
func (l *loader) number(name string, most float64) float64 {
	l.asked[name] = true
	var x float64
	switch v := l.hyper[name].(type) {
	case int:
		x = float64(v)
	case float64:
		x = v
	case json.Number:
		x, _ = v.Float64()
	}
	if !(x > 0 && x <= most) {
		l.constant(name, "not a number in (0,%g]", most)
		return 1
	}
	return x
}

// choice returns one of the allowed words; the architecture has no default for it.
func (l *loader) choice(name string, allowed ...string) string {
	l.asked[name] = true
	v, _ := l.hyper[name].(string)
	if !slices.Contains(allowed, v) {
		l.constant(name, "none of %v", allowed)
	}
	return v
}

// tensor returns a tensor of the given shape, where anySize matches all. A wrong one becomes zeros, so
// that loading goes on to the next fault.
func (l *loader) tensor(name string, shape ...int) Tensor {
	l.asked[name] = true
	t, ok := l.tensors[name]
	fits := len(t.Shape) == len(shape)
	for i := 0; fits && i < len(shape); i++ {
		fits = t.Shape[i] == shape[i] || shape[i] == anySize && t.Shape[i] > 0
	}
	switch {
	case !ok:
		l.fault("tensor %s is missing", name)
	case !fits:
		l.fault("tensor %s is %v, not %s", name, t.Shape, describe(shape))
	default:
		return t
	}
	return Tensor{Shape: make([]int, len(shape))}
}

func describe(shape []int) string {
	s := fmt.Sprint(shape)
	return strings.ReplaceAll(s, fmt.Sprint(anySize), "any")
}

// linear returns the layer of weight [out,in], with its bias unless there is none.
func (l *loader) linear(name string, in, out int) linear {
	return linear{wt: l.weight(name, in, out), b: l.tensor(name+".bias", out).Data}
}

// unbiased returns the layer of weight [out,in] without a bias.
func (l *loader) unbiased(name string, in, out int) linear {
	return linear{wt: l.weight(name, in, out)}
}

// matrix returns a tensor [rows,cols] as it is.
func (l *loader) matrix(name string, rows, cols int) matrix {
	t := l.tensor(name, rows, cols)
	return matrix{Rows: t.Shape[0], Cols: t.Shape[1], Stride: t.Shape[1], Data: t.Data}
}

// weight returns the transpose [in,out] of the tensor name.weight [out,in].
func (l *loader) weight(name string, in, out int) matrix {
	w := l.tensor(name+".weight", out, in)
	rows, cols := w.Shape[0], w.Shape[1]
	t := newMatrix(cols, rows)
	for i, v := range w.Data {
		t.Data[i%cols*rows+i/cols] = v
	}
	return t
}

// err reports all faults, with the names that the architecture does not have.
func (l *loader) err() error {
	for _, name := range l.unknown(keys(l.hyper)) {
		l.constant(name, "and unknown")
	}
	for _, name := range l.unknown(keys(l.tensors)) {
		l.fault("tensor %s is unexpected", name)
	}
	if len(l.faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(l.faults, "; "))
}

// unknown are the names that the architecture does not have.
func (l *loader) unknown(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return l.asked[n] })
}

func keys[V any](m map[string]V) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
