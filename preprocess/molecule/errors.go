package molecule

import "fmt"

// Code classifies a refusal. The codes are part of the public contract (docs/errors.md).
type Code string

// What can be wrong with a record.
const (
	CodeEmpty          Code = "empty"           // no text, no atoms
	CodeTooLong        Code = "too_long"        // more bytes than the limit
	CodeTooLarge       Code = "too_large"       // more atoms or edges than the limit
	CodeSyntax         Code = "syntax"          // not in the grammar
	CodeUnclosedRing   Code = "unclosed_ring"   // the end came before a ring was closed
	CodeUnclosedBranch Code = "unclosed_branch" // the end came before a branch or bracket was closed, or one closed that never opened
	CodeBadElement     Code = "bad_element"     // no such symbol
	CodeBond           Code = "bond"            // bond to itself, second bond, symbols that disagree
	CodeStereo         Code = "stereo"          // no such chirality class or permutation
	CodeValence        Code = "valence"         // RDKit's AtomValenceException
	CodeKekulize       Code = "kekulize"        // RDKit's KekulizeException
	CodeUnsupported    Code = "unsupported"     // read, but outside what is asked
	CodeFormat         Code = "format"          // a structured record is malformed
	CodeCoincident     Code = "coincident"      // two atoms at one place
)

// Error is a record refused: what, why, and where in the text.
type Error struct {
	Code    Code
	Message string
	Offset  int // byte offset in the text, -1 = no place can be named
	Line    int // 1-based line in a file, 0 = not a line format
}

// Error returns the message with its code.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }

// Refuse makes an *Error at a byte offset.
func Refuse(code Code, offset int, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Offset: offset}
}
