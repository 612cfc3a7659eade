package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"molserve/preprocess/featurize"
	"molserve/preprocess/inspect"
)

// inspectFlags is the command line of inspect.
type inspectFlags struct {
	inspect.Options
	format, input string
	hydrogens     string
	standardize   []string
	pbc           string
	lmax          int
	normalization string
	normalize     bool
	batch         string
	fields        []string
	fieldObjects  []string
	elements      []string
	padTo         []int
}

func inspectCommand() *cobra.Command {
	var p inspectFlags
	c := &cobra.Command{
		Use:   "inspect [FILE|-]",
		Short: "Print what is perceived of each molecule or structure, one JSON object a line",
		Long: `inspect prints atoms, bonds and rings of molecules as they are perceived (RDKit 2026.03.6), or with
--features the exact rows that a model's network is fed; of structures (XYZ) what the file says, or with
--neighbours the edges within a cutoff; with --spherical-harmonics the functions of vectors, rows "x y z";
with --batch the tensors of all records together. One record in, one line out, in order; a record that is
refused becomes {"error": …}. The exit status is 0 when the input was read to its end, however many
records were refused.`,
		Example: `  echo 'CCO ethanol' | molserve inspect -
  molserve inspect --features chemprop_v2 library.smi > rows.jsonl
  molserve inspect --neighbours 5 trajectory.extxyz
  echo '0 0 2' | molserve inspect --spherical-harmonics 2 -
  molserve inspect --batch packed --fields edge_index,edge_vectors --neighbours 5 --pad-to 64,1024,5 frames.xyz
  molserve inspect --batch packed --field '{"field": "radial_basis", "basis": {"kind": "bessel", "n": 8, "cutoff": 5}}' --neighbours 5 frames.xyz`,
		Args: oneInput,
		RunE: func(cmd *cobra.Command, args []string) error { return runInspect(cmd, &p, args) },
	}
	f := c.Flags()
	f.StringVar(&p.format, "format", "jsonl", "output format: jsonl")
	f.StringVar(&p.input, "input", "", "input format: smiles, sdf, mol or xyz (default: by suffix; xyz with --neighbours; else smiles)")
	f.StringVar(&p.Features, "features", "", "print this featurizer's rows: "+strings.Join(featurize.Names(), ", "))
	f.StringVar(&p.hydrogens, "hydrogens", "implicit", "of molecules: implicit, keep or explicit")
	f.StringSliceVar(&p.standardize, "standardize", nil, "of molecules: change them first, and say what: "+standardizeSteps)
	f.IntVar(&p.MaxBytes, "max-bytes", 100_000, "longest SMILES, bytes; records of sdf and mol have 16 MiB unless this is given")
	f.IntVar(&p.MaxAtoms, "max-atoms", 1_000, "largest molecule, atoms; structures have 100,000 unless this is given")
	budgetFlag(c, &p.Budget)
	f.IntVar(&p.MaxEdges, "max-edges", 1_000_000, "longest neighbour list, directed edges")
	f.Float64Var(&p.Cutoff, "neighbours", 0, "print the edges within this cutoff, Å")
	f.StringVar(&p.pbc, "pbc", "", "of --neighbours: along which cell vectors structures repeat, such as T,T,F (default: as the file says)")
	f.IntVar(&p.lmax, "spherical-harmonics", 0, "print spherical harmonics of degrees 0 to this one, at most 6")
	f.StringVar(&p.normalization, "normalization", "component", "of harmonics: component, norm or integral")
	f.BoolVar(&p.normalize, "normalize", true, "of harmonics: scale vectors to length 1")
	f.StringVar(&p.batch, "batch", "", "print the tensors of all records together: packed or padded")
	f.StringSliceVar(&p.fields, "fields", nil, "of --batch: names of fields")
	f.StringArrayVar(&p.fieldObjects, "field", nil, "of --batch: a field with its constants, an object of a manifest's inputs; may be repeated")
	f.StringSliceVar(&p.elements, "elements", nil, "of --batch: the symbols that the field species counts, such as H,C,O")
	f.IntSliceVar(&p.padTo, "pad-to", nil, "of --batch: ATOMS,EDGES,GRAPHS[,LINES] to pad to; ATOMS are a graph's when padded, LINES of the line graph")
	return c
}

func runInspect(cmd *cobra.Command, p *inspectFlags, args []string) error {
	print, err := p.mode(cmd, args)
	if err != nil {
		return usageError{err}
	}
	in, err := openInput(args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	err = print(in, cmd.OutOrStdout())
	if errors.Is(err, inspect.ErrBatch) {
		return usageError{err}
	}
	return err
}

// openInput opens the file that the only argument names; none and - are standard input.
func openInput(args []string, stdin io.Reader) (io.ReadCloser, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(args[0])
}
