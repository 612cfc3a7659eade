package main

import (
	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/preprocess/molecule"
	"molserve/preprocess/stream"
)

// limitFlags adds the limits of one record.
func limitFlags(c *cobra.Command, l *onnx.RecordLimits) {
	c.Flags().IntVar(&l.Atoms, "max-atoms", onnx.DefaultMaxAtoms, "atoms of one molecule or structure; a manifest may say less")
	c.Flags().IntVar(&l.SMILES, "max-smiles", onnx.DefaultMaxSMILES, "bytes of one SMILES")
	c.Flags().IntVar(&l.SDF, "max-sdf", onnx.DefaultMaxSDF, "bytes of one molfile or record of an SD file")
	budgetFlag(c, &l.Work)
}

// budgetFlag adds the setting of the work on one molecule.
func budgetFlag(c *cobra.Command, b *molecule.Budget) {
	c.Flags().Int64Var((*int64)(b), "work-budget", int64(molecule.DefaultBudget), "counted steps that the search for rings in one molecule may take; other searches have shares of it")
}

func checkLimits(l onnx.RecordLimits) error {
	switch {
	case l.Atoms <= 0:
		return usagef("--max-atoms must be more than 0")
	case l.SMILES <= 0:
		return usagef("--max-smiles must be more than 0")
	case l.SDF <= 0:
		return usagef("--max-sdf must be more than 0")
	}
	return checkBudget(l.Work)
}

func checkBudget(b molecule.Budget) error {
	if b < molecule.LeastBudget || b > molecule.MostBudget {
		return usagef("--work-budget %d is not between %d, which ordinary molecules take, and %d", b, molecule.LeastBudget, molecule.MostBudget)
	}
	return nil
}

// rowFlag adds the limit of one row of what is read row by row.
func rowFlag(c *cobra.Command, bytes *int, help string) {
	c.Flags().IntVar(bytes, "max-row", stream.DefaultMaxBytes, help)
}

func checkRow(bytes int) error {
	if bytes < leastRow || bytes > mostRow {
		return usagef("--max-row %d is not between %d and %d bytes", bytes, leastRow, mostRow)
	}
	return nil
}

// The bounds of --max-row: a row is held in memory several times over.
const (
	leastRow = 64
	mostRow  = 1 << 30
)
