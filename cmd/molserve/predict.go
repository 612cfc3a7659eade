package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/preprocess/standardize"
	"molserve/preprocess/stream"
)

// predictFlags is the command line of predict.
type predictFlags struct {
	model        string
	format       string
	smilesColumn string
	output       string
	outputFormat string
	standardize  []string
	steps        []standardize.Step // of standardize
	strict       bool
	quiet        bool
	verbose      bool
	resume       bool
	state        string
	limits       onnx.RecordLimits
	how          computing
	chain        *chain // the models of which the model takes auxiliary numbers
}

func predictCommand() *cobra.Command {
	var p predictFlags
	c := &cobra.Command{
		Use:   "predict --model NAME[@VERSION] [FILE|-]",
		Short: "Predict the molecules or structures of a file, without a server",
		Long: `predict reads SMILES lines, CSV, NDJSON, SD files or (extended) XYZ and writes CSV, NDJSON, extended
XYZ or, of an SD file, an SD file: one row out for every row in, in order. What is refused keeps its
row, with a code, a message and the character or line. CSV and XYZ keep the columns they came with, an
SD file its molfiles and data items, to which it adds one for each output or molserve_error. The model
proves itself in a process of its own before it is used, once: its certificate is kept (docs/gate.md).

The exit status is 0 even when rows failed (see --strict), 1 when the run failed, 2 for a wrong
command line.

Input that is packed with gzip or Zstandard is unpacked; an --output called .gz or .zst is packed.
A run that writes to a file and is interrupted leaves OUTPUT.resume beside it: the same command with
--resume goes on from there, and the file becomes the one that it would have been (docs/predict.md).`,
		Example: `  molserve predict --model esol-dmpnn library.smi > predictions.csv
  molserve predict --model esol-dmpnn --resume --output predictions.csv.gz library.smi.gz
  molserve predict --model esol-gcn --smiles-column structure --output out.ndjson library.csv
  molserve predict --model esol-dmpnn --output predicted.sdf library.sdf
  molserve predict --model ethanol-egnn --output labelled.extxyz trajectory.extxyz`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.model == "" {
				return usagef("--model NAME is needed; 'molserve models' lists them")
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process at once
			err := predictFile(ctx, cmd, p, args)
			if ctx.Err() != nil && err != nil && !errors.Is(err, errInterrupted) {
				err = errInterrupted
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&p.model, "model", "", "model NAME or NAME@VERSION (default version: the highest)")
	stateFlag(c, &p.state)
	computingFlags(c, &p.how)
	f.StringVar(&p.format, "format", "", "input format: smi, csv, ndjson, sdf or xyz (default: by suffix; smi for standard input)")
	f.StringVar(&p.smilesColumn, "smiles-column", "", "CSV column that holds SMILES (default: the one called smiles, or the only one)")
	f.StringVarP(&p.output, "output", "o", "", "file to write, packed when it is called .gz or .zst (default: standard output)")
	f.BoolVar(&p.resume, "resume", false, "go on with an --output that was interrupted; begin when there is none")
	f.StringVar(&p.outputFormat, "output-format", "", "csv, ndjson, extxyz or sdf (default: by suffix of --output, else csv)")
	f.StringSliceVar(&p.standardize, "standardize", nil, "change molecules first, and say what: "+standardizeSteps)
	limitFlags(c, &p.limits)
	f.BoolVar(&p.strict, "strict", false, "exit 1 when any row failed")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress and no summary")
	f.BoolVarP(&p.verbose, "verbose", "v", false, "a line of progress every 10 s, where standard error is no terminal")
	return c
}

// standardizeSteps are the words of --standardize.
var standardizeSteps = fmt.Sprint(standardize.Steps)

// errInterrupted is the end by a signal.
var errInterrupted = errors.New("interrupted")

func predictFile(ctx context.Context, cmd *cobra.Command, p predictFlags, args []string) error {
	format, err := p.inputFormat(args)
	if err != nil {
		return usageError{err}
	}
	if err := cmp.Or(p.checkColumn(format), checkLimits(p.limits)); err != nil {
		return err
	}
	if f := p.rowFormat(); !slices.Contains(outputFormats, f) {
		return usagef("--output-format %q is none of %v", f, outputFormats)
	}
	if p.steps, err = standardize.Parse(p.standardize); err != nil {
		return usagef("--standardize: %v", err)
	}
	in, err := openSource(ctx, args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	if err := p.checkOutput(in); err != nil {
		return err
	}
	manifest, hash, err := readManifest(cmd, p.model)
	if err != nil {
		return err
	}
	if err := p.checkKinds(format, manifest); err != nil {
		return err
	}
	if err := p.checkFolder(); err != nil {
		return err
	}
	reader, err := stream.Open(in, format, stream.Options{SMILESColumn: p.smilesColumn, MaxAtoms: manifest.Chemistry.MaxAtoms})
	if err != nil {
		return usageError{err}
	}
	items := feed{Reader: kindReader{reader, manifest.Accepts}, ledger: newLedger(in.read.Load), size: in.size}
	m, err := openModel(ctx, cmd, p.model, p.state, p.limits, &p.how)
	if err != nil {
		return err
	}
	defer m.Close()
	p.chain = &chain{open: func(ref string) (*onnx.Model, error) { return openModel(ctx, cmd, ref, p.state, p.limits, &p.how) }}
	defer p.chain.close()
	at, err := p.resumption(p.identityOf(format, items.Columns(), modelID{manifest.Name + "@" + manifest.Version, hash, onnx.Version()}))
	if err != nil {
		return err
	}
	if at != nil {
		if err := items.skip(at.mark); err != nil {
			return err
		}
	}
	t, err := p.write(ctx, cmd, m, items, at)
	if err == nil && p.strict && t.failed > 0 {
		return t
	}
	return err
}

// tally counts rows; it is the error of --strict.
type tally struct{ total, failed int }

func (t tally) Error() string { return fmt.Sprintf("%d of %d rows failed", t.failed, t.total) }

func (t *tally) count(r onnx.Row) {
	t.total++
	if r.Err != nil {
		t.failed++
	}
}
