package main

import (
	"github.com/spf13/cobra"

	"molserve/onnx"
)

// limitFlags adds the limits of one record.
func limitFlags(c *cobra.Command, l *onnx.RecordLimits) {
	c.Flags().IntVar(&l.Atoms, "max-atoms", onnx.DefaultMaxAtoms, "atoms of one molecule or structure; a manifest may say less")
	c.Flags().IntVar(&l.SMILES, "max-smiles", onnx.DefaultMaxSMILES, "bytes of one SMILES")
}

func checkLimits(l onnx.RecordLimits) error {
	switch {
	case l.Atoms <= 0:
		return usagef("--max-atoms must be more than 0")
	case l.SMILES <= 0:
		return usagef("--max-smiles must be more than 0")
	}
	return nil
}
