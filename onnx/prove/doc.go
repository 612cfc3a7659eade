// Package prove decides whether a model may serve.
//
// Prove runs the checks of one table (proofs.go) over an opened model and writes a Certificate: one row
// a check, with what was measured, the bound and the verdict. Level Gate is what must hold before a
// version goes live: golden vectors, the reference, the claimed symmetry group and, of structures, what
// follows from it, batch mates, padding, lone and unknown atoms. Level Full, which the check command
// runs, tries more structures. Level Golden is what the process that serves repeats of a model that was
// proved in another (package child) or at an earlier start (package store).
//
// The checks share one subject: golden.json decoded, its records built into graphs, the reference
// network opened, the probes' answers. Random choices are seeded: the same model has the same figures
// on the same machine. docs/checks.md says what each check is for.
package prove
