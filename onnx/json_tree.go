package onnx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a manifest.
const maxDepth = 32

// node is a JSON value that keeps what encoding/json would lose: repeated keys and their order.
type node struct {
	kind    string // object, array, string, number, boolean, null
	members []member
	items   []node
	text    string // of a string, unquoted; of a number, as written
	truth   bool
}

type member struct {
	key   string
	value node
}

// parse reads one JSON document and nothing after it.
func parse(data []byte) (node, error) {
	if !utf8.Valid(data) {
		return node{}, fmt.Errorf("is not UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return node{}, fmt.Errorf("is not JSON: %w%s", err, place(data, err))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readNode(d, 0)
}

// place names the line of a syntax error.
func place(data []byte, err error) string {
	syntax, ok := err.(*json.SyntaxError)
	if !ok {
		return ""
	}
	before := data[:min(int(syntax.Offset), len(data))]
	return fmt.Sprintf(" (line %d, byte %d)", 1+bytes.Count(before, []byte("\n")), syntax.Offset)
}

func readNode(d *json.Decoder, depth int) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return node{}, fmt.Errorf("is nested deeper than %d", maxDepth)
		}
		if t == '{' {
			return readObject(d, depth)
		}
		return readArray(d, depth)
	case string:
		return node{kind: "string", text: t}, nil
	case json.Number:
		return node{kind: "number", text: t.String()}, nil
	case bool:
		return node{kind: "boolean", truth: t}, nil
	}
	return node{kind: "null"}, nil
}

func readObject(d *json.Decoder, depth int) (node, error) {
	n := node{kind: "object"}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return n, err
		}
		value, err := readNode(d, depth+1)
		if err != nil {
			return n, err
		}
		n.members = append(n.members, member{key.(string), value})
	}
	_, err := d.Token() // }
	return n, err
}

func readArray(d *json.Decoder, depth int) (node, error) {
	n := node{kind: "array"}
	for d.More() {
		item, err := readNode(d, depth+1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	_, err := d.Token() // ]
	return n, err
}
