package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"molserve/preprocess/stream"
)

// identity is what two runs must have in common for one to go on where the other stopped.
type identity struct {
	Model       string   `json:"model"`           // name@version
	Manifest    string   `json:"manifest_sha256"` // which has the hashes of the model's files
	Sources     sources  `json:"sources,omitempty"`
	Runtime     string   `json:"onnxruntime"`
	Build       string   `json:"molserve_sha256"` // of the executable
	Providers   string   `json:"providers"`
	Rewrite     bool     `json:"rewrite"`
	Format      string   `json:"format"`
	Columns     []string `json:"columns"` // of the input
	SMILES      string   `json:"smiles_column"`
	Standardize []string `json:"standardize"`
	MaxAtoms    int      `json:"max_atoms"`
	MaxSMILES   int      `json:"max_smiles"`
	MaxSDF      int      `json:"max_sdf"`
	MaxRow      int      `json:"max_row"`
	Work        int64    `json:"work_budget"`
	Output      string   `json:"output_format"`
	Packing     string   `json:"packing"`
}

// mark is a place to go on from: all rows of so many chunks are in the output.
type mark struct {
	Chunks int    `json:"chunks"`
	Rows   int    `json:"rows"`
	Failed int    `json:"failed"`
	Input  string `json:"input_sha256"` // of the items of these rows
	Bytes  int64  `json:"output_bytes"`
	Tail   string `json:"output_tail_sha256"` // of the last of these bytes
}

// resumption is the file OUTPUT.resume, which stands beside an output that is not finished.
type resumption struct {
	Resume int `json:"resume"` // version of this form
	identity
	mark
}

const resumeForm = 1

// nextSuffix is of the file that becomes the next mark.
const nextSuffix = ".tmp"

func resumePath(output string) string { return output + ".resume" }

// checkpointEvery is the least time between marks that are written down.
var checkpointEvery = time.Second

// keep writes the file in one step: at any moment it is there, whole.
func (r *resumption) keep(output string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	next := resumePath(output) + nextSuffix
	if err := os.WriteFile(next, append(text, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(next, resumePath(output))
}

// readResumption reads the mark of an unfinished output, which a run of this identity may go on from. There is
// none, and no error, when there is no output either: then the run begins.
func readResumption(output string, id identity) (m mark, err error) {
	text, err := os.ReadFile(resumePath(output))
	if errors.Is(err, fs.ErrNotExist) {
		if _, missing := os.Stat(output); errors.Is(missing, fs.ErrNotExist) {
			return m, nil
		}
		return m, fmt.Errorf("%s is there and %s is not: it is finished, or was not begun by predict; without --resume it is written anew", output, resumePath(output))
	}
	if err != nil {
		return m, err
	}
	var r resumption
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || r.Resume != resumeForm || r.Rows < 0 || r.Chunks < 0 || r.Bytes < 0 {
		return m, fmt.Errorf("%s cannot be read; without --resume %s is written anew", resumePath(output), output)
	}
	if err := r.identity.same(id); err != nil {
		return m, fmt.Errorf("%s cannot be gone on with: %w; without --resume it is written anew", output, err)
	}
	return r.mark, r.mark.checkOutput(output)
}

// same names every way in which a run differs from the one that was interrupted.
func (was identity) same(now identity) error {
	var faults []string
	if reflect.DeepEqual(was, now) {
		return nil
	}
	a, b := reflect.ValueOf(was), reflect.ValueOf(now)
	for i := range a.NumField() {
		one, other := a.Field(i).Interface(), b.Field(i).Interface()
		if s, ok := one.(sources); ok {
			faults = append(faults, s.changes(other.(sources))...)
		} else if !reflect.DeepEqual(one, other) {
			faults = append(faults, fmt.Sprintf("its %s was %v and is %v", a.Type().Field(i).Tag.Get("json"), one, other))
		}
	}
	if len(faults) == 0 { // such as an empty list for none
		return nil
	}
	return errors.New(strings.Join(faults, "; "))
}

// checkOutput holds the output against what was written of it. What stands behind the mark does not matter.
func (m *mark) checkOutput(output string) error {
	f, err := os.Open(output)
	if errors.Is(err, fs.ErrNotExist) {
		if m.Bytes == 0 {
			return nil
		}
		return fmt.Errorf("%s is gone, of which %s says that %d rows are there; without --resume it is written anew", output, resumePath(output), m.Rows)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	tail, err := tailOf(f, m.Bytes)
	if err == nil && m.Bytes > 0 && tail != m.Tail {
		err = errors.New("its bytes are others")
	}
	if err != nil {
		return fmt.Errorf("%s is not what %s says of it: %w; without --resume it is written anew", output, resumePath(output), err)
	}
	return nil
}

// skip reads the items that an earlier run has predicted, and wants them to be the same.
func (f *feed) skip(m mark) error {
	for ; f.from < m.Rows; f.from++ {
		item, err := f.Next()
		if err == io.EOF {
			return fmt.Errorf("the input has %d records, and %d were predicted; it is another", f.from, m.Rows)
		}
		if err != nil {
			return err
		}
		f.ledger.add(&item)
	}
	if m.Rows > 0 && f.ledger.place().sum != m.Input {
		return fmt.Errorf("the first %d records of the input are not those that were predicted; without --resume it begins anew", m.Rows)
	}
	return nil
}

// resumption is the state of a run to a file, with the mark that it goes on from with --resume. It is nil where
// the output is no file that could be gone on with.
func (p *predictFlags) resumption(id identity) (*resumption, error) {
	info, err := os.Stat(p.output)
	isFile := p.output != "" && p.output != "-" && (err != nil || info.Mode().IsRegular())
	switch {
	case !isFile && p.resume:
		return nil, usagef("--resume needs a file to go on with, --output FILE")
	case !isFile:
		return nil, nil
	}
	r := &resumption{Resume: resumeForm, identity: id}
	if p.resume {
		r.mark, err = readResumption(p.output, id)
		return r, err
	}
	return r, nil
}

// identityOf is what this run is known by; columns are those of the input.
func (p *predictFlags) identityOf(format stream.Format, columns []string, model modelID) identity {
	_, packing := withoutPacking(p.output)
	return identity{Model: model.name, Manifest: model.manifest, Sources: model.sources, Runtime: model.runtime, Build: model.program, Providers: fmt.Sprint(p.how.Providers), Rewrite: !p.how.KeepNetwork, Format: string(format),
		Columns: append([]string{}, columns...), SMILES: p.smilesColumn, Standardize: append([]string{}, slices.Clone(p.standardize)...), MaxAtoms: p.limits.Atoms, MaxSMILES: p.limits.SMILES,
		MaxSDF: p.limits.SDF, MaxRow: p.maxRow, Work: int64(p.limits.Work), Output: p.rowFormat(), Packing: packing}
}

// modelID names a model and what computes it.
type modelID struct {
	name, manifest, runtime, program string
	sources                          sources
}
