package onnx

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExternalDataIsRefusedHoweverDeep(t *testing.T) {
	external, err := os.ReadFile("testdata/external.onnx")
	if err != nil {
		t.Fatal(err)
	}
	tensor := []byte{14 << 3, 1} // field 14, a varint: data_location EXTERNAL
	for name, data := range map[string][]byte{
		"initializer":         external,
		"constant":            wrap(7, wrap(1, wrap(5, wrap(5, tensor)))),
		"subgraph":            wrap(7, wrap(1, wrap(5, wrap(6, wrap(5, tensor))))),
		"sparse initializer":  wrap(7, wrap(15, wrap(1, tensor))),
		"function":            wrap(25, wrap(7, wrap(5, wrap(10, tensor)))),
		"external data alone": wrap(7, wrap(5, wrap(13, nil))),
		"cut short":           external[:len(external)-3],
	} {
		if err := refuseExternal(data); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// wrap makes a length-delimited field of fewer than 128 bytes.
func wrap(number int, body []byte) []byte {
	key := number<<3 | 2
	head := []byte{byte(key)}
	if key > 127 {
		head = []byte{byte(key)&127 | 128, byte(key >> 7)}
	}
	return append(append(head, byte(len(body))), body...)
}

func FuzzRefuseExternal(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.onnx")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { refuseExternal(data) })
}
