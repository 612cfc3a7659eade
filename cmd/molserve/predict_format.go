package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// inputFormat is the format asked for, or the one that the input's suffix names.
func (p predictFlags) inputFormat(args []string) (stream.Format, error) {
	if f := stream.Format(p.format); slices.Contains(stream.Formats, f) {
		return f, nil
	}
	if p.format != "" {
		return "", fmt.Errorf("--format %q is none of %v", p.format, stream.Formats)
	}
	if len(args) == 0 {
		return stream.FormatOf("-")
	}
	plain, _ := withoutPacking(args[0])
	return stream.FormatOf(plain)
}

// longest is how many bytes a record of the input may have.
func (p predictFlags) longest(f stream.Format) int {
	if f == stream.SDF {
		return p.limits.SDF
	}
	return p.maxRow
}

// checkColumn refuses a column for what has none: a CSV that is read as SMILES lines would be a refusal a row.
func (p predictFlags) checkColumn(f stream.Format) error {
	if p.smilesColumn == "" || f == stream.CSV {
		return nil
	}
	return usagef("--smiles-column is of CSV, and the input is read as %s; if it is CSV, say --format csv", f)
}

// checkKinds refuses a file of which the model takes no record, and frames or molfiles out of what has none.
func (p predictFlags) checkKinds(f stream.Format, m *onnx.Manifest) error {
	if kind := f.Kind(); kind != "" && !slices.Contains(m.Accepts, string(kind)) {
		return fmt.Errorf("%s: the input is %s, %s", m.Name, kind, (&onnx.KindError{Kind: kind, Accepts: m.Accepts}).Reason())
	}
	switch out := p.rowFormat(); {
	case out == formatExtXYZ && !takesStructures(m):
		return usagef("--output-format %s: %s takes no structures, only %v", out, m.Name, m.Accepts)
	case out == formatSDF && f != stream.SDF:
		return usagef("--output-format %s keeps the molfiles of an SD file and adds predictions to them; the input is %s, which has none", out, f)
	}
	return nil
}

func takesStructures(m *onnx.Manifest) bool {
	return slices.Contains(m.Accepts, string(preprocess.XYZ)) || slices.Contains(m.Accepts, string(preprocess.Atoms))
}

// kindReader refuses the records that a model does not take, each alone.
type kindReader struct {
	stream.Reader
	accepts []string
}

func (k kindReader) Next() (stream.Item, error) {
	item, err := k.Reader.Next()
	if kind := item.Record.Kind; err == nil && item.Err == nil && !slices.Contains(k.accepts, string(kind)) {
		why := (&onnx.KindError{Kind: kind, Accepts: k.accepts}).Reason()
		item.Err = molecule.Refuse(onnx.CodeKind, -1, "the record is %s, %s", kind, why)
	}
	return item, err
}

// rowFormat is the output format asked for, or the one that --output's suffix names; CSV without one, and nothing where
// the suffix names no format.
func (p predictFlags) rowFormat() string {
	plain, _ := withoutPacking(p.output)
	switch suffix := strings.ToLower(filepath.Ext(plain)); {
	case p.outputFormat != "":
		return p.outputFormat
	case suffix == ".ndjson" || suffix == ".jsonl":
		return formatNDJSON
	case suffix == ".xyz" || suffix == ".extxyz":
		return formatExtXYZ
	case suffix == ".sdf" || suffix == ".sd":
		return formatSDF
	case suffix == "" || suffix == ".csv":
		return formatCSV
	}
	return ""
}

// checkRows refuses an output of no known format: a name is no reason to write something else than it says.
func (p predictFlags) checkRows() error {
	switch f := p.rowFormat(); {
	case f == "":
		return usagef("--output %s: its ending names no format; .csv, .ndjson, .jsonl, .sdf, .sd, .xyz and .extxyz do, packed with .gz or .zst behind. "+
			"For another ending say --output-format", p.output)
	case !slices.Contains(outputFormats, f):
		return usagef("--output-format %q is none of %v", f, outputFormats)
	}
	return nil
}

// checkFolder refuses to write where there is no folder.
func (p predictFlags) checkFolder() error {
	if _, err := os.Stat(filepath.Dir(p.output)); err != nil {
		return fmt.Errorf("--output %s: its folder cannot be written to: %w", p.output, err)
	}
	return nil
}

// checkOutput refuses to write over the file that is read.
func (p predictFlags) checkOutput(in *source) error {
	if in.file == nil || p.output == "" || p.output == "-" {
		return nil
	}
	from, err := in.file.Stat()
	to, missing := os.Stat(p.output)
	if err == nil && missing == nil && from.Mode().IsRegular() && os.SameFile(from, to) {
		return usagef("--output %s is the input; predictions need a file of their own", p.output)
	}
	return nil
}
