package onnx

import (
	"cmp"

	"molserve/preprocess/molecule"
)

// RecordLimits bound the records that a model takes, whatever its manifest lets in. The zero value is the default.
type RecordLimits struct {
	Atoms  int             // most of a record, hydrogens that are atoms counted; default 1,000
	SMILES int             // longest SMILES, bytes; default 100,000
	SDF    int             // longest record of an SD file, bytes; default 16 MiB
	Work   molecule.Budget // of one molecule; default molecule.DefaultBudget
}

// The defaults of RecordLimits.
const (
	DefaultMaxAtoms  = 1_000
	DefaultMaxSMILES = 100_000
	DefaultMaxSDF    = 16 << 20
)

// Limit has the model refuse what is larger, with too_large or too_long in its row, and what takes more work, mostly with
// unsupported. A manifest's max_atoms holds where it is less. It must be called before records are built.
func (m *Model) Limit(l RecordLimits) {
	m.spec.MaxAtoms = min(m.spec.MaxAtoms, cmp.Or(l.Atoms, DefaultMaxAtoms))
	m.spec.MaxBytes = cmp.Or(l.SMILES, DefaultMaxSMILES)
	m.spec.MaxSDF = cmp.Or(l.SDF, DefaultMaxSDF)
	m.spec.Budget = cmp.Or(l.Work, molecule.DefaultBudget)
}
