package scan

import (
	"fmt"
	"strings"
)

// Fault is one reason to refuse a file.
type Fault struct {
	Node   string // name of the node or initializer; empty: the file
	Op     string // its operator; empty: no node
	Reason string // what is wrong
	Cure   string // what to do about it
}

// String writes node, operator, reason and cure on one line.
func (f Fault) String() string {
	text := f.Reason
	switch {
	case f.Op != "" && f.Node != "":
		text = fmt.Sprintf("node %q (%s): %s", f.Node, f.Op, f.Reason)
	case f.Op != "":
		text = fmt.Sprintf("a node of %s: %s", f.Op, f.Reason)
	case f.Node != "":
		text = fmt.Sprintf("initializer %q: %s", f.Node, f.Reason)
	}
	if f.Cure != "" {
		text += "; " + f.Cure
	}
	return text
}

// maxFaults bounds what is listed: a hostile file could have a fault in each of a million nodes.
const maxFaults = 64

// Faults is every reason to refuse a file.
type Faults []Fault

// Error lists every fault, one a line.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f)+1)
	for i, fault := range f {
		if i == maxFaults {
			lines = append(lines, fmt.Sprintf("and %d more", len(f)-maxFaults))
			break
		}
		lines = append(lines, fault.String())
	}
	return strings.Join(lines, "\n")
}

// Err returns f as an error, or nil when there is none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
