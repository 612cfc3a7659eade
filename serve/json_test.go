package serve

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzParseJSON holds the reader against encoding/json: what it takes is JSON and means the same there.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"smiles":["CCO","c1\u0063"]}`, `{"outputs":["a"],"molecules":[{"id":1.5e3,"smiles":"C"}]}`,
		`{"molecules":[{"atoms":{"a":[1,-2.5e-3,null,true,"x"]}}]}`, `{"molecules":[{"graph":[]}]}`, `{"smiles":["\ud83d\ude00\\\""]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text, err := textOf([]byte(body))
		if err != nil {
			return
		}
		q := &request{max: 100}
		if parseJSON(text, q) != nil {
			return
		}
		var plain struct {
			Smiles    []string
			Molecules []map[string]json.RawMessage
			Outputs   []string
		}
		if err := json.Unmarshal([]byte(text), &plain); err != nil {
			t.Fatalf("taken, but %v: %s", err, text)
		}
		if len(q.records) != max(len(plain.Smiles), len(plain.Molecules)) || !slices.Equal(q.outputs, plain.Outputs) {
			t.Fatalf("%s: %d records, outputs %q", text, len(q.records), q.outputs)
		}
		for i, s := range plain.Smiles {
			if q.records[i].Text != s {
				t.Fatalf("%s: record %d is %q", text, i, q.records[i].Text)
			}
		}
	})
}

func BenchmarkParseJSON(b *testing.B) {
	text := `{"smiles":["` + strings.Repeat(`CC(C)Cc1ccc(cc1)C(C)C(=O)O","`, 255) + `C"]}`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		q := &request{max: 1024}
		if err := parseJSON(text, q); err != nil {
			b.Fatal(err)
		}
	}
}

// 25 atoms, as a client in Python writes them.
var structure = `{"numbers":[6` + strings.Repeat(",1", 24) + `],"positions":[[0.1234567890123456,-1.5,2e-3]` +
	strings.Repeat(",[-0.9876543210987654, 12.345678901234567, 0.0012345678901234]", 24) + `],"cell":null,"pbc":[false,false,false]}`

func BenchmarkParseAtoms(b *testing.B) {
	text := `{"molecules":[{"atoms":` + structure + `}]}`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		q := &request{max: 1024}
		if err := parseJSON(text, q); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWhatStandsBesideAMoleculeIsKeptAsItIsWritten(t *testing.T) {
	q := &request{max: 9}
	body := `{"molecules":[{"auxiliary":[1, 2.5e0],"smiles":"CO","pairs": [[0,1]]},{"smiles":"C","id":7}]}`
	if err := parseJSON(body, q); err != nil {
		t.Fatal(err)
	}
	if r := q.records[0]; r.Auxiliary != "[1, 2.5e0]" || r.Pairs != "[[0,1]]" || r.Text != "CO" || q.records[1].Auxiliary != "" {
		t.Errorf("%+v", q.records)
	}
	for _, c := range []struct{ item, want string }{
		{`{"smiles":"C","auxiliary":[1],"auxiliary":[1]}`, "stands here twice"}, {`{"smiles":"C","charge":1}`, "perhaps [id auxiliary pairs]"},
		{`{"auxiliary":[1]}`, "has none of"}, {`{"smiles":"C","pairs":[01]}`, "expected ',' or ']'"},
	} {
		err := parseJSON(`{"molecules":[`+c.item+`]}`, &request{max: 9})
		if err == nil || !strings.Contains(explain(err).pointer+" "+explain(err).message, c.want) {
			t.Errorf("%s: %v, want %q", c.item, err, c.want)
		}
	}
}
