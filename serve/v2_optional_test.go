package serve_test

import (
	"strings"
	"testing"

	"molserve/serve"
)

// The error of a body that may be left out says what it may be, in words of the protocol.
func TestOptionalBodiesAreRefusedWithTheirForm(t *testing.T) {
	w := start(t, serve.Config{})
	for path, form := range map[string]string{w.base + "/v2/repository/index": `{\"ready\": true}`, w.admin + "/v2/repository/models/m/load": `{\"parameters\": {…}}`} {
		for _, body := range []string{"[]", "{", `{"ready": 1, "parameters": 1}`, "null null"} {
			a, err := ask("POST", path, body)
			if err != nil || a.status != 400 || !strings.Contains(a.body, form) || strings.Contains(a.body, "Go ") {
				t.Errorf("%s %s: %d %s, %v", path, body, a.status, a.body, err)
			}
		}
		if a, err := ask("POST", path, " \n"); err != nil || a.status != 200 {
			t.Errorf("%s: %d %s, %v", path, a.status, a.body, err)
		}
	}
}
