package preprocess

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// coincident is the distance below which two atoms are at one place, Å: far below any bond, far above
// what coordinates within 10⁶ Å can resolve.
const coincident = 1e-6

// readStructure reads the one frame of an xyz or atoms record.
func readStructure(r Record, s *Spec) (*xyz.Frame, error) {
	switch {
	case r.Frame != nil:
		return r.Frame, nil
	case r.Kind == Atoms:
		return xyz.ParseAtoms([]byte(r.Text))
	}
	frames := xyz.NewReader(strings.NewReader(r.Text), xyz.Options{MaxAtoms: s.maxAtoms()})
	f, err := frames.Next()
	if err != nil {
		return nil, err
	}
	_, err = frames.Next()
	var refusal *molecule.Error
	switch {
	case err == io.EOF:
		return f, nil
	case errors.As(err, &refusal):
		return nil, refusal
	}
	return nil, &molecule.Error{Code: molecule.CodeFormat, Message: "a second frame; a record is one structure",
		Offset: -1, Line: f.Line + f.N() + 2}
}

// BuildStructure turns a frame, as a reader of xyz gives it, into a graph: its atoms in their order,
// edges by s.Edges, which must not be bonds. What it refuses is a *molecule.Error; atoms at one place
// are refused by both their numbers.
func BuildStructure(f *xyz.Frame, s *Spec) (*graph.Graph, error) {
	if err := s.checkFrame(f); err != nil {
		return nil, err
	}
	d := drawers.Get().(*drawer)
	defer drawers.Put(d)
	in := geometry.Structure{Positions: f.Positions, Cell: (*geometry.Cell)(f.Cell), PBC: f.PBC}
	if err := d.draw(in, &s.Edges); err != nil {
		return nil, err
	}
	for k, r := range d.Dist {
		if r < coincident {
			return nil, d.refuseCoincident(f, k)
		}
	}
	g := &graph.Graph{N: f.N(), E: d.Len(), Numbers: f.Numbers, Positions: f.Positions, Cell: f.Cell, Periodic: f.PBC}
	if s.Edges.Kind == Radius {
		g.Cutoff = s.Edges.Cutoff
	}
	d.copyTo(g, s.Edges.Kind != KNN)
	if err := s.Wants.Frame(g, f); err != nil {
		return nil, err
	}
	return g, nil
}

// checkFrame refuses what the model does not take.
func (s *Spec) checkFrame(f *xyz.Frame) error {
	switch {
	case !s.Edges.geometric():
		return molecule.Refuse(molecule.CodeUnsupported, -1,
			"a structure has coordinates and no bonds; the model needs bonds, and bonds are never guessed")
	case f.N() == 0:
		return molecule.Refuse(molecule.CodeEmpty, -1, "no atoms")
	case f.N() > s.maxAtoms():
		return molecule.Refuse(molecule.CodeTooLarge, -1, "%d atoms; at most %d are allowed", f.N(), s.maxAtoms())
	case s.Edges.Kind == Complete && f.PBC != [3]bool{}:
		return molecule.Refuse(molecule.CodeUnsupported, -1, "a periodic structure has no complete graph; the model joins all pairs of atoms")
	}
	known := s.known()
	for i, z := range f.Numbers {
		if !known[z] {
			err := refuseElement(i, z, -1)
			err.Line = lineOf(f, i)
			return err
		}
	}
	return nil
}

// lineOf is the line of atom i in its file, 0 when there is none.
func lineOf(f *xyz.Frame, i int) int {
	if f.Line == 0 {
		return 0
	}
	return f.Line + 2 + i
}

// drawer draws edges. Its memory is used again for the next structure.
type drawer struct {
	geometry.Neighbours
	next []int32 // [N] working memory of opposites
}

var drawers = sync.Pool{New: func() any { return new(drawer) }}

// draw fills the list by the rule of e.
func (d *drawer) draw(s geometry.Structure, e *Edges) error {
	switch e.Kind {
	case Radius:
		return d.Build(s, geometry.Options{Cutoff: e.Cutoff, MaxEdges: e.MaxEdges})
	case KNN:
		return d.KNearest(s, e.K, e.MaxEdges)
	}
	return d.Complete(s.Positions, e.MaxEdges)
}

// refuseCoincident names the atoms of edge k.
func (d *drawer) refuseCoincident(f *xyz.Frame, k int) error {
	i, j := int(min(d.Src[k], d.Dst[k])), int(max(d.Src[k], d.Dst[k]))
	err := molecule.Refuse(molecule.CodeCoincident, -1, "atoms %d and %d are at one place, %.3g Å apart", i, j, d.Dist[k])
	err.Line = lineOf(f, j)
	return err
}

// copyTo gives g the edges; opposites too, where every edge has one.
func (d *drawer) copyTo(g *graph.Graph, symmetric bool) {
	e := g.E
	index := make([]int32, 3*e)
	g.Src, g.Dst = index[:e:e], index[e:2*e:2*e]
	copy(g.Src, d.Src)
	copy(g.Dst, d.Dst)
	if symmetric {
		g.Reverse = index[2*e:]
		d.opposites(g.Reverse)
	}
	g.Vectors, g.Lengths, g.Shifts = slices.Clone(d.Vec), slices.Clone(d.Dist), slices.Clone(d.Shift)
}

// opposites finds the edge from Dst to Src with the negative shift for each edge, in one pass: edges
// are sorted by Dst, Src, Shift, so the edges i ← j come to j's row as i ascends, those of one pair with
// their shifts turned around.
func (d *drawer) opposites(reverse []int32) {
	d.next = append(d.next[:0], d.First...)
	next, src, dst := d.next, d.Src[:len(reverse)], d.Dst[:len(reverse)]
	for k := 0; k < len(reverse); {
		i, j, end := dst[k], src[k], k+1
		for end < len(reverse) && src[end] == j && dst[end] == i {
			end++
		}
		back := next[j] + int32(end-k)
		next[j] = back
		for ; k < end; k++ {
			back--
			reverse[k] = back
		}
	}
}
