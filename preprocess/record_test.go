package preprocess_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"molserve/preprocess"
)

func TestRecordReadsEachKind(t *testing.T) {
	for text, want := range map[string]preprocess.Record{
		`{"smiles":"CCO"}`:                                 {Kind: preprocess.SMILES, Text: "CCO"},
		`{"id":"a","smiles":""}`:                           {ID: "a", Kind: preprocess.SMILES},
		`{"id":7,"xyz":"1\n\nH 0 0 0"}`:                    {ID: "7", Kind: preprocess.XYZ, Text: "1\n\nH 0 0 0"},
		`{"atoms":{"numbers":[1]}}`:                        {Kind: preprocess.Atoms, Text: `{"numbers":[1]}`},
		`{"smiles":"C","auxiliary":[1,2],"pairs":[[0,0]]}`: {Kind: preprocess.SMILES, Text: "C", Auxiliary: "[1,2]", Pairs: "[[0,0]]"},
	} {
		var got preprocess.Record
		if err := json.Unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestRecordRefusesWhatItDoesNotKnow(t *testing.T) {
	for text, why := range map[string]string{
		`{}`:                        "has none of",
		`{"id":"a"}`:                "has none of",
		`"CCO"`:                     "is not an object",
		`{"smiles":1}`:              "smiles is not a string",
		`{"smiles":null}`:           "smiles is not a string",
		`{"smiles":"C","sdf":"x"}`:  `has both "sdf" and "smiles"`,
		`{"smiles":"C","weight":1}`: `unknown key "weight"`,
		`{"smiles":"C","id":[1]}`:   "id is neither",
	} {
		var r preprocess.Record
		if err := json.Unmarshal([]byte(text), &r); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", text, err, why)
		}
	}
}

func TestRecordSurvivesARoundTrip(t *testing.T) {
	for _, want := range []preprocess.Record{{ID: "a", Kind: preprocess.SMILES, Text: "C/C=C/C"},
		{Kind: preprocess.RawGraph, Text: `{"edges":[[0,1]]}`}, {Kind: preprocess.SMILES, Text: "C", Auxiliary: "[1]", Pairs: "[]"}} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got preprocess.Record
		if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", data, got, err)
		}
	}
}
