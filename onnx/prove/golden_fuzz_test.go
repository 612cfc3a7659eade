package prove

import (
	"os"
	"testing"
)

func FuzzReadGolden(f *testing.F) {
	for _, text := range []string{
		`{"golden":1,"versions":{"torch":"2"},"cases":[{"records":[{"smiles":"C"}],"tensors":{"x":{"dtype":"float32","shape":[1,2],"data":[1,2.5]}},"outputs":{"y":{"dtype":"bool","shape":[],"data":[true]}},"values":[1,[2,[3]],{"a":[4]}]}],"probe":[{"id":"a","xyz":"1\n\nC 0 0 0\n"}]}`,
		`{"golden":1,"cases":[{"tensors":{"x":{"dtype":"int64","shape":[0],"data":[]}}}]}`,
		`{"golden":1} {}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := readGolden(data)
		if (g == nil) != (err != nil) {
			t.Fatal(g, err)
		}
		if g == nil {
			return
		}
		for _, c := range g.Cases {
			for name, x := range c.Tensors {
				if n, ok := size(x.Shape); !ok || n != x.Len() || len(values64(&x.Tensor)) != n {
					t.Errorf("%s: %d numbers of shape %v", name, x.Len(), x.Shape)
				}
			}
		}
	})
}

func TestShippedGoldenFilesAreRead(t *testing.T) {
	data, err := os.ReadFile("../../exported_models/esol-gcn/1/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if g, err := readGolden(data); err != nil || len(g.Cases) == 0 {
		t.Error(err)
	}
}
