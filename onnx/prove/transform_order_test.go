package prove_test

import (
	"bytes"
	"fmt"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// withTransform gives the first output another transform, key after key as the text has them.
func (f folder) withTransform(text string) {
	f.Helper()
	data := f.read("manifest.json")
	from := bytes.Index(data, []byte(`"transform"`))
	if from < 0 {
		f.Fatal("no transform")
	}
	to := from + bytes.IndexByte(data[from:], '}') + 1
	f.write("manifest.json", append(append(bytes.Clone(data[:from]), `"transform": `+text...), data[to:]...))
}

// The same two numbers in another order are another transform, which the golden values tell apart.
func TestTheOrderOfATransformIsProved(t *testing.T) {
	f := copyOf(t, "esol-gcn")
	m, err := onnx.ReadManifest(f.read("manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	z := m.Outputs[0].Transform
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{fmt.Sprintf(`{"scale": %v, "shift": %v}`, z.Scale, z.Shift), true},
		{fmt.Sprintf(`{"shift": %v, "scale": %v}`, z.Shift/z.Scale, z.Scale), true},
		{fmt.Sprintf(`{"shift": %v, "scale": %v}`, z.Shift, z.Scale), false},
		{fmt.Sprintf(`{"scale": %v, "shift": %v}`, z.Scale, z.Shift/z.Scale), false},
	} {
		f.withTransform(c.text)
		proved := f.prove(prove.Golden)
		failed := proved.Failed()
		if proved.OK != c.ok || !c.ok && (len(failed) != 1 || failed[0].Name != "golden values") {
			t.Errorf("%s: holds %t, want %t: %+v", c.text, proved.OK, c.ok, failed)
		}
	}
}
