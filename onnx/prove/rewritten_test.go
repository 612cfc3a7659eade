package prove_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// The networks are those of testdata/rewritable.py.
func TestRewrittenIsHeldAgainstTheOriginal(t *testing.T) {
	for _, c := range []struct {
		network string
		holds   bool
		changes int
	}{{"rewritable", true, 1}, {"denormal_matters", false, 2}} {
		t.Run(c.network, func(t *testing.T) {
			network, err := os.ReadFile(filepath.Join("testdata", c.network+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			f := copyOf(t, "esol-dmpnn")
			f.manifest(func(m map[string]any) { m["architecture"] = nil })
			f.write("model.onnx", network)
			certificate := f.prove(prove.Gate)
			if r := certificate.Rewritten; r == nil || len(r.Changes) != c.changes || len(r.SHA256) != 64 || r.SHA256 == certificate.Files["model.onnx"] {
				t.Errorf("the certificate has %+v", r)
			}
			for _, row := range certificate.Checks {
				if row.Name != "rewritten" {
					continue
				}
				if row.OK != c.holds || !strings.Contains(row.Detail, "changes") {
					t.Errorf("%+v", row)
				}
				return
			}
			t.Error("it was not held against the original")
		})
	}
}

func TestRewritingCanBeSwitchedOff(t *testing.T) {
	network, err := os.ReadFile(filepath.Join("testdata", "rewritable.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	f := copyOf(t, "esol-dmpnn")
	f.write("model.onnx", network)
	for _, keep := range []bool{false, true} {
		m, err := onnx.Preparation{KeepNetwork: keep}.Open(f.dir)
		if err != nil {
			t.Fatal(err)
		}
		if kept := m.Rewritten() == nil; kept != keep {
			t.Errorf("KeepNetwork %v: %+v", keep, m.Rewritten())
		}
		m.Close()
	}
}

func TestNetworksThatStayHaveNoSuchRow(t *testing.T) {
	certificate := copyOf(t, "esol-gcn").prove(prove.Gate)
	if certificate.Rewritten != nil {
		t.Errorf("rewritten: %+v", certificate.Rewritten)
	}
	for _, row := range certificate.Checks {
		if row.Name == "rewritten" {
			t.Errorf("%+v", row)
		}
	}
}
