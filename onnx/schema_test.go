package onnx_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"molserve/onnx"
	"molserve/onnx/scan"
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
	for _, path := range append(shipped, "testdata/manifest.json", "testdata/potential.json", "testdata/tensors.json") {
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

// A schema cannot say what these rows are about: keys that repeat, and what stands at one
// place held against another.
var beyondSchema = []string{
	"repeated key", "repeated key deep", "missing key deep", "huge number", "element", "not UTF-8", "field", "dtype", "order",
	"option of another field", "features cut", "symbol", "size", "width", "rank", "no featurizer", "tensor twice", "forces of nothing",
	"features without bonds", "field of places", "softmax of a column", "extensive with a shift", "step twice", "species of all",
	"energies of all", "width of vectors", "gradient of nothing", "gradient that misses", "energy of another element",
	"energy of no element", "sigmoid of an energy", "shift of an extensive energy", "extensive atoms",
	"gradient without energy", "gradient of itself", "gradient of atoms", "gradient in another unit", "name of the forces",
	"name of the virial", "irreps of nothing", "column of irreps", "shift of irreps", "softmax of irreps", "edges of padding",
	"alpha of bessel", "basis beyond", "shape of basis", "p of cosine", "envelope beyond", "shape of harmonics",
	"order of edges for harmonics", "width of loop row", "velocities of bonds", "rings of pairs when packed",
	"chain to itself", "chain of too many", "auxiliary without a width", "no auxiliary", "pairs of nothing", "files of a disk", "chain of two inputs", "loops of vectors",
}

func TestSchemaRefusesWhatTheCodeRefuses(t *testing.T) {
	s := schema(t)
	for _, name := range examples {
		for _, c := range badManifests[name] {
			err := validate(s, strings.Replace(exampleOf(t, name), c.old, c.new, 1))
			if err == nil && !slices.Contains(beyondSchema, c.name) {
				t.Errorf("%s/%s: the schema takes it", name, c.name)
			}
		}
	}
}

// unfit are values that stand nowhere in a manifest, or somewhere only.
var unfit = []any{nil, "", -1, 0, 1.5, true, []any{}, map[string]any{}}

// spoil puts each unfit value into the place of v and of all that is in it, and calls visit with the place.
func spoil(v any, at string, set func(any), visit func(at string)) {
	for _, u := range unfit {
		set(u)
		visit(fmt.Sprintf("%s = %#v", at, u))
	}
	set(v)
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			spoil(inner, at+"/"+key, func(u any) { v[key] = u }, visit)
		}
	case []any:
		for i, inner := range v {
			spoil(inner, fmt.Sprintf("%s/%d", at, i), func(u any) { v[i] = u }, visit)
		}
	}
}

// Who has asked the schema is not told otherwise by the program: it takes nothing that the schema refuses.
func TestCodeTakesNothingThatTheSchemaRefuses(t *testing.T) {
	s := schema(t)
	for _, name := range examples {
		var whole map[string]any
		if err := json.Unmarshal([]byte(exampleOf(t, name)), &whole); err != nil {
			t.Fatal(err)
		}
		spoil(whole, "", func(any) {}, func(at string) {
			text, err := json.Marshal(whole)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := onnx.ReadManifest(text); err != nil {
				return
			}
			if err := validate(s, string(text)); err != nil {
				t.Errorf("%s: %s: %v", name, at, err)
			}
		})
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
	var orders, normalisations, signs []string
	for _, layout := range []graph.Layout{graph.Packed, graph.Padded} {
		for _, name := range graph.Names(layout) {
			info, err := graph.Describe(layout, name)
			if err != nil {
				t.Fatal(err)
			}
			orders, normalisations, signs = append(orders, info.Orders...), append(normalisations, info.Normalisations...), append(signs, info.Signs...)
		}
	}
	for key, words := range map[string][]string{"order": orders, "normalisation": normalisations, "sign": signs} {
		slices.Sort(words)
		sameWords(t, key, input.Properties[key].Enum, slices.Compact(words))
	}
	operators := scan.Declared()
	slices.Sort(operators)
	sameWords(t, "operators", root.Properties["operators"].Items.Enum, operators)
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
		if !typ.Field(i).IsExported() {
			continue
		}
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
