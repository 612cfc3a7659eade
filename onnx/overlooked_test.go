package onnx_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molserve/onnx"
)

// place makes folders with a manifest under a root.
func place(t *testing.T, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range dirs {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, dir, "manifest.json"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestWhatIsNoVersionByMistakeIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, dir string
		want      []string // of the one line, in which root is DIR
	}{
		{"a model of the right form", "esol/1", nil},
		{"a version with a letter", "esol/v1", []string{"DIR/esol/v1: ", "positive integer, such as DIR/esol/1"}},
		{"a version with a leading zero", "esol/01", []string{"DIR/esol/01: ", "positive integer"}},
		{"a name in capitals", "ESOL/1", []string{"DIR/ESOL: the name of a model does not match"}},
		{"no folder of the version", "esol", []string{"DIR/esol has a manifest but is no version", "move its files to DIR/esol/1"}},
		{"the folder of one model", "1", []string{"DIR/1 is a version", "the one above that of its model"}},
		{"a version itself", "", []string{"DIR is a version itself"}},
		{"what is hidden", ".old/1", nil},
		{"a version that is hidden", "esol/.1", nil},
	} {
		root := place(t, c.dir)
		got := onnx.Overlooked(root)
		if c.want == nil {
			if len(got) > 0 {
				t.Errorf("%s: %q", c.name, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %q", c.name, got)
			continue
		}
		line := strings.ReplaceAll(got[0], root, "DIR")
		if slices.ContainsFunc(c.want, func(w string) bool { return !strings.Contains(line, w) }) {
			t.Errorf("%s: %q lacks one of %q", c.name, line, c.want)
		}
	}
}

// What is there and cannot be opened is listed, so that whoever opens it learns why.
func TestVersionsThatCannotBeLookedIntoAreListed(t *testing.T) {
	root := place(t, "m/1")
	dir := filepath.Join(root, "m")
	for from, to := range map[string]string{"2": "2", filepath.Join("3", "manifest.json"): "../1/manifest.json"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, from)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "4"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	folders, err := onnx.Discover(root)
	if err != nil || len(folders) != 3 {
		t.Fatalf("%v, %v", folders, err)
	}
	if _, err := folders[1].Read(); err == nil || !strings.Contains(err.Error(), "the folder 2 is a symbolic link") {
		t.Error(err)
	}
	if _, err := folders[2].Read(); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Error(err)
	}
}
