package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// Check tells whether f names a field of the layout with options that it has.
func Check(l Layout, f Field) error {
	info, err := lookUp(l, f.Name)
	if err != nil {
		return err
	}
	if err := info.check(&f); err != nil {
		return err
	}
	return info.checkConstants(&f)
}

// check tells which option of f the field has not, or which one it lacks.
func (i *Info) check(f *Field) error {
	switch {
	case f.DType != "" && !slices.Contains(i.DTypes, f.DType):
		return fmt.Errorf("dtype %q is none of %v", f.DType, i.DTypes)
	case f.Order != "" && !slices.Contains(i.Orders, f.Order):
		return fmt.Errorf("order %q is none of %v", f.Order, i.Orders)
	case f.Normalisation != "" && !slices.Contains(i.Normalisations, f.Normalisation):
		return fmt.Errorf("normalisation %q is none of %v", f.Normalisation, i.Normalisations)
	case f.Sign != "" && !slices.Contains(i.Signs, f.Sign):
		return fmt.Errorf("sign %q is none of %v", f.Sign, i.Signs)
	case f.SelfLoops && !i.SelfLoops:
		return errors.New("self_loops is no option of it")
	case f.LMax != 0 && !i.LMax:
		return errors.New("lmax is no option of it")
	case f.Size != 0 && !i.Size:
		return errors.New("size is no option of it")
	}
	return i.checkNeeded(f)
}

// maxSize bounds the columns of an encoding.
const maxSize = 1024

// checkNeeded holds the options that a field cannot do without.
func (i *Info) checkNeeded(f *Field) error {
	switch {
	case i.Elements != (len(f.Elements) > 0):
		return wanted("elements", i.Elements)
	case i.Basis != (f.Basis != nil):
		return wanted("basis", i.Basis)
	case i.Envelope != (f.Envelope != nil):
		return wanted("envelope", i.Envelope)
	case i.Size && (f.Size < 1 || f.Size > maxSize):
		return fmt.Errorf("size %d is not in 1..%d", f.Size, maxSize)
	case i.LMax:
		return f.harmonics().Validate()
	}
	return nil
}

// checkConstants looks at the constants of functions. FillField trusts them.
func (i *Info) checkConstants(f *Field) error {
	switch {
	case i.Basis:
		return f.Basis.Validate()
	case i.Envelope:
		return f.Envelope.Validate()
	}
	return nil
}

func wanted(option string, needed bool) error {
	if needed {
		return fmt.Errorf("%s is missing", option)
	}
	return fmt.Errorf("%s is no option of it", option)
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
