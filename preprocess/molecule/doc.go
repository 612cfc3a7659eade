// Package molecule holds the molecule as RDKit perceives it, and the perception itself.
//
// A Molecule is atoms, bonds and what Perceive finds out about them, in the order of
// RDKit 2026.03.6 (sanitizeMol and assignStereochemistry with default arguments):
//
//	H folding → clean-up → valence → rings → kekulize → radicals → aromaticity → conjugation →
//	hybridisation → stereo
//
// Readers (preprocess/smiles and later preprocess/molfile) build the atoms and bonds; one
// file here owns each step. What a step refuses is an *Error with a machine-readable code.
package molecule
