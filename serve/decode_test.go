package serve_test

import (
	"testing"

	"molserve/serve"
)

func TestDecodeJSONReadsWhatTheRouteReads(t *testing.T) {
	records, err := serve.DecodeJSON([]byte(`{"molecules":[{"smiles":"CCO","id":"a"},{"smiles":"C"}],"standardize":["neutralize"]}`))
	if err != nil || len(records) != 2 || records[0].Text != "CCO" || records[0].ID != "a" || len(records[1].Standardize) != 1 {
		t.Errorf("%+v, %v", records, err)
	}
	for _, body := range []string{"", "{", `{"smiles":[1]}`, `{"smiles":[],"x":1}`, `{"smiles":["\xff"]}` + "\xff", `{"smiles":["C"],"standardize":["tidy"]}`} {
		if records, err := serve.DecodeJSON([]byte(body)); err == nil || records != nil {
			t.Errorf("%q: %v", body, records)
		}
	}
}
