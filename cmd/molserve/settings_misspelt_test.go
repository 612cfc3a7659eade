package main

import (
	"log/slog"
	"strings"
	"testing"
)

func TestMisspeltVariablesAreNamedWithTheNearestSetting(t *testing.T) {
	for entry, want := range map[string]string{
		"MOLSERVE_MAX_ATMOS=secret": "variable=MOLSERVE_MAX_ATMOS nearest=MOLSERVE_MAX_ATOMS", "MOLSERVE_TOKEN=secret": "nearest=MOLSERVE_TOKENS",
		"MOLSERVE_WORKBUDGET=secret": "nearest=MOLSERVE_WORK_BUDGET", "MOLSERVE_max_row=secret": "variable=MOLSERVE_max_row", "MOLSERVE_=secret": "variable=MOLSERVE_",
		"MOLSERVE_MAX_ATOMS=1": "", "MOLSERVE_CONFIG=x": "", "MOLSERVE_SMILES_COLUMN=x": "", "MOLSERVER_ADDR=x": "", "HOME=x": "",
		"MOLSERVE_SERVICE_HOST=x": "", "MOLSERVE_SERVICE_PORT=1": "", "MOLSERVE_SERVICE_PORT_HTTP=1": "", "MOLSERVE_PORT=tcp://x": "",
		"MOLSERVE_PORT_8080_TCP_ADDR=x": "", "MOLSERVE_ADMIN_SERVICE_HOST=x": "", "MOLSERVE_PROT=1": "nearest=",
	} {
		var out strings.Builder
		logMisspelt(slog.New(slog.NewTextHandler(&out, nil)), rootCommand(), []string{entry})
		if got := out.String(); want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "secret") || want != "" && !strings.Contains(got, "level=WARN") {
			t.Errorf("%s: %q, want %q", entry, got, want)
		}
	}
}

func TestServeWarnsOfMisspeltVariablesAtItsStart(t *testing.T) {
	t.Setenv("MOLSERVE_MAX_ATMOS", "30")
	if r := runCommand(t, "", "serve", "--models", "no-such-folder"); !strings.Contains(r.stderr, "nearest=MOLSERVE_MAX_ATOMS") {
		t.Errorf("%s", r.stderr)
	}
}

func TestCommandsWithoutALogWarnOfMisspeltVariablesToo(t *testing.T) {
	t.Setenv("MOLSERVE_MAX_ATMOS", "30")
	want := "molserve: the variable MOLSERVE_MAX_ATMOS of the environment is no setting; the nearest is MOLSERVE_MAX_ATOMS\n"
	for _, args := range [][]string{{"inspect", "-"}, {"models", "--models", t.TempDir()}, {"predict"}, {"check", "--models", "no-such-folder"}, {"token", "check", "no-such-file"}} {
		if r := runCommand(t, "CCO\n", args...); strings.Count(r.stderr, want) != 1 || strings.Contains(r.stdout, "MAX_ATMOS") {
			t.Errorf("%q: %q", args, r.stderr)
		}
	}
	if r := runCommand(t, "", "serve", "--models", "no-such-folder"); strings.Contains(r.stderr, want) {
		t.Errorf("serve has it in its log: %q", r.stderr)
	}
}

func TestChangesAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"atmos", "atoms", 2}} {
		if got := changes(c.a, c.b); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
