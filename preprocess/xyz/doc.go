// Package xyz reads and writes structures with coordinates: plain and extended XYZ, many frames one
// after another, as ASE 3.29 reads them, and the JSON form of the HTTP contract (atoms).
//
//	bytes → Reader, ParseAtoms → Frame → Writer, NewRecord → bytes
//
// Lengths are Å. Numbers that a file names otherwise keep the file's names and units. No bonds are
// guessed. Where this differs from ASE it refuses what ASE guesses, or reads what ASE cannot;
// docs/xyz.md lists each case.
//
// The way of one frame, a file for each step:
//
//	lines.go               bounded lines, LF or CRLF
//	reader.go              the count line, which frame is refused, where the next begins
//	comment.go, keys.go    the comment line cut into keys and values, and what they mean
//	value.go, json.go      the type of a value
//	cell.go, vectors.go    Lattice and pbc; cells written as pseudo-atoms
//	properties.go, rows.go the columns, and the atoms in them
package xyz
