package preprocess

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"molserve/preprocess/standardize"
	"molserve/preprocess/xyz"
)

// Kind names the form of a record by its key in a request: smiles, sdf, xyz, atoms, graph.
type Kind string

// The kinds of the HTTP contract.
const (
	SMILES   Kind = "smiles"
	SDF      Kind = "sdf"
	XYZ      Kind = "xyz"
	Atoms    Kind = "atoms"
	RawGraph Kind = "graph"
)

// Kinds lists every kind, in the order of the documentation.
var Kinds = []Kind{SMILES, SDF, XYZ, Atoms, RawGraph}

// Record is one input as its sender wrote it.
type Record struct {
	ID   string // the sender's own name for it, may be empty
	Kind Kind
	Text string // SMILES, SDF or XYZ text; the JSON of atoms and graph

	// Line is where Text begins in its file, from 1, when a reader of many records has cut it out. 0: it is all.
	Line int

	// Auxiliary and Pairs are the JSON of what the sender says beside the molecule: a list of numbers, a list
	// of [i, j]. Empty: nothing.
	Auxiliary, Pairs string

	Standardize []standardize.Step // what to change in the molecule; none: nothing

	// Frame is what an XYZ record says when a reader of many frames has read it already; Text is then
	// empty. It must not be changed.
	Frame *xyz.Frame
}

// Besides are the keys that may stand beside the kind of a request's molecule.
var Besides = []string{"id", "auxiliary", "pairs"}

// UnmarshalJSON reads an item of a request's molecules: an object with one of the kinds and perhaps an
// id, auxiliary and pairs. Anything else in it is refused.
func (r *Record) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("is not an object with one of %v", Kinds)
	}
	*r = Record{}
	for key, value := range fields {
		if err := r.set(key, value); err != nil {
			return err
		}
	}
	if r.Kind == "" {
		return fmt.Errorf("has none of %v", Kinds)
	}
	return nil
}

func (r *Record) set(key string, value json.RawMessage) error {
	switch key {
	case "id":
		return r.setID(value)
	case "auxiliary":
		r.Auxiliary = string(value)
		return nil
	case "pairs":
		r.Pairs = string(value)
		return nil
	}
	if !slices.Contains(Kinds, Kind(key)) {
		return fmt.Errorf("unknown key %q; a molecule has one of %v, and perhaps %v", key, Kinds, Besides)
	}
	if r.Kind != "" {
		return fmt.Errorf("has both %q and %q", min(string(r.Kind), key), max(string(r.Kind), key))
	}
	r.Kind = Kind(key)
	if r.Kind == Atoms || r.Kind == RawGraph {
		r.Text = string(value)
		return nil
	}
	if err := json.Unmarshal(value, &r.Text); err != nil || bytes.Equal(value, []byte("null")) {
		return fmt.Errorf("%s is not a string", key)
	}
	return nil
}

// setID takes a string, or a number as it is written.
func (r *Record) setID(value json.RawMessage) error {
	text := strings.TrimSpace(string(value))
	if json.Unmarshal(value, &r.ID) == nil {
		return nil
	}
	var n json.Number
	if json.Unmarshal(value, &n) != nil {
		return fmt.Errorf("id is neither a string nor a number")
	}
	r.ID = text
	return nil
}

// MarshalJSON writes the item that UnmarshalJSON reads. A record that has a frame has no text to write.
func (r Record) MarshalJSON() ([]byte, error) {
	if r.Frame != nil {
		return nil, fmt.Errorf("the %s record is a frame, not text", r.Kind)
	}
	fields := map[string]any{string(r.Kind): r.Text}
	if r.Kind == Atoms || r.Kind == RawGraph {
		fields[string(r.Kind)] = json.RawMessage(r.Text)
	}
	if r.ID != "" {
		fields["id"] = r.ID
	}
	if r.Auxiliary != "" {
		fields["auxiliary"] = json.RawMessage(r.Auxiliary)
	}
	if r.Pairs != "" {
		fields["pairs"] = json.RawMessage(r.Pairs)
	}
	return json.Marshal(fields)
}
