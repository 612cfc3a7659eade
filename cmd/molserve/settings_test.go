package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// settle runs a command that only shows what --max-atoms came to.
func settle(t *testing.T, args ...string) (atoms int, err error) {
	t.Helper()
	root := rootCommand()
	for _, c := range root.Commands() {
		if c.Name() == "inspect" {
			c.RunE = func(cmd *cobra.Command, _ []string) (err error) {
				atoms, err = cmd.Flags().GetInt("max-atoms")
				return err
			}
		}
	}
	root.SetArgs(append([]string{"inspect"}, args...))
	return atoms, root.Execute()
}

func TestFlagBeatsVariableBeatsFileBeatsDefault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(file, []byte("max-atoms: 30\naddr: 127.0.0.1:9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect := func(want int, args ...string) {
		t.Helper()
		if got, err := settle(t, args...); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", args, got, err, want)
		}
	}
	expect(1000)
	expect(30, "--config", file)
	t.Setenv("MOLSERVE_MAX_ATOMS", "20")
	expect(20, "--config", file)
	expect(10, "--config", file, "--max-atoms", "10")
	t.Setenv("MOLSERVE_CONFIG", file)
	expect(20)
}

func TestWrongSettingsAreRefusedWithTheirPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(file, []byte("max-atmos: 30\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := settle(t, "--config", file); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "max-atmos") {
		t.Errorf("misspelt key: %v", err)
	}
	if _, err := settle(t, "--config", file+".missing"); exitCode(err) != exitUsage {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(file, []byte("{{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := settle(t, "--config", file); exitCode(err) != exitUsage || !strings.Contains(err.Error(), file) {
		t.Errorf("no YAML: %v", err)
	}
	t.Setenv("MOLSERVE_MAX_ATOMS", "many")
	if _, err := settle(t); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "MOLSERVE_MAX_ATOMS") {
		t.Errorf("variable: %v", err)
	}
}
