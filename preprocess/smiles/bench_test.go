package smiles

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkParse reads and perceives 100 drug-like molecules (ChEMBL and ZINC); ns/op is for one.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/druglike.smi")
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Fields(string(data))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Parse(lines[i%len(lines)], Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
