package tests

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

var anyTransform = regexp.MustCompile(`"transform": \{[^}]*\}`)

// The inputs, outputs and transforms that the page shows are read by what reads manifests.
func TestTheManifestPageShowsWhatIsRead(t *testing.T) {
	page := string(readFile(t, "../docs/manifest.md"))
	inputs, outputs := 0, 0
	for _, block := range jsonBlock.FindAllStringSubmatch(page, -1) {
		if strings.Contains(block[1], `"field"`) {
			inputs++
			if _, _, err := onnx.ReadInput([]byte(block[1]), graph.Packed, nil); err != nil {
				t.Errorf("%s\n%v", block[1], err)
			}
			continue
		}
		outputs++
		var manifest map[string]json.RawMessage
		unmarshal(t, readFile(t, "../onnx/testdata/manifest.json"), &manifest)
		manifest["outputs"] = json.RawMessage("[" + block[1] + "]")
		if _, err := onnx.ReadManifest(marshal(t, manifest)); err != nil {
			t.Errorf("%s\n%v", block[1], err)
		}
	}
	transforms := regexp.MustCompile("`(\\{\"s.*?\\})`").FindAllStringSubmatch(page, -1)
	for _, z := range transforms {
		text := anyTransform.ReplaceAllString(string(readFile(t, "../onnx/testdata/manifest.json")), `"transform": `+z[1])
		if m, err := onnx.ReadManifest([]byte(text)); err != nil || m.Outputs[0].Transform.Scale == 2.09 {
			t.Errorf("%s: %v", z[1], err)
		}
	}
	if inputs != 1 || outputs != 1 || len(transforms) != 3 {
		t.Errorf("%d inputs, %d outputs, %d transforms", inputs, outputs, len(transforms))
	}
}
