package onnx

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"molserve/onnx/proto"
	"molserve/preprocess/molecule"
)

var (
	namePattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	versionPattern = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	filePattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	hashPattern    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// check reports every claim of m that does not hold together.
func check(m *Manifest) Faults {
	var f Faults
	checkIdentity(m, &f)
	checkChemistry(&m.Chemistry, &f)
	checkGraph(m, &f)
	checkInputs(m, &f)
	checkOutputs(m, &f)
	if m.Operators != nil {
		checkWords(m.Operators, "/operators", networkOperators, &f)
	}
	checkBatch(m.Batch, &f)
	checkAlone(m, &f)
	checkTolerance(&m.Tolerance, &f)
	checkFiles(m, &f)
	return f
}

func checkIdentity(m *Manifest, f *Faults) {
	if m.Manifest != 1 {
		f.add("/manifest", "is %d; this program reads format 1", m.Manifest)
	}
	if !namePattern.MatchString(m.Name) {
		f.add("/name", "%q does not match %s", m.Name, namePattern)
	}
	if m.Name == "stats" || strings.HasSuffix(m.Name, ".tensors") {
		f.add("/name", "%q is reserved: the Open Inference Protocol has other uses for stats and names that end in .tensors", m.Name)
	}
	if !versionPattern.MatchString(m.Version) {
		f.add("/version", "%q is not a positive integer", m.Version)
	}
	if m.Architecture != nil && m.Architecture.Name == "" {
		f.add("/architecture/name", "is empty")
	}
	taskLevels.check(f, "/task/level", m.Task.Level)
	taskKinds.check(f, "/task/kind", m.Task.Kind)
	symmetryGroups.check(f, "/symmetry/group", m.Symmetry.Group)
	layouts.check(f, "/layout", string(m.Layout))
	checkWords(m.Accepts, "/accepts", inputKinds, f)
}

// mostBytes bounds what a manifest may ask of a run's inputs.
const mostBytes = 1 << 30

func checkBatch(b *BatchLimits, f *Faults) {
	if b == nil {
		return
	}
	for _, l := range []struct {
		key     string
		n, most int64
	}{{"graphs", int64(b.Graphs), 4096}, {"atoms", int64(b.Atoms), 1 << 20}, {"edges", int64(b.Edges), 1 << 24}, {"bytes", b.Bytes, mostBytes}} {
		if l.n < 1 || l.n > l.most {
			f.add("/batch/"+l.key, "%d is not in 1..%d", l.n, l.most)
		}
	}
}

// checkWords wants at least one word and none twice.
func checkWords(words []string, at string, v vocabulary, f *Faults) {
	if len(words) == 0 {
		f.add(at, "is empty")
	}
	for i, w := range words {
		here := fmt.Sprintf("%s/%d", at, i)
		if slices.Contains(words[:i], w) {
			f.add(here, "%q stands twice", w)
			continue
		}
		v.check(f, here, w)
	}
}

func checkChemistry(c *Chemistry, f *Faults) {
	perceptions.check(f, "/chemistry/perception", c.Perception)
	stereos.check(f, "/chemistry/stereo", c.Stereo)
	hydrogens.check(f, "/chemistry/hydrogens", c.Hydrogens)
	if c.MaxAtoms < 1 {
		f.add("/chemistry/max_atoms", "%d is not positive", c.MaxAtoms)
	}
	if c.Elements == nil {
		return
	}
	if len(c.Elements) == 0 {
		f.add("/chemistry/elements", "is empty; null stands for all")
	}
	for i, symbol := range c.Elements {
		checkElement(c.Elements, i, symbol, "/chemistry/elements", f)
	}
}

// checkElement wants a symbol that did not stand before it.
func checkElement(all []string, i int, symbol, at string, f *Faults) {
	at = fmt.Sprintf("%s/%d", at, i)
	if _, ok := molecule.AtomicNumber(symbol); !ok {
		f.add(at, "%q is no element's symbol", symbol)
	} else if slices.Contains(all[:i], symbol) {
		f.add(at, "%q stands twice", symbol)
	}
}

func checkTolerance(t *Tolerance, f *Faults) {
	for _, bound := range []struct {
		name  string
		value float64
	}{{"golden", t.Golden}, {"reference", t.Reference}, {"symmetry", t.Symmetry}} {
		if !(bound.value > 0) || math.IsInf(bound.value, 0) {
			f.add("/tolerance/"+bound.name, "%g is not positive", bound.value)
		}
	}
}

// mostFile is what a protobuf may have, bytes. Files are read whole: what a manifest asks for must not be all
// the memory that there is.
const mostFile = proto.MaxBytes

func checkFiles(m *Manifest, f *Faults) {
	needed := []string{modelFile, goldenFile}
	if m.Architecture != nil {
		needed = append(needed, weightsFile)
	}
	for _, name := range needed {
		if _, ok := m.Files[name]; !ok {
			f.add("/files"+escape(name), "is missing")
		}
	}
	sum := int64(0)
	for _, name := range sortedKeys(m.Files) {
		at, file := "/files"+escape(name), m.Files[name]
		if !filePattern.MatchString(name) || name == manifestFile {
			f.add(at, "%q is no name for a file of the folder", name)
		}
		if !hashPattern.MatchString(file.SHA256) {
			f.add(at+"/sha256", "is not 64 lower-case hexadecimal digits")
		}
		switch {
		case file.Bytes < 1:
			f.add(at+"/bytes", "%d is not positive", file.Bytes)
		case file.Bytes > mostFile:
			f.add(at+"/bytes", "%d is more than %d, the most that a file may have", file.Bytes, int64(mostFile))
		default:
			sum += min(file.Bytes, 2*mostFile-sum+1)
		}
	}
	if sum > 2*mostFile {
		f.add("/files", "have more than %d bytes together", int64(2*mostFile))
	}
}
