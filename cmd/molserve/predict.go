package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/preprocess/standardize"
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
	maxRow       int
	how          computing
	chain        *chain // the models of which the model takes auxiliary numbers
}

func predictCommand() *cobra.Command {
	var p predictFlags
	c := &cobra.Command{
		Use:     "predict --model NAME[@VERSION] [FILE|-]",
		Short:   "Predict the molecules or structures of a file, without a server",
		Long:    predictHelp,
		Example: predictExample,
		Args:    oneInput,
		RunE:    func(cmd *cobra.Command, args []string) error { return predictUntilSignal(cmd, p, args) },
	}
	p.addTo(c)
	return c
}

const (
	predictHelp = `predict reads SMILES lines, CSV, NDJSON, SD files or (extended) XYZ and writes CSV, NDJSON, extended
XYZ or, of an SD file, an SD file: one row out for every row in, in order. What is refused keeps its
row, with a code, a message and the character or line. CSV and XYZ keep the columns they came with, an
SD file its molfiles and data items, to which it adds one for each output or molserve_error. The model
proves itself in a process of its own before it is used, once: its certificate is kept (docs/gate.md).

The exit status is 0 even when rows failed (see --strict), 1 when the run failed, 2 for a wrong
command line.

Input that is packed with gzip or Zstandard is unpacked; an --output called .gz or .zst is packed.
A run that writes to a file and is interrupted leaves OUTPUT.resume beside it: the same command with
--resume goes on from there, and the file becomes the one that it would have been (docs/predict.md).`

	predictExample = `  molserve predict --model esol-dmpnn library.smi > predictions.csv
  molserve predict --model esol-dmpnn --resume --output predictions.csv.gz library.smi.gz
  molserve predict --model esol-gcn --smiles-column structure --output out.ndjson library.csv
  molserve predict --model esol-dmpnn --output predicted.sdf library.sdf
  molserve predict --model ethanol-egnn --output labelled.extxyz trajectory.extxyz`
)

// predictUntilSignal is predictFile, which SIGINT and SIGTERM end.
func predictUntilSignal(cmd *cobra.Command, p predictFlags, args []string) error {
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
}

// addTo adds the flags of predict to its command.
func (p *predictFlags) addTo(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.model, "model", "", "model NAME or NAME@VERSION (default version: the highest)")
	stateFlag(c, &p.state)
	computingFlags(c, &p.how)
	f.StringVar(&p.format, "format", "", "input format: smi, csv, ndjson, sdf or xyz (default: by suffix; smi for standard input)")
	f.StringVar(&p.smilesColumn, "smiles-column", "", "CSV column that holds SMILES (default: the one called smiles, or the only one)")
	f.StringVarP(&p.output, "output", "o", "", "file to write, packed when it is called .gz or .zst (default: standard output)")
	f.BoolVar(&p.resume, "resume", false, "go on with an --output that was interrupted; begin when there is none")
	f.StringVar(&p.outputFormat, "output-format", "", "csv, ndjson, extxyz or sdf (default: by suffix of --output; csv without one)")
	f.StringSliceVar(&p.standardize, "standardize", nil, "change molecules first, and say what: "+standardizeSteps)
	limitFlags(c, &p.limits)
	rowFlag(c, &p.maxRow, "bytes of one line or row of CSV; a record of an SD file has --max-sdf")
	f.BoolVar(&p.strict, "strict", false, "exit 1 when any row failed")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress and no summary")
	f.BoolVarP(&p.verbose, "verbose", "v", false, "a line of progress every 10 s, where standard error is no terminal")
}

// standardizeSteps are the words of --standardize.
var standardizeSteps = fmt.Sprint(standardize.Steps)

// errInterrupted is the end by a signal.
var errInterrupted = errors.New("interrupted")
