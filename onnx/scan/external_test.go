package scan

import (
	"os"
	"testing"
)

func TestExternalDataIsRefusedHoweverDeep(t *testing.T) {
	external, err := os.ReadFile("../testdata/external.onnx")
	if err != nil {
		t.Fatal(err)
	}
	tensor := varint(14, 1) // data_location EXTERNAL
	for name, data := range map[string][]byte{
		"initializer":         external,
		"constant":            message(7, message(1, message(5, message(5, tensor)))),
		"subgraph":            message(7, message(1, message(5, message(6, message(5, tensor))))),
		"sparse initializer":  message(7, message(15, message(1, tensor))),
		"sparse constant":     message(7, message(1, message(5, message(22, message(1, tensor))))),
		"function":            append(message(7, nil), message(25, message(7, message(5, message(10, tensor))))...),
		"training":            append(message(7, nil), message(20, message(1, message(5, tensor)))...),
		"external data alone": message(7, message(5, message(13, nil))),
		"cut short":           external[:len(external)-3],
	} {
		if err := External(data); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := External(message(7, message(5, append(varint(14, 0), varint(2, 1)...)))); err != nil {
		t.Errorf("data in the file itself: %v", err)
	}
}
