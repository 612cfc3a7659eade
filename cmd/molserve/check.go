package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/child"
)

// checkFlags is the command line of check.
type checkFlags struct {
	asJSON, inProcess bool
	prover            child.Prover
	how               computing
}

func checkCommand() *cobra.Command {
	var o checkFlags
	c := &cobra.Command{
		Use:   "check [NAME[@VERSION] | FOLDER] …",
		Short: "Prove models: golden answers, the reference, the symmetries",
		Long: `check proves models, all of them when none is named. A row a check: name, what was measured, the
bound, the verdict, what was compared or where it is worst. docs/checks.md says what each is for.

A model is proved in a process of its own: one that crashes, hangs or takes all memory fails a check.
A model is named, or is a folder with a manifest.json. The exit status is 0 only if every check
holds, 1 when one does not or a model does not open, 2 for a wrong command line.`,
		Example: `  molserve check
  molserve check esol-dmpnn@1
  molserve check --json ./my-model/1`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
	}
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the certificates as a JSON array")
	c.Flags().BoolVar(&o.inProcess, "in-process", false, "prove in this process, to look at it with a debugger or a profiler")
	childFlags(c, &o.prover)
	computingFlags(c, &o.how)
	return c
}

// run checks the models that are named, or all.
func (o *checkFlags) run(cmd *cobra.Command, args []string) error {
	if err := checkChild(&o.prover); err != nil {
		return err
	}
	folders, err := foldersOf(cmd, args)
	if err != nil {
		return err
	}
	if len(folders) == 0 {
		return errors.New("there are no models to check; --models names the folder of models")
	}
	if err := o.how.start(cmd); err != nil {
		return err
	}
	o.prover.Preparation = o.how.Preparation
	prove := o.prover.Prove
	if o.inProcess {
		prove = proveHere(o.how.Preparation)
	}
	return checkModels(cmd, folders, prove, o.asJSON)
}

// modelsFailed is the error of a check that does not hold; the table has said why.
type modelsFailed struct{ failed, total int }

func (e modelsFailed) Error() string {
	return fmt.Sprintf("%d of %d models do not hold", e.failed, e.total)
}

func (modelsFailed) ExitCode() int { return exitFailed }

// prover proves a model that was read.
type prover func(context.Context, *onnx.Bundle, prove.Plan) (*prove.Certificate, error)

// proveHere opens and proves a model in this process.
func proveHere(how onnx.Preparation) prover {
	return func(ctx context.Context, b *onnx.Bundle, p prove.Plan) (*prove.Certificate, error) {
		m, err := how.OpenBundle(b)
		if err != nil {
			return nil, err
		}
		c, err := p.Prove(ctx, m)
		return c, errors.Join(err, m.Close())
	}
}

func checkModels(cmd *cobra.Command, folders []onnx.Folder, run prover, asJSON bool) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return proveFolders(ctx, folders, run, reporter(cmd.OutOrStdout(), asJSON))
}

// proveFolders proves one model after the other and reports each, then nil for the end.
func proveFolders(ctx context.Context, folders []onnx.Folder, run prover, report func(*prove.Certificate) error) error {
	failed := 0
	for _, f := range folders {
		c, err := proveFolder(ctx, f, run)
		if err != nil {
			return err
		}
		if !c.OK {
			failed++
		}
		if err := report(c); err != nil {
			return err
		}
	}
	if err := report(nil); err != nil {
		return err
	}
	if failed > 0 {
		return modelsFailed{failed, len(folders)}
	}
	return nil
}

// reporter prints a table a model at once, or all certificates as JSON at the end.
func reporter(w io.Writer, asJSON bool) func(*prove.Certificate) error {
	all := []*prove.Certificate{}
	return func(c *prove.Certificate) error {
		switch {
		case c == nil && !asJSON:
			return nil
		case c == nil:
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(all)
		case asJSON:
			all = append(all, c)
			return nil
		}
		return writeCertificate(w, c)
	}
}

// proveFolder reads and proves a model; one that cannot be read, or that gives no certificate, has one
// that says why. A folder given by its path may be called anything. The error is that ctx ended.
func proveFolder(ctx context.Context, f onnx.Folder, run prover) (*prove.Certificate, error) {
	b, err := f.Read()
	if err != nil {
		return unproved(f, "files", err), nil
	}
	c, err := run(ctx, b, prove.Plan{Level: prove.Full})
	if err != nil && context.Cause(ctx) == nil {
		return unproved(f, rowOf(err), err), nil
	}
	return c, err
}

// rowOf names the row of an error: what ended the proof's process, or that the model does not open.
func rowOf(err error) string {
	var crash *child.CrashError
	if errors.As(err, &crash) || errors.Is(err, child.ErrDeadline) || errors.Is(err, child.ErrMemory) || errors.Is(err, child.ErrReply) {
		return "child process"
	}
	return "open"
}

// unproved is the certificate of a model that did not come to its checks.
func unproved(f onnx.Folder, row string, why error) *prove.Certificate {
	return &prove.Certificate{Model: cmp.Or(f.Name, f.Dir), Version: versionOf(f), Level: prove.Full.String(), When: time.Now().UTC(),
		Library: "onnxruntime " + onnx.Version(), NotProved: []string{"everything: the model did not come to an answer"}, Where: prove.Here, Source: prove.Fresh,
		Checks: []prove.Check{{Name: row, Measured: math.Inf(1), Detail: "could not be measured", Worst: why.Error()}}}
}

func versionOf(f onnx.Folder) string {
	if f.Version == 0 {
		return ""
	}
	return strconv.Itoa(f.Version)
}

// writeCertificate prints the table of one model.
func writeCertificate(w io.Writer, c *prove.Certificate) error {
	title := c.Model
	if c.Version != "" {
		title += "@" + c.Version
	}
	fmt.Fprintf(w, "%s (%s, %.1f s)\n", title, c.Library, c.Took)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "check\tmeasured\tbound\tverdict\t")
	for _, row := range c.Checks {
		fmt.Fprintf(t, "%s\t%s\t%g\t%s\t%s\n", row.Name, figure(row.Measured), row.Bound, verdictOf(row), detailOf(row))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	writeNetwork(w, c)
	for _, open := range c.NotProved {
		fmt.Fprintf(w, "not proved: %s\n", open)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// writeNetwork says how the network that ran differs from its file, and where it ran.
func writeNetwork(w io.Writer, c *prove.Certificate) {
	if c.Rewritten != nil {
		for _, k := range c.Rewritten.Changes {
			fmt.Fprintf(w, "rewritten: %s: %s (%s)\n", k.Node, k.What, k.Why)
		}
	}
	for _, k := range c.Left {
		fmt.Fprintf(w, "left as it is: %s: %s (%s)\n", k.Node, k.What, k.Why)
	}
	if c.Placement == nil {
		return
	}
	fmt.Fprintf(w, "computed by: %s\n", c.Computing)
	for _, name := range slices.Sorted(maps.Keys(c.Placement.Nodes)) {
		fmt.Fprintf(w, "nodes: %d by %s\n", c.Placement.Nodes[name], name)
	}
	for _, f := range c.Placement.FellBack {
		fmt.Fprintf(w, "fell back to the CPU: %d %s (first %s)\n", f.Nodes, f.Operator, f.First)
	}
}

func figure(v float64) string {
	if math.IsInf(v, 0) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// detailOf says what was compared; of a failing check also where it is worst.
func detailOf(c prove.Check) string {
	if c.OK || c.Worst == "" {
		return c.Detail
	}
	return c.Detail + ": " + c.Worst
}

func verdictOf(c prove.Check) string {
	if c.OK {
		return "ok"
	}
	return "FAIL"
}
