package xyz_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"molserve/preprocess/molecule"
	"molserve/preprocess/xyz"
)

// frameOf reads one frame of a hydrogen and a carbon with the keys and columns given.
func frameOf(t *testing.T, keys, columns string, values ...string) *xyz.Frame {
	t.Helper()
	text := "2\nProperties=species:S:1:pos:R:3" + columns + " " + keys + "\nH 0 0 0 " + values[0] + "\nC 0 0 1 " + values[1] + "\n"
	r := xyz.NewReader(strings.NewReader(text), xyz.Options{})
	f, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatal(err)
	}
	return f
}

// ASE 3.29: atoms.get_velocities() * units.fs of the same frames.
func TestVelocitiesAreInAngstromsAFemtosecond(t *testing.T) {
	for _, c := range []struct {
		columns, h, c string
		want          float64 // of the carbon along z
	}{
		{":velocities:R:3", "0 0 0", "0 0 0.25", 0.25},
		{":velocities:I:3", "0 0 0", "0 0 -2", -2},
		{":momenta:R:3", "0 0 0", "0 0 24.022", 0.19645389576928126},
		{":momenta:R:3:masses:R:1", "0 0 0 1.008", "0 0 26 13", 0.19645389576928126},
		{":momenta:R:3:mass:R:1", "0 0 0 1.008", "0 0 26 13", 0.21263014278583436}, // no masses to ASE
		{":momenta:R:3:velocities:R:3", "0 0 0 0 0 0", "0 0 1 0 0 0.5", 0.5},
	} {
		v, err := frameOf(t, "", c.columns, c.h, c.c).Velocities()
		if err != nil || len(v) != 2 || math.Abs(v[1][2]-c.want) > 1e-16 || v[0] != [3]float64{} {
			t.Errorf("%s: %v %v, want %v", c.columns, v, err, c.want)
		}
	}
	if v, err := frameOf(t, "", "", "", "").Velocities(); v != nil || err != nil {
		t.Errorf("without a column: %v %v", v, err)
	}
	f, err := xyz.ParseAtoms([]byte(`{"numbers":[1,6],"positions":[[0,0,0],[0,0,1]],"velocities":[[0,0,0],[0,0,0.25]],"charge":-1,"mult":2}`))
	if err != nil {
		t.Fatal(err)
	}
	v, _ := f.Velocities()
	q, _ := f.Charge()
	s, _ := f.Multiplicity()
	if v[1][2] != 0.25 || q != -1 || s != 2 {
		t.Errorf("atoms: %v, charge %d, multiplicity %d", v, q, s)
	}
}

func TestChargeAndMultiplicityByEachKey(t *testing.T) {
	for keys, want := range map[string][2]int{"": {0, 1}, "charge=-1": {-1, 1}, "total_charge=2.0": {2, 1}, "charge=1 total_charge=1": {1, 1},
		"spin=3": {0, 3}, "spin_multiplicity=2": {0, 2}, "multiplicity=2 charge=1": {1, 2}, "mult=5": {0, 5}} {
		f := frameOf(t, keys, "", "", "")
		q, err := f.Charge()
		s, other := f.Multiplicity()
		if err != nil || other != nil || [2]int{q, s} != want {
			t.Errorf("%s: %d %d, want %v", keys, q, s, want)
		}
	}
}

func TestMotionAndElectronsAreRefused(t *testing.T) {
	for _, c := range []struct{ keys, columns, h, c, want string }{
		{"charge=0.5", "", "", "", "key charge"}, {"charge=high", "", "", "", "key charge"}, {`charge="1 2"`, "", "", "", "key charge"},
		{"charge", "", "", "", "key charge"}, {"charge=1e300", "", "", "", "key charge"}, {"charge=nan", "", "", "", "key charge"},
		{"charge=1 total_charge=2", "", "", "", "key charge is 1 and key total_charge is 2"},
		{"spin=0", "", "", "", "key spin"}, {"mult=-1", "", "", "", "key mult"}, {"spin=1 multiplicity=3", "", "", "", "key multiplicity is 3 and key spin is 1"},
		{"", ":velocities:R:2", "0 0", "0 0", "three numbers an atom"}, {"", ":velocities:S:3", "a b c", "a b c", "three numbers an atom"},
		{"", ":velocities:R:3", "0 0 0", "0 nan 0", "atom 1"}, {"", ":velocities:R:3", "1e7 0 0", "0 0 0", "atom 0"},
		{"", ":momenta:R:3:masses:R:1", "0 0 0 1", "0 0 0 0", "atom 1 weighs 0"}, {"", ":momenta:R:3:masses:S:1", "0 0 0 a", "0 0 0 b", "column masses"},
		{"", ":momenta:R:3:masses:R:1", "0 0 0 1", "0 0 0 nan", "atom 1 weighs"},
	} {
		f := frameOf(t, c.keys, c.columns, c.h, c.c)
		_, a := f.Charge()
		_, b := f.Multiplicity()
		_, v := f.Velocities()
		var refusal *molecule.Error
		err := errors.Join(a, b, v)
		if !errors.As(err, &refusal) || refusal.Code != molecule.CodeFormat || refusal.Line != 1 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%s: %v, want %q at line 1", c.keys, c.columns, err, c.want)
		}
	}
}
