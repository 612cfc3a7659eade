package openapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"molserve/serve/openapi"
)

// each runs a test on the documents of both listeners and of the whole.
func each(t *testing.T, test func(t *testing.T, doc map[string]any)) {
	t.Helper()
	for _, of := range []openapi.Listener{openapi.Public, openapi.Admin, openapi.Both} {
		t.Run("of "+string(of), func(t *testing.T) {
			text, err := openapi.Document(of)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			test(t, doc.(map[string]any))
		})
	}
}

// The documents are what the OpenAPI Initiative's schema says.
func TestDocumentsAreOpenAPI(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/oas-3.1-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, doc map[string]any) {
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%#v", err)
		}
	})
	for _, wrong := range []string{`{}`, `{"openapi":"3.1.0","info":{"title":"a"},"paths":{}}`, `{"openapi":"3.1.0","info":{"title":"a","version":"1"},"paths":{"a":{}}}`} {
		var doc any
		if err := json.Unmarshal([]byte(wrong), &doc); err != nil || schema.Validate(doc) == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}

// Every reference leads somewhere, and of the whole document every component is referred to.
func TestReferencesLeadSomewhere(t *testing.T) {
	each(t, func(t *testing.T, doc map[string]any) {
		used := map[string]bool{}
		walk(doc, func(o map[string]any) {
			ref, ok := o["$ref"].(string)
			if !ok {
				return
			}
			used[ref] = true
			if at(doc, ref) == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		})
		if !strings.HasSuffix(t.Name(), "of_") {
			return
		}
		for kind, all := range doc["components"].(map[string]any) {
			for name := range all.(map[string]any) {
				if ref := "#/components/" + kind + "/" + name; !used[ref] && kind != "securitySchemes" {
					t.Errorf("nothing refers to %s", ref)
				}
			}
		}
	})
}

// A text with a comma that is not quoted makes a key without a value.
func TestNoKeyIsWithoutValue(t *testing.T) {
	each(t, func(t *testing.T, doc map[string]any) {
		walk(doc, func(o map[string]any) {
			for key, v := range o {
				if v == nil {
					t.Errorf("%q has no value", key)
				}
			}
		})
	})
}

// Every schema is one of JSON Schema 2020-12, and every operation has a name of its own and answers.
func TestSchemasAndOperationsHold(t *testing.T) {
	each(t, func(t *testing.T, doc map[string]any) {
		c := jsonschema.NewCompiler()
		if err := c.AddResource("doc.json", doc); err != nil {
			t.Fatal(err)
		}
		for name := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
			if _, err := c.Compile("doc.json#/components/schemas/" + name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		seen := map[string]string{}
		for path, item := range doc["paths"].(map[string]any) {
			for method, op := range item.(map[string]any) {
				if method == "parameters" {
					continue
				}
				id := fmt.Sprint(op.(map[string]any)["operationId"])
				if seen[id] != "" {
					t.Errorf("%s %s and %s are both called %s", method, path, seen[id], id)
				}
				seen[id] = method + " " + path
			}
		}
	})
}

func walk(v any, see func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		see(v)
		for _, x := range v {
			walk(x, see)
		}
	case []any:
		for _, x := range v {
			walk(x, see)
		}
	}
}

// at follows a reference within the document.
func at(doc map[string]any, ref string) any {
	var here any = doc
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		o, ok := here.(map[string]any)
		if !ok {
			return nil
		}
		here = o[step]
	}
	return here
}
