package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A model may lie anywhere and its folder be called anything.
func TestModelsListsAnyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(shippedModels, "esol-gcn", "1"))); err != nil {
		t.Fatal(err)
	}
	r := runCommand(t, "", "models", "--models", shippedModels, dir, "ethanol-egnn")
	if r.code != 0 || strings.Count(r.stdout, "\n") != 3 || strings.Count(r.stdout, " ok\n") != 2 || !strings.Contains(r.stdout, "\nesol-gcn ") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	if err := os.Remove(filepath.Join(dir, "golden.json")); err != nil {
		t.Fatal(err)
	}
	r = runCommand(t, "", "models", "--json", dir)
	if r.code != 0 || !strings.Contains(r.stdout, `"state": "broken"`) || !strings.Contains(r.stdout, `"pointer": "/files/golden.json"`) {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestWhatIsNoModelIsSaid(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "model.onnx")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ ref, want string }{
		{dir, "has no manifest.json"}, {file, "is no folder"}, {filepath.Join(dir, "gone"), "no such file"}, {".", "has no manifest.json"},
		{"nobody", "no model nobody under"},
	} {
		for _, command := range []string{"models", "check"} {
			if r := runCommand(t, "", command, "--models", shippedModels, c.ref); r.code != exitFailed || !strings.Contains(r.stderr, c.want) {
				t.Errorf("%s %s: exit %d, %s%s", command, c.ref, r.code, r.stdout, r.stderr)
			}
		}
	}
}
