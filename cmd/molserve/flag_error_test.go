package main

import (
	"strings"
	"testing"

	"molserve/onnx"
)

// A wrong flag or value says what would be right.
func TestAWrongFlagSaysWhatIsRight(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"serve --timeout soon", `--timeout "soon" is not a time, such as 250ms`},
		{"serve --queue many", `--queue "many" is not a whole number`},
		{"serve --max-body 8MiB", `--max-body "8MiB" is not a whole number`},
		{"serve --trace-ratio all", `--trace-ratio "all" is not a number`},
		{"serve --log-level loud", `--log-level "loud" is not debug, info, warn or error`},
		{"serve --insecure=maybe", `--insecure "maybe" is not true or false`},
		{"serve --verify some", "auto, full or fast"},
		{"inspect --pad-to a,b", `--pad-to "a,b" is not whole numbers with commas between`},
		{"inspect --neighbours far", `--neighbours "far" is not a number`},
		{"serve --adr :1", "unknown flag: --adr; see 'molserve serve --help'"},
		{"token new --rolle infer", "see 'molserve token new --help'"},
		{"predict -x", "see 'molserve predict --help'"},
		{"predict --model", "see 'molserve predict --help'"},
		{"predict --model esol-gcn --smiles-column structure -", "say --format csv"},
		{"serve extra", `"extra" is too much: 'molserve serve' has flags, which begin with --, and no arguments; see 'molserve serve --help'`},
		{"runtime doctor extra", "see 'molserve runtime doctor --help'"},
		{"runtime extra", `unknown command "extra" for "molserve runtime"; see 'molserve runtime --help'`},
		{"predict a.smi b.smi", `'molserve predict' reads one file, or - for standard input, and 2 are named: ["a.smi" "b.smi"]`},
		{"inspect a.smi b.smi", "2 are named"},
		{"serve --stop-delay -1s", "--stop-delay must be 0s or more"},
	} {
		r := runCommand(t, "", strings.Fields(c.args)...)
		if r.code != exitUsage || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%s: exit %d, %s", c.args, r.code, r.stderr)
		}
	}
	t.Setenv("MOLSERVE_TIMEOUT", "soon")
	if r := runCommand(t, "", "serve"); r.code != exitUsage || !strings.Contains(r.stderr, `variable MOLSERVE_TIMEOUT: --timeout "soon" is not a time`) {
		t.Errorf("exit %d, %s", r.code, r.stderr)
	}
}

func TestHelpShowsTheWordsThatAFlagTakes(t *testing.T) {
	r := runCommand(t, "", "serve", "--help")
	for _, want := range []string{"--verify auto|full|fast", "--rewrite auto|off", "--log-level debug|info|warn|error", "(default info)", "(default auto)"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r := runCommand(t, "", "predict", "--help"); !strings.Contains(r.stdout, "--rewrite auto|off") {
		t.Error(r.stdout)
	}
}

// Of a potential the server answers forces and virials, not the gradient that they are made of.
func TestModelsListsWhatIsServed(t *testing.T) {
	r := runCommand(t, "", "models", "--models", shippedModels, "ethanol-egnn")
	if !strings.Contains(r.stdout, "forces (eV/Å per atom), virial (eV per graph)") || strings.Contains(r.stdout, "edge_gradient") {
		t.Error(r.stdout)
	}
}

func TestPinsThatDoNotServeAreNamed(t *testing.T) {
	var log strings.Builder
	serving := []*onnx.Manifest{{Name: "a", Version: "1"}, {Name: "b", Version: "2"}}
	missPins(&log, map[string]int{"a": 1, "b": 3, "gone": 1}, serving)
	if got := log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "--pin b@3: ") || !strings.Contains(got, "--pin gone@1: ") {
		t.Error(got)
	}
}
