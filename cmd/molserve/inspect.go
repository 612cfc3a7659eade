package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"molserve/preprocess/featurize"
	"molserve/preprocess/inspect"
	"molserve/preprocess/molecule"
)

func inspectCommand() *cobra.Command {
	var o inspect.Options
	var format, input, hydrogens string
	c := &cobra.Command{
		Use:   "inspect [FILE|-]",
		Short: "Print what is perceived of each molecule, one JSON object a line",
		Long: `inspect prints atoms, bonds and rings as they are perceived (RDKit 2026.03.6), or with
--features the exact rows that a model's network is fed. One record in, one line out, in order;
a record that is refused becomes {"error": …}. The exit status is 0 when the input was read to
its end, however many records were refused.`,
		Example: `  echo 'CCO ethanol' | molserve inspect -
  molserve inspect --features chemprop_v2 library.smi > rows.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if format != "jsonl" {
				return usagef("--format %q: only jsonl is written", format)
			}
			if input != "smiles" {
				return usagef("--input %q: only smiles is read", input)
			}
			if o.Hydrogens, err = molecule.ParseHydrogens(hydrogens); err != nil {
				return usageError{err}
			}
			if o.Features != "" {
				if _, err := featurize.Named(o.Features); err != nil {
					return usageError{err}
				}
			}
			in, err := openInput(args, cmd.InOrStdin())
			if err != nil {
				return err
			}
			defer in.Close()
			return inspect.SMILES(in, cmd.OutOrStdout(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "jsonl", "output format: jsonl")
	f.StringVar(&input, "input", "smiles", "input format: smiles")
	f.StringVar(&o.Features, "features", "", "print this featurizer's rows: chemprop_v2")
	f.StringVar(&hydrogens, "hydrogens", "implicit", "implicit, keep or explicit")
	f.IntVar(&o.MaxBytes, "max-bytes", 100_000, "longest SMILES, bytes")
	f.IntVar(&o.MaxAtoms, "max-atoms", 1_000, "largest molecule, atoms")
	return c
}

// openInput opens the file that the only argument names; none and - are standard input.
func openInput(args []string, stdin io.Reader) (io.ReadCloser, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(args[0])
}
