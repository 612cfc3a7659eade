package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const zincOxide = "2\nLattice=\"4.1 0 0 1.3 3.9 0 -0.7 0.9 5.2\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5\n" +
	"Zn 0.1 0.2 0.3 0 0 0\nO 2 2.1 2.2 0 0 0\n"

// saltRecords are sodium hydroxide and a record that is cut.
const saltRecords = "\n\n\n  2  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 Na  0  3\n" +
	"    2.0000    0.0000    0.0000 O   0  5\nM  END\n$$$$\ncut\n$$$$\n"

func TestInspectOfStructuresAndMolfiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "frames.XYZ")
	if err := os.WriteFile(path, []byte(zincOxide+"1\n\nC 0 0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  string
		stdin string
		want  []string // of each line
	}{
		{"--input xyz " + path, "", []string{`{"n":2,"z":[30,8],`, `{"error":{"code":"format",`}},
		{path, "", []string{`{"n":2,"z":[30,8],`, `{"error":{"code":"format",`}},
		{"--input xyz -", zincOxide, []string{`{"n":2,"z":[30,8],`}},
		{"--input xyz --max-atoms 1 -", zincOxide, []string{`{"error":{"code":"too_large",`}},
		{"--neighbours 3 -", zincOxide, []string{`{"n":2,"cutoff":3,"edges":[[1,0,0,-1,0],[0,1,0,1,0]],`}},
		{"--neighbours 3 --pbc f,F,F -", zincOxide, []string{`{"n":2,"cutoff":3,"edges":[],`}},
		{"--neighbours 3 --max-edges 1 -", zincOxide, []string{`{"error":{"code":"too_large",`}},
		{"--spherical-harmonics 0", "1 2 3\nx\n", []string{`{"v":[1,2,3],"y":[1]}`, `{"error":{"code":"format",`}},
		{"--spherical-harmonics 1 --normalize=false --normalization integral -", "0 0 2\n", []string{`{"v":[0,0,2],"y":[0.28209479177387814,0,0,0.977205023805839`}},
		{"--batch packed --fields spherical_harmonics,edge_lengths --spherical-harmonics 1 --normalization norm --neighbours 3 -", zincOxide,
			[]string{`{"layout":"packed","rows":[0],"refused":[],"fields":{"spherical_harmonics":{"dtype":"float32","shape":[2,4],"data":[1,0.2125`}},
		{"--batch padded --fields positions " + path, "", []string{`{"layout":"padded","rows":[0],"refused":[{"row":1,"error":{"code":"format",`}},
		{"--batch packed --fields node_features --features chemprop_v2 --hydrogens explicit -", "C\n", []string{`{"layout":"packed","rows":[0],"refused":[],"fields":{"node_features":{"dtype":"float32","shape":[5,72],`}},
		{"--batch packed --fields atomic_numbers --standardize largest_fragment --input sdf -", saltRecords,
			[]string{`{"layout":"packed","rows":[0],"refused":[{"row":1,"error":{"code":"format","message":"`}},
		{"--batch packed --fields atomic_numbers --input mol -", saltRecords, []string{`{"layout":"packed","rows":[0],"refused":[],"fields":{"atomic_numbers":{"dtype":"int64","shape":[2],"data":[11,8]}}}`}},
		{"--standardize largest_fragment,neutralize --input mol -", saltRecords, []string{`{"n":1,"nb":0,"frags":1,"charge":0,"formula":"H2O",`}},
		{"--standardize largest_fragment --features ogb --input sdf -", saltRecords, []string{`{"features":"ogb","n":1,`, `{"error":{"code":"format",`}},
	} {
		r := runCommand(t, c.stdin, append([]string{"inspect"}, strings.Fields(c.args)...)...)
		lines := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
		if r.code != 0 || len(lines) != len(c.want) {
			t.Errorf("%s: exit %d, %q %s", c.args, r.code, lines, r.stderr)
			continue
		}
		for i, want := range c.want {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%s: line %d is %s, want %s…", c.args, i, lines[i], want)
			}
		}
	}
}

func TestWrongUsageOfInspectExitsWithTwo(t *testing.T) {
	for _, args := range []string{
		"--neighbours 0 -", "--neighbours -3 -", "--neighbours NaN -", "--neighbours Inf -", "--neighbours x -",
		"--neighbours 3 --input smiles -", "--neighbours 3 --features chemprop_v2 -", "--neighbours 3 --hydrogens keep -",
		"--pbc T,T,F -", "--neighbours 3 --pbc T,T -", "--neighbours 3 --pbc 1,1,0 -", "--neighbours 3 --pbc TTF -",
		"--input xyz --features chemprop_v2 -", "--input xyz --hydrogens explicit -", "--input pdb -", "--input sdf --neighbours 3 -",
		"--spherical-harmonics 7 -", "--spherical-harmonics -1 -", "--spherical-harmonics 1 --normalization e3nn -",
		"--normalization norm -", "--normalize=false -", "--spherical-harmonics 1 --neighbours 3 -", "--spherical-harmonics 1 --input xyz -",
		"--spherical-harmonics 1 --features chemprop_v2 -", "--batch packed -", "--fields cell -", "--pad-to 1,1,1 -",
		"--batch dense --fields cell -", "--batch packed --fields atom_mask -", "--batch packed --fields cell,cell -",
		"--batch packed --fields radial_basis --neighbours 3 -", "--batch packed --fields species -", "--batch packed --fields cell --pad-to 1,2 -",
		"--batch packed --fields cell --pad-to 1,2,-3 -", "--batch packed --fields cell --pad-to 1,2,99999999 -",
		"--batch packed --fields cell --normalize=false --spherical-harmonics 1 -", "--batch packed --fields cell --spherical-harmonics 1 -",
		"--batch packed --fields node_features --input xyz -", "--batch packed --fields cell --input xyz --pad-to 3,2,2 -",
		"--input xyz --standardize neutralize -", "--input sdf --standardize neutral -", "--input sdf --batch packed --neighbours 3 --fields cell -",
		"--format json --input xyz -", "--input xyz a b",
	} {
		r := runCommand(t, zincOxide, append([]string{"inspect"}, strings.Fields(args)...)...)
		if r.code != exitUsage || r.stdout != "" || r.stderr == "" {
			t.Errorf("%s: exit %d, want 2 (%s%s)", args, r.code, r.stdout, r.stderr)
		}
	}
	if r := runCommand(t, "", "inspect", "--neighbours", "3", "/no/such.xyz"); r.code != exitFailed {
		t.Errorf("exit %d, want 1", r.code)
	}
}
