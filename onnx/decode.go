package onnx

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ReadManifest reads manifest.json. Unknown, repeated and missing keys, values of the wrong type and
// claims that do not hold together are all reported at once, as Faults.
func ReadManifest(data []byte) (*Manifest, error) {
	tree, err := parse(data)
	if err != nil {
		return nil, Faults{{Message: err.Error()}}
	}
	var m Manifest
	var d decoder
	d.value(tree, reflect.ValueOf(&m).Elem(), "", false)
	d.addChecks(check(&m))
	if err := d.faults.err(); err != nil {
		return nil, err
	}
	return &m, nil
}

// decoder fills Go values from a tree, going on after each fault.
type decoder struct{ faults Faults }

// addChecks adds what check found, except about values that could not be read.
func (d *decoder) addChecks(found Faults) {
	unread := d.faults
	for _, f := range found {
		if !slices.ContainsFunc(unread, func(u Fault) bool { return within(f.Pointer, u.Pointer) || within(u.Pointer, f.Pointer) }) {
			d.faults = append(d.faults, f)
		}
	}
}

// within tells whether pointer p is q or lies under it.
func within(p, q string) bool { return p == q || strings.HasPrefix(p, q+"/") }

// escape makes a key a part of a JSON pointer (RFC 6901).
func escape(key string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func (d *decoder) value(n node, v reflect.Value, at string, nullable bool) {
	if n.kind == "null" && nullable {
		return
	}
	if v.Type() == reflect.TypeFor[Dim]() {
		d.dim(n, v.Addr().Interface().(*Dim), at)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), at, false)
	case reflect.Struct:
		d.object(n, v, at)
	case reflect.Map:
		d.table(n, v, at)
	case reflect.Slice:
		d.list(n, v, at)
	case reflect.Interface:
		v.Set(reflect.ValueOf(d.free(n, at)))
	default:
		d.scalar(n, v, at)
	}
}

// kinds are the JSON kinds of Go's scalars.
var kinds = map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean",
	reflect.Int: "number", reflect.Int64: "number", reflect.Float64: "number"}

func (d *decoder) scalar(n node, v reflect.Value, at string) {
	if !d.is(n, kinds[v.Kind()], at) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.text)
	case reflect.Bool:
		v.SetBool(n.truth)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.text, 64)
		if err != nil || math.IsInf(f, 0) {
			d.faults.add(at, "%s does not fit a float64", n.text)
		}
		v.SetFloat(f)
	default:
		i, ok := wholeNumber(n.text)
		if !ok {
			d.faults.add(at, "%s is not an integer", n.text)
		}
		v.SetInt(i)
	}
}

// wholeNumber reads a number without a fraction, however it is written: JSON has one kind of number, and 3.0 and 3e0
// are integers of a JSON Schema.
func wholeNumber(text string) (int64, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, true
	}
	const exact = 1 << 53
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// is reports a node of another kind.
func (d *decoder) is(n node, kind, at string) bool {
	if n.kind == kind {
		return true
	}
	d.faults.add(at, "is %s, not %s", article(n.kind), article(kind))
	return false
}

func article(kind string) string {
	switch kind {
	case "null":
		return kind
	case "object", "array":
		return "an " + kind
	}
	return "a " + kind
}

func (d *decoder) dim(n node, dim *Dim, at string) {
	raw := n.text
	if n.kind == "string" {
		raw = strconv.Quote(n.text)
	}
	if n.kind != "string" && n.kind != "number" || dim.UnmarshalJSON([]byte(raw)) != nil {
		d.faults.add(at, "is neither a symbol nor a size")
	}
}

func (d *decoder) list(n node, v reflect.Value, at string) {
	if !d.is(n, "array", at) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.value(item, v.Index(i), fmt.Sprintf("%s/%d", at, i), false)
	}
}

// members calls read for each key of an object once, in order.
func (d *decoder) members(n node, at string, read func(key string, value node, at string)) {
	seen := map[string]bool{}
	for _, m := range n.members {
		to := at + escape(m.key)
		if seen[m.key] {
			d.faults.add(to, "stands twice")
			continue
		}
		seen[m.key] = true
		read(m.key, m.value, to)
	}
}

// table reads an object whose keys are the file's own.
func (d *decoder) table(n node, v reflect.Value, at string) {
	if !d.is(n, "object", at) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	d.members(n, at, func(key string, value node, at string) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(value, item, at, item.Kind() == reflect.Interface)
		v.SetMapIndex(reflect.ValueOf(key), item)
	})
}

// missingKey is the fault of a key that must be there.
const missingKey = "is missing"

func (d *decoder) object(n node, v reflect.Value, at string) {
	if !d.is(n, "object", at) {
		return
	}
	keys := fields(v.Type())
	missing := map[string]bool{}
	for key, f := range keys {
		missing[key] = !f.optional
		if f.preset != "" {
			d.scalar(node{kind: "number", text: f.preset}, v.Field(f.index), at)
		}
	}
	if t, ok := v.Addr().Interface().(*Transform); ok {
		t.ordered(n)
	}
	d.members(n, at, func(key string, value node, at string) {
		f, ok := keys[key]
		if !ok {
			d.faults.add(at, "is an unknown key")
			return
		}
		delete(missing, key)
		d.value(value, v.Field(f.index), at, f.nullable)
		if f.optional && value.kind == "string" && value.text == "" {
			d.faults.add(at, "is empty; leave the key out")
		}
		if f.positive && v.Field(f.index).IsZero() && value.kind == "number" {
			d.faults.add(at, "is %s; leave the key out for the default", value.text)
		}
	})
	for i := range v.NumField() {
		if key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); missing[key] {
			d.faults.add(at+escape(key), missingKey)
		}
	}
}

// field is what the tags of a struct field say of its key.
type field struct {
	index              int
	optional, nullable bool
	positive           bool // 0 stands for an absent key, and may not be written
	preset             string
}

// fields lists the keys of a struct.
func fields(t reflect.Type) map[string]field {
	out := map[string]field{}
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if !t.Field(i).IsExported() {
			continue
		}
		key, options, _ := strings.Cut(tag.Get("json"), ",")
		out[key] = field{i, options == "omitempty", tag.Get("null") == "yes", tag.Get("zero") == "no", tag.Get("preset")}
	}
	return out
}

// free reads a value of any kind: the hyperparameters and metrics that people write for each other.
func (d *decoder) free(n node, at string) any {
	switch n.kind {
	case "string":
		return n.text
	case "boolean":
		return n.truth
	case "number":
		var f float64
		d.scalar(n, reflect.ValueOf(&f).Elem(), at)
		return f
	case "array":
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.free(item, fmt.Sprintf("%s/%d", at, i))
		}
		return list
	case "object":
		table := map[string]any{}
		d.members(n, at, func(key string, value node, at string) { table[key] = d.free(value, at) })
		return table
	}
	return nil
}

var _ json.Unmarshaler = (*Dim)(nil)
