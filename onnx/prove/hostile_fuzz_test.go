package prove_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// Whatever a certificate says, one that is taken and holds has every check of the plan that it does not say is left
// out, within its bound, and is taken again as it was read.
func FuzzReadCertificate(f *testing.F) {
	m, err := onnx.Open(filepath.Join(shipped, "esol-gcn", "1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	for _, budget := range []time.Duration{0, time.Nanosecond} {
		c, err := prove.Plan{Level: prove.Gate, Budget: budget}.Prove(f.Context(), m)
		if err != nil {
			f.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, budget == 0)
	}
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		plan := prove.Plan{Level: prove.Gate, Budget: time.Second}
		if whole {
			plan.Budget = 0
		}
		c, err := prove.ReadCertificate(data, m.Manifest(), plan)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, k := range c.Checks {
			seen[k.Name] = true
			if c.OK && !(k.Measured <= k.Bound) {
				t.Errorf("%s measures %g of %g", k.Name, k.Measured, k.Bound)
			}
		}
		for _, r := range prove.Rows(m.Manifest(), prove.Gate) {
			if c.OK && !seen[r.Name] && (whole || r.Level == prove.Golden) && r.Name != "rewritten" {
				t.Errorf("%s is missing", r.Name)
			}
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := prove.ReadCertificate(again, m.Manifest(), plan); err != nil && len(again) <= prove.MaxCertificate {
			t.Errorf("what was taken is refused: %v", err)
		}
	})
}
