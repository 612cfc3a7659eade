package geometry_test

import (
	"encoding/json"
	"os"
	"testing"

	"molserve/preprocess/geometry"
)

// dump answers the question in the file MOLSERVE_DUMP_IN into MOLSERVE_DUMP_OUT, for the scripts of tests/parity.
func dump(t *testing.T, question any, answer func() any) {
	from, to := os.Getenv("MOLSERVE_DUMP_IN"), os.Getenv("MOLSERVE_DUMP_OUT")
	if from == "" {
		t.Skip("MOLSERVE_DUMP_IN is not set")
	}
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, question); err != nil {
		t.Fatal(err)
	}
	if data, err = json.Marshal(answer()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDumpHarmonics answers tests/parity/harmonics.py.
func TestDumpHarmonics(t *testing.T) {
	var ask struct {
		Vectors   [][3]float64
		Rotations [][3][3]float64
		Couplings [][3]int
	}
	dump(t, &ask, func() any {
		var values []map[string]any
		for _, n := range normalisations {
			for _, keep := range []bool{false, true} {
				h := geometry.Harmonics{LMax: geometry.LMax, Normalisation: n, KeepLength: keep}
				values = append(values, map[string]any{"y": evalEach(h, ask.Vectors)})
			}
		}
		var rotations [][][][]float64 // [rotation][l][2l+1][2l+1]
		for _, r := range ask.Rotations {
			rotations = append(rotations, blocks(newWignerD(t, r)))
		}
		var couplings [][]float64
		for _, l := range ask.Couplings {
			var terms []float64
			for _, e := range wigner3j(t, l[0], l[1], l[2]).Terms {
				terms = append(terms, float64(e.I), float64(e.J), float64(e.K), e.C)
			}
			couplings = append(couplings, terms)
		}
		return map[string]any{"values": values, "rotations": rotations, "couplings": couplings}
	})
}

// evalEach is a row for each vector.
func evalEach(h geometry.Harmonics, vec [][3]float64) [][]float64 {
	rows := make([][]float64, len(vec))
	for k, v := range vec {
		rows[k] = make([]float64, h.Width())
		h.Eval(rows[k], v)
	}
	return rows
}

// blocks is D of the harmonics' irreps as nested rows.
func blocks(d *geometry.WignerD) [][][]float64 {
	var out [][][]float64
	for _, m := range (geometry.Harmonics{LMax: geometry.LMax}).Irreps() {
		flat, n := d.Matrix(m.Irrep), m.Irrep.Dim()
		rows := make([][]float64, n)
		for k := range rows {
			rows[k] = flat[k*n : (k+1)*n]
		}
		out = append(out, rows)
	}
	return out
}

// TestDumpBases answers tests/parity/bases.py.
func TestDumpBases(t *testing.T) {
	var ask struct {
		R         []float64
		Bases     []geometry.Basis
		Envelopes []geometry.Envelope
	}
	dump(t, &ask, func() any {
		var bases, envelopes []any
		for _, spec := range ask.Bases {
			b := newRadial(t, spec)
			rows := make([][]float64, len(ask.R))
			for k, r := range ask.R {
				rows[k] = make([]float64, b.N)
				b.Eval(rows[k], r)
			}
			bases = append(bases, rows)
		}
		for _, e := range ask.Envelopes {
			f := make([]float64, len(ask.R))
			e.Rows(f, ask.R)
			envelopes = append(envelopes, f)
		}
		return map[string]any{"bases": bases, "envelopes": envelopes}
	})
}
