package onnx_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"molserve/onnx"
	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
)

const schemaFile = "../docs/manifest.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, text string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

func TestShippedManifestsFitTheSchemaAndTheCode(t *testing.T) {
	shipped, err := filepath.Glob("../exported_models/*/*/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(shipped, "testdata/manifest.json") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema(t), string(data)); err != nil {
			t.Errorf("%s: the schema refuses it: %v", path, err)
		}
		if _, err := onnx.ReadManifest(data); err != nil {
			t.Errorf("%s: the code refuses it: %v", path, err)
		}
	}
}

// A schema cannot say what these rows are about: keys that repeat, and numbers held against each other.
var beyondSchema = []string{"repeated key", "repeated key deep", "missing key deep", "huge number", "cutoff of bonds", "element",
	"not UTF-8", "field", "dtype", "order", "option of another field", "symbol", "size", "width", "rank", "no featurizer", "tensor twice"}

func TestSchemaRefusesWhatTheCodeRefuses(t *testing.T) {
	s := schema(t)
	for _, c := range badManifests {
		err := validate(s, strings.Replace(example(t), c.old, c.new, 1))
		if err == nil && !slices.Contains(beyondSchema, c.name) {
			t.Errorf("%s: the schema takes it", c.name)
		}
	}
}

// schemaNode is as much of a schema as the test of keys reads.
type schemaNode struct {
	Properties           map[string]*schemaNode
	Required             []string
	AdditionalProperties json.RawMessage
	Items                *schemaNode
	AnyOf                []*schemaNode
	Enum                 []any
}

func TestSchemaAndCodeHaveTheSameKeys(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	sameKeys(t, &root, reflect.TypeFor[onnx.Manifest](), "")
	input := root.Properties["inputs"].Items
	fields := slices.Concat(graph.Names(graph.Packed), graph.Names(graph.Padded))
	slices.Sort(fields)
	sameWords(t, "field", input.Properties["field"].Enum, slices.Compact(fields))
	sameWords(t, "featurizer", input.Properties["featurizer"].Enum, featurize.Names())
}

func sameWords(t *testing.T, what string, got []any, want []string) {
	t.Helper()
	var words []string
	for _, w := range got {
		words = append(words, w.(string))
	}
	slices.Sort(words)
	if !slices.Equal(words, want) {
		t.Errorf("%s: the schema has %v, the code %v", what, words, want)
	}
}

// sameKeys holds a struct's keys against a schema's, all the way down.
func sameKeys(t *testing.T, n *schemaNode, typ reflect.Type, at string) {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if n != nil && len(n.AnyOf) > 0 {
		n = n.AnyOf[len(n.AnyOf)-1]
	}
	switch {
	case n == nil:
		t.Errorf("%s: the schema has nothing", at)
	case typ == reflect.TypeFor[onnx.Dim]():
	case typ.Kind() == reflect.Slice:
		sameKeys(t, n.Items, typ.Elem(), at+"/[]")
	case typ == reflect.TypeFor[map[string]onnx.File]():
		var file schemaNode
		if err := json.Unmarshal(n.AdditionalProperties, &file); err != nil {
			t.Error(err)
		}
		sameKeys(t, &file, typ.Elem(), at+"/{}")
	case typ.Kind() == reflect.Struct:
		sameStruct(t, n, typ, at)
	}
}

func sameStruct(t *testing.T, n *schemaNode, typ reflect.Type, at string) {
	if string(n.AdditionalProperties) != "false" {
		t.Errorf("%s: the schema takes unknown keys", at)
	}
	var keys, required []string
	for i := range typ.NumField() {
		key, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		keys = append(keys, key)
		if options == "" {
			required = append(required, key)
		}
		sameKeys(t, n.Properties[key], typ.Field(i).Type, at+"/"+key)
	}
	slices.Sort(keys)
	slices.Sort(required)
	if got := slices.Sorted(maps.Keys(n.Properties)); !slices.Equal(got, keys) {
		t.Errorf("%s: the schema has keys %v, the code %v", at, got, keys)
	}
	if got := slices.Sorted(slices.Values(n.Required)); !slices.Equal(got, required) {
		t.Errorf("%s: the schema requires %v, the code %v", at, got, required)
	}
}
