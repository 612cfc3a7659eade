package v2

import (
	"fmt"
	"strings"
	"testing"
)

// A packed batch as a client in Python writes it, and SMILES.
func BenchmarkDecodeJSON(b *testing.B) {
	const rows, columns, edges = 400, 72, 900
	tensors := fmt.Sprintf(`{"inputs":[{"name":"nodes","datatype":"FP32","shape":[%d,%d],"data":[%s]},{"name":"edges","datatype":"INT64","shape":[2,%d],"data":[[%s],[%[5]s]]}]}`,
		rows, columns, strings.TrimSuffix(strings.Repeat("0.0, 1.0, 0.1234567890123456, ", rows*columns/3), ", "), edges, strings.TrimSuffix(strings.Repeat("17, 399, ", edges/2), ", "))
	smiles := fmt.Sprintf(`{"inputs":[{"name":"SMILES","datatype":"BYTES","shape":[256],"data":[%s]}]}`, strings.TrimSuffix(strings.Repeat(`"CC(C)Cc1ccc(cc1)C(C)C(=O)O",`, 256), ","))
	for name, body := range map[string]string{"tensors": tensors, "smiles": smiles} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DecodeRequest([]byte(body), -1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
