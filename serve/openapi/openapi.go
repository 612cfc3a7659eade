// Package openapi holds the OpenAPI 3.1 document of the server, whole and as each listener serves it. It is written
// by hand in the YAML files beside this one; tests of package serve hold it against the routes, the error codes and
// recorded exchanges.
package openapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var pieces embed.FS

// Listener is one of the two listeners of the server.
type Listener string

// The listeners, and what stands for both.
const (
	Public Listener = "public"
	Admin  Listener = "admin"
	Both   Listener = ""
)

// object is one of JSON.
type object = map[string]any

// Document returns the document as JSON: with the operations of one listener, or of both. It fails when the embedded
// files are not what they should be.
func Document(of Listener) ([]byte, error) {
	doc, err := whole()
	if err != nil {
		return nil, err
	}
	paths, ok := doc["paths"].(object)
	if !ok {
		return nil, fmt.Errorf("openapi: there are no paths")
	}
	for path, item := range paths {
		if item, ok := item.(object); !ok || !finish(item, of) {
			delete(paths, path)
		}
	}
	return json.MarshalIndent(doc, "", " ")
}

// whole joins the embedded files: their objects are merged.
func whole() (object, error) {
	doc := object{}
	files, err := pieces.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := pieces.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		var piece object
		if err := yaml.Unmarshal(text, &piece); err != nil {
			return nil, fmt.Errorf("openapi: %s: %w", f.Name(), err)
		}
		if err := merge(doc, piece); err != nil {
			return nil, fmt.Errorf("openapi: %s: %w", f.Name(), err)
		}
	}
	return doc, nil
}

// merge puts what is in from into to. A value may stand in one of them only.
func merge(to, from object) error {
	for key, value := range from {
		old, there := to[key]
		if !there {
			to[key] = value
			continue
		}
		a, okA := old.(object)
		b, okB := value.(object)
		if !okA || !okB {
			return fmt.Errorf("%s stands twice", key)
		}
		if err := merge(a, b); err != nil {
			return err
		}
	}
	return nil
}

// methods are those of the routes. HEAD follows from GET.
var methods = []string{"get", "post"}

// everywhere are the parameters that every operation has.
var everywhere = []any{object{"$ref": "#/components/parameters/RequestId"}, object{"$ref": "#/components/parameters/Traceparent"}}

// finish takes the operations of the other listener out of a path, and adds what all have. It tells whether any is left.
func finish(item object, of Listener) bool {
	left := false
	for _, method := range methods {
		op, ok := item[method].(object)
		if !ok {
			continue
		}
		if only, _ := op["x-listener"].(string); only != "" && of != Both && only != string(of) {
			delete(item, method)
			continue
		}
		left = true
		if method == "get" && op["x-no-head"] == nil {
			item["head"] = head(op)
		}
	}
	parameters, _ := item["parameters"].([]any)
	item["parameters"] = slices.Concat(parameters, everywhere)
	return left
}

// head is the operation HEAD of one of GET.
func head(get object) object {
	op := maps.Clone(get)
	op["operationId"] = fmt.Sprint(get["operationId"], "Head")
	op["description"] = "The headers of GET"
	return op
}
