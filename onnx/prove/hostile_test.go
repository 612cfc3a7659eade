package prove_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/rewrite"
)

func TestACertificateIsReadBack(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	for _, level := range []prove.Level{prove.Golden, prove.Gate, prove.Full} {
		want := f.prove(level)
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := prove.ReadCertificate(raw, f.open().Manifest(), prove.Plan{Level: level})
		if err != nil || !got.OK || len(got.Checks) != len(want.Checks) {
			t.Errorf("%v: %v, %+v", level, err, got)
		}
	}
}

func TestACertificateThatDoesNotHoldIsReadBack(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.write("golden.json", []byte("{}"))
	raw, err := json.Marshal(f.prove(prove.Gate))
	if err != nil {
		t.Fatal(err)
	}
	got, err := prove.ReadCertificate(raw, f.open().Manifest(), prove.Plan{Level: prove.Gate})
	if err != nil || got.OK || len(got.Failed()) != 1 {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestHostileCertificatesAreRefused(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	m, honest := f.open().Manifest(), f.prove(prove.Gate)
	text, err := json.Marshal(honest)
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func(*prove.Certificate)) []byte {
		c := *honest
		c.Checks = slices.Clone(c.Checks)
		edit(&c)
		raw, err := json.Marshal(&c)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	replace := func(old, new string) []byte {
		if !bytes.Contains(text, []byte(old)) {
			t.Fatalf("no %s in %s", old, text)
		}
		return bytes.Replace(text, []byte(old), []byte(new), 1)
	}
	for want, raw := range map[string][]byte{
		"EOF":                             nil,
		"invalid character":               []byte("certificate"),
		"something follows":               append(slices.Clone(text), "{}"...),
		"unknown field":                   replace(`"model":`, `"extra":1,"model":`),
		`unknown field "verdict"`:         replace(`"bound":`, `"verdict":"fine","bound":`),
		"invalid character 'N'":           replace(`"measured":0`, `"measured":NaN`),
		"1e999":                           replace(`"measured":0`, `"measured":1e999`),
		"are more than":                   append(slices.Clone(text), bytes.Repeat([]byte(" "), prove.MaxCertificate)...),
		`"permutatiom" is not known here`: replace(`"permutation"`, `"permutatiom"`),
		`is of "other"@"1"`:               change(func(c *prove.Certificate) { c.Model = "other" }),
		`at level "full"`:                 change(func(c *prove.Certificate) { c.Level = "full" }),
		"this is ONNX Runtime":            change(func(c *prove.Certificate) { c.Library = "onnxruntime 0" }),
		"is of other files":               change(func(c *prove.Certificate) { c.Files = map[string]string{"model.onnx": "0"} }),
		"too long":                        change(func(c *prove.Certificate) { c.Checks[0].Detail = strings.Repeat("a", 5000) }),
		"no plain text":                   change(func(c *prove.Certificate) { c.Machine = "\x1b[2J" }),
		"at most 512":                     change(func(c *prove.Certificate) { c.Libraries = make([]prove.Library, 513) }),
		"no plain text\x00\x00\x00\x00\x00\x00\x00\x00": change(func(c *prove.Certificate) { c.Libraries = []prove.Library{{Name: "\x1b[2J"}} }),
		"at most 64":                       change(func(c *prove.Certificate) { c.NotProved = make([]string, 65) }),
		"no plain text\x00":                change(func(c *prove.Certificate) { c.Computing = "cpu\x1b[2J" }),
		"no plain text\x00\x00":            change(func(c *prove.Certificate) { c.Left = []rewrite.Change{{Node: "\x07"}} }),
		"129 changes of the network":       change(func(c *prove.Certificate) { c.Left = make([]rewrite.Change, 129) }),
		"warm-up: {":                       change(func(c *prove.Certificate) { c.WarmUp = &prove.WarmUp{Bytes: -1} }),
		"65 operators":                     change(func(c *prove.Certificate) { c.Placement = &onnx.Placement{FellBack: make([]onnx.FellBack, 65)} }),
		"rows of the process that serves":  change(func(c *prove.Certificate) { c.Repeated = c.Checks }),
		"not in its place":                 change(func(c *prove.Certificate) { c.Checks = append(c.Checks, c.Checks[0]) }),
		"17 checks of 17, 1 of which fail": change(func(c *prove.Certificate) { c.Checks[7].Measured, c.Checks[7].OK = 1, false }),
		"ok=true with 16 checks of 17":     change(func(c *prove.Certificate) { c.Checks = slices.Delete(c.Checks, 8, 9) }),
		"ok=true with 0 checks of 17":      change(func(c *prove.Certificate) { c.Checks = nil }),
		"ok=false with 17 checks of 17":    change(func(c *prove.Certificate) { c.OK = false }),
		"cannot say ok=true":               change(func(c *prove.Certificate) { c.Checks[5].Measured = 1 }),
		"cannot say ok=false":              change(func(c *prove.Certificate) { c.Checks[5].OK = false }),
		"with bound 1":                     change(func(c *prove.Certificate) { c.Checks[5].Bound, c.Checks[5].Measured = 1, 0.5 }),
		"measures -1":                      change(func(c *prove.Certificate) { c.Checks[5].Measured = -1 }),
		"took":                             change(func(c *prove.Certificate) { c.Took = 1e300 }),
		" s":                               change(func(c *prove.Certificate) { c.Checks[5].Took = -time.Second }),
	} {
		if _, err := prove.ReadCertificate(raw, m, prove.Plan{Level: prove.Gate}); err == nil || !strings.Contains(err.Error(), strings.TrimRight(want, "\x00")) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestABudgetLeavesChecksOutButNeverTheGoldenAnswers(t *testing.T) {
	f := copyOf(t, "esol-dmpnn")
	plan := prove.Plan{Level: prove.Gate, Budget: time.Nanosecond}
	c, err := plan.Prove(t.Context(), f.open())
	if err != nil || !c.OK {
		t.Fatalf("%v, %+v", err, c)
	}
	names := fmt.Sprint(rowNames(c.Checks))
	if want := "[golden file tolerances records first run golden tensors golden outputs golden values]"; names != want {
		t.Errorf("%s, want %s", names, want)
	}
	if !slices.ContainsFunc(c.NotProved, func(s string) bool { return strings.HasPrefix(s, "permutation: left out") }) {
		t.Errorf("not said: %q", c.NotProved)
	}
	raw, _ := json.Marshal(c)
	if _, err := prove.ReadCertificate(raw, f.open().Manifest(), plan); err != nil {
		t.Error(err)
	}
	if _, err := prove.ReadCertificate(raw, f.open().Manifest(), prove.Plan{Level: prove.Gate}); err == nil {
		t.Error("a proof that left checks out passes for a whole one")
	}
	said := c.NotProved
	c.NotProved = slices.DeleteFunc(slices.Clone(said), func(s string) bool { return strings.HasPrefix(s, "permutation") })
	raw, _ = json.Marshal(c)
	if _, err := prove.ReadCertificate(raw, f.open().Manifest(), plan); err == nil {
		t.Error("a check is left out without a word")
	}
	c.NotProved = said
	c.Checks = c.Checks[:6]
	raw, _ = json.Marshal(c)
	if _, err := prove.ReadCertificate(raw, f.open().Manifest(), plan); err == nil {
		t.Error("golden values may be left out")
	}
}

func TestABrokenModelFailsWithinABudgetToo(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	f.goldenCase(0, func(c map[string]any) { c["values"] = []any{map[string]any{"logS": 99}} })
	c, err := prove.Plan{Level: prove.Gate, Budget: time.Nanosecond}.Prove(t.Context(), f.open())
	if err != nil || c.OK {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestTheRowsOfAManifestAreThoseOfItsProof(t *testing.T) {
	for _, name := range []string{"esol-gcn", "ethanol-egnn"} {
		f := copyOf(t, name)
		c := f.prove(prove.Gate)
		var rows []string
		for _, r := range prove.Rows(f.open().Manifest(), prove.Gate) {
			if r.Name == "rewritten" { // hangs on the network's file, and these are left as they are
				continue
			}
			if i := len(rows); i < len(c.Checks) && c.Checks[i].Bound != r.Bound {
				t.Errorf("%s: bound %g, of the manifest %g", r.Name, c.Checks[i].Bound, r.Bound)
			}
			rows = append(rows, r.Name)
		}
		if got := rowNames(c.Checks); !slices.Equal(got, rows) {
			t.Errorf("%q, of the manifest %q", got, rows)
		}
	}
}

func rowNames(rows []prove.Check) []string {
	var names []string
	for _, k := range rows {
		names = append(names, k.Name)
	}
	return names
}
