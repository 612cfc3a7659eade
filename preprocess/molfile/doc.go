// Package molfile reads MDL molfiles, V2000 and V3000, and SD files, as RDKit 2026.03.6 does with its
// default arguments (MolFromMolBlock, SDMolSupplier; strict parsing).
//
//	text → draft (atoms, bonds, marks, coordinates) → finish (stereo, hydrogens, perception) → Record
//
// What RDKit refuses is refused, and so is what only makes sense in a query: atom lists, A, Q, X, M,
// "single or double" bonds, counts of hydrogens or ring bonds. A refusal names its line.
package molfile
