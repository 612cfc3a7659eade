package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"molserve/preprocess/geometry"
)

// leadingDims are the dimensions of the rows in each layout.
var leadingDims = map[Layout]map[string][]string{
	Packed: {PerAtom: {"N"}, PerEdge: {"E"}, PerGraph: {"G"}, PerPair: {"P"}},
	Padded: {PerAtom: {"B", "n"}, PerGraph: {"B"}, PerPair: {"B", "n", "n"}},
}

// vocabulary is the table by layout, with whole shapes.
var vocabulary map[Layout]map[string]*Info

func init() { // not an initializer: the fillers of the table describe fields themselves
	vocabulary = map[Layout]map[string]*Info{Packed: {}, Padded: {}}
	for layout, fields := range vocabulary {
		for name, r := range table {
			lead, there := leadingDims[layout][r.Per]
			if !there || r.only != "" && r.only != layout {
				continue
			}
			info := r.Info
			if info.fill == nil {
				info.Shape = slices.Concat(lead, info.Shape)
			}
			fields[name] = &info
		}
	}
}

// Describe looks a field up. It fails when the layout has no such field, naming those it has.
func Describe(l Layout, name string) (Info, error) {
	info, err := lookUp(l, name)
	if err != nil {
		return Info{}, err
	}
	return *info, nil
}

func lookUp(l Layout, name string) (*Info, error) {
	info, ok := vocabulary[l][name]
	if !ok {
		return nil, fmt.Errorf("layout %q has no field %q; it has %v", l, name, Names(l))
	}
	return info, nil
}

// Names lists the fields of a layout, sorted.
func Names(l Layout) []string { return slices.Sorted(maps.Keys(vocabulary[l])) }

// Check tells all that keeps f from being a field of the layout: options that it has not, or lacks, and constants
// that are none. The errors are joined, each "option: what is wrong" by the option's key in a manifest; that of an
// unknown field stands alone.
func Check(l Layout, f Field) error {
	info, err := lookUp(l, f.Name)
	if err != nil {
		return err
	}
	return errors.Join(append(info.faults(&f), info.checkConstants(&f)...)...)
}

// faults are the options of f that the field has not, or lacks.
func (i *Info) faults(f *Field) []error {
	faults := i.checkWords(f)
	for _, o := range []struct {
		key         string
		there, have bool
		needed      bool
	}{
		{"self_loops", f.SelfLoops, i.SelfLoops, false},
		{"lmax", f.LMax != 0, i.LMax, false},
		{"size", f.Size != 0, i.Size, false},
		{"elements", len(f.Elements) > 0, i.Elements, true},
		{"basis", f.Basis != nil, i.Basis, true},
		{"envelope", f.Envelope != nil, i.Envelope, true},
	} {
		switch {
		case o.there && !o.have:
			faults = append(faults, fmt.Errorf("%s: is no option of field %s", o.key, f.Name))
		case o.needed && o.have && !o.there:
			faults = append(faults, fmt.Errorf("%s: is missing; field %s needs it", o.key, f.Name))
		}
	}
	if i.Size && (f.Size < 1 || f.Size > maxSize) {
		faults = append(faults, fmt.Errorf("size: %d is not in 1..%d", f.Size, maxSize))
	}
	if i.LMax && (f.LMax < 0 || f.LMax > geometry.LMax) {
		faults = append(faults, fmt.Errorf("lmax: %d is not in 0..%d", f.LMax, geometry.LMax))
	}
	return faults
}

// checkWords holds the words of f against those that the field has.
func (i *Info) checkWords(f *Field) (faults []error) {
	for _, w := range []struct {
		key, word string
		built     []string
	}{
		{"order", f.Order, i.Orders}, {"normalisation", f.Normalisation, i.Normalisations}, {"sign", f.Sign, i.Signs},
	} {
		switch {
		case w.word == "" || slices.Contains(w.built, w.word):
		case len(w.built) == 0:
			faults = append(faults, fmt.Errorf("%s: is no option of field %s", w.key, f.Name))
		default:
			faults = append(faults, fmt.Errorf("%s: %q is none of %s", w.key, w.word, quoted(w.built)))
		}
	}
	if f.DType != "" && !slices.Contains(i.DTypes, f.DType) {
		faults = append(faults, fmt.Errorf("dtype: %q is none of %s", f.DType, quoted(i.DTypes)))
	}
	return faults
}

// quoted writes words as "a", "b".
func quoted[T ~string](words []T) string {
	out := make([]string, len(words))
	for k, w := range words {
		out[k] = strconv.Quote(string(w))
	}
	return strings.Join(out, ", ")
}

// maxSize bounds the columns of an encoding.
const maxSize = 1024

// checkConstants looks at the constants of functions. FillField trusts them.
func (i *Info) checkConstants(f *Field) (faults []error) {
	if i.Basis && f.Basis != nil {
		faults = append(faults, under("basis", f.Basis.Validate())...)
	}
	if i.Envelope && f.Envelope != nil {
		faults = append(faults, under("envelope", f.Envelope.Validate())...)
	}
	return faults
}

// under are the errors that are joined in err, with the key that theirs are keys of.
func under(key string, err error) (faults []error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			faults = append(faults, under(key, e)...)
		}
		return faults
	}
	if err == nil {
		return nil
	}
	return []error{fmt.Errorf("%s/%w", key, err)}
}

// Width is the number that K stands for in the field's shape.
func (i *Info) Width(f *Field) int {
	switch {
	case i.Basis:
		return f.Basis.N
	case i.LMax:
		return f.harmonics().Width()
	}
	return f.Size
}

// shape appends the sizes of the field's tensor to s. L is the least one that was asked for.
func (b *Batch) shape(s []int64, i *Info, f *Field) []int64 {
	for _, symbol := range i.Shape {
		size := 0
		switch symbol {
		case "N":
			size = b.N
		case "E":
			size = b.E
		case "G", "B":
			size = b.G
		case "G+1":
			size = b.G + 1
		case "n":
			size = b.Slots
		case "F":
			size = b.nodeWidth
		case "D":
			size = b.edgeWidth
		case "K":
			size = i.Width(f)
		case "A":
			size = b.auxWidth
		case "L":
			size = b.lines
		case "M":
			size = b.E / 2
		case "P":
			size = b.P
		default:
			size, _ = strconv.Atoi(symbol)
		}
		s = append(s, int64(size))
	}
	return s
}
