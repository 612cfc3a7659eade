package inspect_test

import (
	"bytes"
	"strings"
	"testing"

	"molserve/preprocess/inspect"
)

const methanol = "methanol\n\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n" +
	"    1.4000    0.0000    0.5000 O   0  0\n  1  2  1  0\nM  END\n> <b>\n1\n2\n\n> <a>\n\"x\"\n\n"

func TestMolfileRecordSaysPlacesAndItems(t *testing.T) {
	var out bytes.Buffer
	if err := inspect.SDF(strings.NewReader(methanol+"$$$$\nbad\n$$$$\n"), &out, inspect.Options{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], `{"title":"methanol","n":2,`) ||
		!strings.HasSuffix(lines[0], `"xyz":[[0,0,0],[1.4,0,0.5]],"dim":3,"props":{"b":"1\n2","a":"\"x\""}}`) {
		t.Error(lines[0])
	}
	if !strings.HasPrefix(lines[1], `{"error":{"code":"format"`) || !strings.Contains(lines[1], `"line":18}`) || lines[2] != "" {
		t.Errorf("%q", lines[1:])
	}
	for _, features := range []string{"", "chemprop_v2"} {
		out.Reset()
		if err := inspect.Molfile(strings.NewReader(methanol), &out, inspect.Options{Features: features}); err != nil || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%s %v", out.String(), err)
		}
	}
}
