// Package smiles reads SMILES as RDKit 2026.03.6 does (Chem.MolFromSmiles with default arguments).
//
// Parse is iterative and refuses with a code and a byte offset; nothing is guessed.
package smiles
