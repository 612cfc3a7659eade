package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/preprocess/stream"
)

// predictFlags is the command line of predict.
type predictFlags struct {
	model        string
	format       string
	smilesColumn string
	output       string
	outputFormat string
	strict       bool
	quiet        bool
}

func predictCommand() *cobra.Command {
	var p predictFlags
	c := &cobra.Command{
		Use:   "predict --model NAME[@VERSION] [FILE|-]",
		Short: "Predict the molecules of a file, without a server",
		Long: `predict reads SMILES lines, CSV or NDJSON and writes CSV or NDJSON: one row out for every row
in, in order. A molecule that is refused keeps its row, with a code, a message and the character.
CSV keeps the columns it came with. The model proves its golden answers before it is used.

The exit status is 0 even when rows failed (see --strict), 1 when the run failed, 2 for a wrong
command line.`,
		Example: `  molserve predict --model esol-dmpnn library.smi > predictions.csv
  molserve predict --model esol-gcn --smiles-column structure --output out.ndjson library.csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.model == "" {
				return usagef("--model NAME is needed; 'molserve models' lists them")
			}
			return predictFile(cmd, p, args)
		},
	}
	f := c.Flags()
	f.StringVar(&p.model, "model", "", "model NAME or NAME@VERSION (default version: the highest)")
	f.StringVar(&p.format, "format", "", "input format: smi, csv or ndjson (default: by suffix; smi for standard input)")
	f.StringVar(&p.smilesColumn, "smiles-column", "", "CSV column that holds SMILES (default: the one called smiles)")
	f.StringVarP(&p.output, "output", "o", "", "file to write (default: standard output)")
	f.StringVar(&p.outputFormat, "output-format", "", "csv or ndjson (default: by suffix of --output, else csv)")
	f.BoolVar(&p.strict, "strict", false, "exit 1 when any row failed")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress and no summary")
	return c
}

func predictFile(cmd *cobra.Command, p predictFlags, args []string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	in, err := openInput(args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	reader, err := p.reader(in, args)
	if err != nil {
		return usageError{err}
	}
	if f := p.rowFormat(); f != "csv" && f != "ndjson" {
		return usagef("--output-format %q is none of csv, ndjson", f)
	}
	m, err := openModel(ctx, cmd, p.model)
	if err != nil {
		return err
	}
	defer m.Close()
	t, err := p.write(ctx, cmd, m, reader)
	if err == nil && p.strict && t.failed > 0 {
		return t
	}
	return err
}

// tally counts rows; it is the error of --strict.
type tally struct{ total, failed int }

func (t tally) Error() string { return fmt.Sprintf("%d of %d rows failed", t.failed, t.total) }

// write predicts every item of in and writes its row to --output. What was predicted before an error is
// written too.
func (p predictFlags) write(ctx context.Context, cmd *cobra.Command, m *onnx.Model, in stream.Reader) (t tally, err error) {
	out, err := p.open(cmd.OutOrStdout())
	if err != nil {
		return t, err
	}
	w, err := newRowWriter(p.rowFormat(), out, in.Columns(), m.Manifest().Outputs)
	if err != nil {
		return t, errors.Join(err, out.Close())
	}
	progress := newProgress(p.quiet, cmd.ErrOrStderr())
	err = pipeline(ctx, in, m, func(rows []answered) error {
		for _, r := range rows {
			if err := w.write(r); err != nil {
				return err
			}
			t.count(r.row)
		}
		progress.add(len(rows))
		return nil
	})
	err = errors.Join(err, w.flush(), out.Close())
	progress.done(t)
	return t, err
}

func (t *tally) count(r onnx.Row) {
	t.total++
	if r.Err != nil {
		t.failed++
	}
}

func (p predictFlags) reader(in io.Reader, args []string) (stream.Reader, error) {
	path := "-"
	if len(args) > 0 {
		path = args[0]
	}
	format := stream.Format(p.format)
	if format == "" {
		var err error
		if format, err = stream.FormatOf(path); err != nil {
			return nil, err
		}
	}
	return stream.Open(in, format, stream.Options{SMILESColumn: p.smilesColumn})
}

// rowFormat is the output format asked for, or the one that --output's suffix names, or CSV.
func (p predictFlags) rowFormat() string {
	switch suffix := strings.ToLower(filepath.Ext(p.output)); {
	case p.outputFormat != "":
		return p.outputFormat
	case suffix == ".ndjson" || suffix == ".jsonl":
		return "ndjson"
	}
	return "csv"
}

func (p predictFlags) open(stdout io.Writer) (io.WriteCloser, error) {
	if p.output == "" || p.output == "-" {
		return keepOpen{stdout}, nil
	}
	return os.Create(p.output)
}

// keepOpen is a writer that is not ours to close.
type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }
