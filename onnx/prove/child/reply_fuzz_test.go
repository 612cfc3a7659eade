package child

import (
	"encoding/json"
	"strings"
	"testing"

	"molserve/onnx/prove"
)

// Whatever a child says, it is a certificate of this process's plan, or a reason that a log can hold.
func FuzzReadReply(f *testing.F) {
	b := read(f, "esol-gcn")
	m, err := b.Open()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	plan := prove.Plan{Level: prove.Golden}
	c, err := plan.Prove(f.Context(), m)
	if err != nil {
		f.Fatal(err)
	}
	certificate, err := json.Marshal(c)
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(reply{Certificate: certificate})
	if err != nil {
		f.Fatal(err)
	}
	for _, said := range []string{string(text), `{"refused":"no"}`, `{"refused":"no","certificate":{}}`, `{}`, `{"certificate":null}`} {
		f.Add([]byte(said))
	}
	computing := m.Preparation().Computing()
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _, err := readReply(data, b.Manifest(), plan, computing)
		switch {
		case (c == nil) != (err != nil):
			t.Fatal(c, err)
		case err != nil && !strings.Contains(err.Error(), ErrReply.Error()) && strings.ContainsFunc(err.Error(), isControl):
			t.Errorf("a reason with control characters: %q", err)
		case c != nil && (c.Where != prove.Child || c.Computing != computing || c.Key != ""):
			t.Errorf("%+v", c)
		}
	})
}
