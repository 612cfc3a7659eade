package xyz_test

import (
	"reflect"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

func TestParseAtoms(t *testing.T) {
	water := [][3]float64{{0, 0, 0.12}, {0, 0.76, -0.47}, {0, -0.76, -0.47}}
	cell := &[3][3]float64{{5, 0, 0}, {0, 6, 0}, {0, 0, 0}}
	const p = `"positions": [[0,0,0.12],[0,0.76,-0.47],[0,-0.76,-47e-2]]`
	for text, want := range map[string]xyz.Frame{
		`{"numbers": [8,1,1], ` + p + `}`:                                                              {},
		`{` + p + `, "symbols": ["O","H","H"], "cell": null, "pbc": false}`:                            {},
		" {\n\"numbers\":[8,1,1]," + p + `,"cell":[[5,0,0],[0,6,0],[0,0,0]],"pbc":[true,true,false]} `: {Cell: cell, PBC: [3]bool{true, true, false}},
		`{"numbers":[8,1,1],` + p + `,"cell":[[5,0,0],[0,6,0],[0,0,7]]}`:                               {Cell: &[3][3]float64{{5}, {0, 6}, {0, 0, 7}}, PBC: [3]bool{true, true, true}},
	} {
		want.Numbers, want.Positions = []uint8{8, 1, 1}, water
		got, err := xyz.ParseAtoms([]byte(text))
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n got %v, %v\nwant %v", text, got, err, want)
		}
	}
}

func TestParseAtomsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                              "format: an object is needed",
		`[]`:                            "format: an object is needed",
		`{`:                             "format: a key and a colon are needed",
		`{}`:                            "format: atoms need either numbers or symbols",
		`{"numbers":[8]}`:               "format: atoms need positions",
		`{"numbers":[],"positions":[]}`: "empty: no atoms",
		`{"numbers":[8],"positions":[[0,0,0]]} x`:                                "format: text after the object",
		`{"numbers":[8],"positions":[[0,0,0]],}`:                                 "format: a key and a colon are needed",
		`{"numbers":[8] "positions":[[0,0,0]]}`:                                  "format: a comma or } is needed",
		`{"numbers":[8,],"positions":[[0,0,0]]}`:                                 "format: numbers/1: an atomic number is needed",
		`{"numbers":[8.0],"positions":[[0,0,0]]}`:                                "format: numbers/0: an atomic number is needed",
		`{"numbers":[-1],"positions":[[0,0,0]]}`:                                 "format: numbers/0: an atomic number is needed",
		`{"numbers":[08],"positions":[[0,0,0]]}`:                                 "format: numbers/0: an atomic number is needed",
		`{"numbers":["O"],"positions":[[0,0,0]]}`:                                "format: numbers/0: an atomic number is needed",
		`{"numbers":[119],"positions":[[0,0,0]]}`:                                "bad_element: numbers/0: no element has the number 119",
		`{"symbols":["o"],"positions":[[0,0,0]]}`:                                `bad_element: symbols/0: no element is called "o"`,
		`{"symbols":["8"],"positions":[[0,0,0]]}`:                                `bad_element: symbols/0: no element is called "8"`,
		`{"symbols":[8],"positions":[[0,0,0]]}`:                                  "format: symbols/0: a symbol in quotes is needed",
		`{"symbols":["O"],"numbers":[8],"positions":[[0,0,0]]}`:                  "format: atoms need either numbers or symbols",
		`{"numbers":[8],"numbers":[8],"positions":[[0,0,0]]}`:                    "format: numbers: stands twice",
		`{"numbers":[8,1],"positions":[[0,0,0]]}`:                                "format: positions: 1 rows for 2 atoms",
		`{"numbers":[8],"positions":[[0,0]]}`:                                    "format: positions/0/2: three numbers are needed",
		`{"numbers":[8],"positions":[[0,0,0,0]]}`:                                "format: positions/0: three numbers and ] are needed",
		`{"numbers":[8],"positions":[[0,0,"0"]]}`:                                "format: positions/0/2: a number is needed",
		`{"numbers":[8],"positions":[[0,0,NaN]]}`:                                "format: positions/0/2: a number is needed",
		`{"numbers":[8],"positions":[[0,0,.5]]}`:                                 "format: positions/0/2: a number is needed",
		`{"numbers":[8],"positions":[[0,1e300,0]]}`:                              "format: positions/0/1: 1e+300; lengths must be finite and within 1e+06 Å",
		`{"numbers":[8],"positions":[[0,1e999,0]]}`:                              "format: positions/0/1: +Inf; lengths must be finite and within 1e+06 Å",
		`{"numbers":[8],"positions":[0,0,0]}`:                                    "format: positions/0: [x,y,z] is needed",
		`{"numbers":[8],"positions":[[0,0,0]],"spin":1}`:                         `format: unknown key "spin"`,
		`{"numbers":[8],"positions":[[0,0,0]],"charge":0.5}`:                     "format: charge: a whole number",
		`{"numbers":[8],"positions":[[0,0,0]],"charge":"1"}`:                     "format: charge: a whole number",
		`{"numbers":[8],"positions":[[0,0,0]],"charge":1e300}`:                   "format: charge: a whole number",
		`{"numbers":[8],"positions":[[0,0,0]],"charge":1,"charge":1}`:            "format: charge: stands twice",
		`{"numbers":[8],"positions":[[0,0,0]],"mult":0}`:                         "format: mult: a whole number",
		`{"numbers":[8],"positions":[[0,0,0]],"velocities":[]}`:                  "format: velocities: 0 rows for 1 atoms",
		`{"numbers":[8],"positions":[[0,0,0]],"velocities":[[0,0]]}`:             "format: velocities/0/2: three numbers are needed",
		`{"numbers":[8],"positions":[[0,0,0]],"velocities":[[0,0,1e9]]}`:         "format: velocities/0/2: 1e+09; velocities must be finite",
		`{"numbers":[8],"positions":[[0,0,0]],"velocities":null}`:                "format: velocities: a list of [x,y,z] is needed",
		`{"numbers":[8],"positions":[[0,0,0]],"Cell":null}`:                      `format: unknown key "Cell"`,
		`{"numbers":[8],"positions":[[0,0,0]],"cell":[[1,0,0],[0,1,0]]}`:         "format: cell/2: three rows are needed",
		`{"numbers":[8],"positions":[[0,0,0]],"cell":[[1,0,0],[2,0,0],[0,0,1]]}`: "format: cell [[1 0 0] [2 0 0] [0 0 1]] is flat",
		`{"numbers":[8],"positions":[[0,0,0]],"cell":[[1,0,0],[0,1,0],[0,0,0]]}`: "format: cell vector 2 repeats but has no length",
		`{"numbers":[8],"positions":[[0,0,0]],"pbc":true}`:                       "format: pbc: true without a cell",
		`{"numbers":[8],"positions":[[0,0,0]],"pbc":[true,false]}`:               "format: pbc/2: three booleans are needed",
		`{"numbers":[8],"positions":[[0,0,0]],"pbc":[0,0,0]}`:                    "format: pbc/0: a boolean is needed",
		`{"numbers":[8],"positions":[[0,0,0]],"pbc":null}`:                       "format: pbc: a boolean or three are needed",
	} {
		f, err := xyz.ParseAtoms([]byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %s", text, f, err, want)
		}
	}
}

// TestATooLargeStructureIsRefused needs more atoms than a frame may have.
func TestATooLargeStructureIsRefused(t *testing.T) {
	const n = 1_000_001
	text := `{"numbers":[8` + strings.Repeat(",8", n-1) + `],"positions":[[0,0,0]` + strings.Repeat(",[0,0,0]", n-1) + `]}`
	_, err := xyz.ParseAtoms([]byte(text))
	if e := refusal(t, err); e.Code != molecule.CodeTooLarge {
		t.Error(e)
	}
}
