package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	exampleLine = regexp.MustCompile(`(?s)^\$ (printf|echo) '([^']*)' \| molserve (.*)$`)
	quotedWord  = regexp.MustCompile(`'[^']*'|\S+`)
)

// Every example of docs/inspect.md that prints whole lines prints them.
func TestExamplesOfTheDocsPrintWhatTheySay(t *testing.T) {
	text, err := os.ReadFile("../../docs/inspect.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for i, block := range strings.Split(string(text), "```") {
		command, want, _ := strings.Cut(strings.TrimPrefix(block, "\n"), "\n")
		parts := exampleLine.FindStringSubmatch(command)
		if i%2 == 0 || parts == nil || want == "" || strings.Contains(want, "…") {
			continue
		}
		stdin := strings.ReplaceAll(parts[2], `\n`, "\n")
		if parts[1] == "echo" {
			stdin += "\n"
		}
		args := quotedWord.FindAllString(parts[3], -1)
		for k, word := range args {
			args[k] = strings.Trim(word, "'")
		}
		ran++
		if r := runCommand(t, stdin, args...); r.code != 0 || r.stdout != want {
			t.Errorf("%s\nexit %d, prints\n%s%s\nthe docs say\n%s", command, r.code, r.stdout, r.stderr, want)
		}
	}
	if ran < 5 {
		t.Errorf("%d examples were run", ran)
	}
}

func TestFieldsWithConstantsAreRefusedByPlace(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{`{"field":"radial_basis"}`, "/basis: is missing"}, {`{"field":"species"}`, "/field: species are places in a list of elements"},
		{`{"field":"radial_basis","basis":{"kind":"bes","n":1,"cutoff":3}}`, "/basis/kind"}, {`{"feld":"cell"}`, "/feld: is an unknown key"},
		{`{}`, "/field: is missing"}, {`[]`, "is an array"}, {`{`, "is not JSON"}, {`{"field":"laplacian_encoding","size":0}`, "/size: 0 is not in 1..1024"},
		{`{"field":"laplacian_encoding"}`, "/size: is missing"}, {`{"field":"edge_index","shape":[2,"N"]}`, "/shape/1: is N"},
		{`{"field":"edge_index","dtype":"int32"}`, `/dtype: "int32"`}, {`{"field":"atom_mask"}`, `no field "atom_mask"`},
		{`{"field":"cell","featurizer":"chemprop_v2"}`, "/featurizer"}, {`{"field":"cell","field":"cell"}`, "stands twice"},
	} {
		r := runCommand(t, zincOxide, "inspect", "--batch", "packed", "--neighbours", "3", "--field", c.args, "-")
		if r.code != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: exit %d, %s%s, want %q", c.args, r.code, r.stdout, r.stderr, c.want)
		}
	}
	for _, args := range [][]string{
		{"--batch", "packed"}, {"--field", `{"field":"cell"}`}, {"--elements", "H"}, {"--batch", "packed", "--elements", "Hx", "--fields", "species"},
		{"--batch", "packed", "--fields", "cell", "--field", `{"field":"cell"}`}, {"--batch", "packed", "--elements", "H,H", "--fields", "species"},
		{"--batch", "packed", "--fields", "line_graph_index", "--neighbours", "3", "--pad-to", "9,99,9,1"},
		{"--batch", "packed", "--fields", "cell", "--pad-to", "9,99,9,1,1"}, {"--batch", "packed", "--fields", "auxiliary"},
		{"--batch", "packed", "--fields", "pair_index"}, {"--batch", "packed", "--features", "chemprop_v2", "--field", `{"field":"node_features","featurizer":"none"}`, "--input", "smiles"},
	} {
		if r := runCommand(t, "4\nLattice=\"3 0 0 0 3 0 0 0 3\"\nO 0 0 0\nO 1 0 0\nO 0 1 0\nO 0 0 1\n", append([]string{"inspect", "--input", "xyz"}, append(args, "-")...)...); r.code != exitUsage || r.stderr == "" {
			t.Errorf("%v: exit %d, %s%s", args, r.code, r.stdout, r.stderr)
		}
	}
}

// What a manifest's input names is what inspect prints: the featurizer, and the tensor as the key.
func TestAnInputOfAManifestIsAField(t *testing.T) {
	r := runCommand(t, "CO\n", "inspect", "--batch", "packed", "--field", `{"tensor":"V","field":"node_features","featurizer":"chemprop_v2","dtype":"float32","shape":["N",72]}`, "-")
	if r.code != 0 || !strings.Contains(r.stdout, `"fields":{"V":{"dtype":"float32","shape":[2,72],`) {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, "2\nProperties=species:S:1:pos:R:3:velocities:R:3 charge=1\nC 0 0 0 0 0 0.5\nH 0 0 1 0 0 0\n", "inspect", "--input", "xyz", "--batch", "packed",
		"--fields", "velocities,total_charge,spin_multiplicity", "-")
	if want := `"velocities":{"dtype":"float32","shape":[2,3],"data":[0,0,0.5,0,0,0]},"total_charge":{"dtype":"int64","shape":[1],"data":[1]},"spin_multiplicity":{"dtype":"int64","shape":[1],"data":[1]}`; !strings.Contains(r.stdout, want) {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, "C1CC1C\n", "inspect", "--batch", "padded", "--fields", "ring_distances", "-")
	if !strings.Contains(r.stdout, `"data":[3,3,3,0,3,3,3,0,3,3,3,0,0,0,0,0]`) {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}
