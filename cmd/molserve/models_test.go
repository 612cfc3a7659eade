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
	if r.code != 0 || !strings.Contains(r.stdout, `"state": "broken"`) || !strings.Contains(r.stdout, `"version": "1"`) || !strings.Contains(r.stdout, `"pointer": "/files/golden.json"`) {
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

// A folder that is one too high or too low, or of another form, is no riddle.
func TestFoldersThatLookLikeModelsAreNamed(t *testing.T) {
	r := runCommand(t, "", "models", "--models", filepath.Join(shippedModels, "esol-gcn"))
	if r.code != 0 || !strings.Contains(r.stderr, "molserve: no models in ") || !strings.Contains(r.stderr, "molserve: not a model: ") ||
		!strings.Contains(r.stderr, "is a version; the folder of models is the one above that of its model") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, "", "models", "--models", filepath.Join(shippedModels, "nowhere"))
	if r.code != exitFailed || !strings.Contains(r.stderr, "no such file or directory; name the folder of models with --models") {
		t.Errorf("exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestAServerWithoutModelsSaysWhatOneIs(t *testing.T) {
	var said strings.Builder
	missModels(&said, t.TempDir())
	if !strings.Contains(said.String(), "a model is a folder <name>/<version> with a manifest.json") {
		t.Error(said.String())
	}
	said.Reset()
	if missModels(&said, shippedModels); said.Len() > 0 {
		t.Error(said.String())
	}
}
