// Package molfile reads and writes MDL molfiles, V2000 and V3000, and SD files. It reads as RDKit 2026.03.6
// does with its default arguments (MolFromMolBlock, SDMolSupplier; strict parsing).
//
//	text → draft (atoms, bonds, marks, coordinates) → finish (stereo, hydrogens, perception) → Record
//
// What RDKit refuses is refused, and so is what only makes sense in a query: atom lists, A, Q, X, M,
// "single or double" bonds, counts of hydrogens or ring bonds. A refusal names its line.
//
// Writing turns a perceived molecule into a draft with marks, writes that, and reads it again to see that
// nothing was lost.
package molfile
