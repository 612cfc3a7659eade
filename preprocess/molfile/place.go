package molfile

// Place gives what was refused of a record after it was read the line of the atom that it names, else
// first, the record's own line from 1; 0 counts as 1. Errors that are no *molecule.Error stay as they are.
func Place(err error, first int) error { return placed(err, max(first, 1)) }
