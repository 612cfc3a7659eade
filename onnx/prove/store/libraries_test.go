package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
	"molserve/onnx/prove/store"
)

// withLibraries keeps a certificate of a proof with these libraries, and returns what Get says afterwards.
func withLibraries(t *testing.T, dir string, files ...string) (get func() (*prove.Certificate, error)) {
	t.Helper()
	b, c := proved()
	s, k := stored(t, dir, b)
	of := *c
	for _, f := range files {
		sum, err := mapped.Sum(f)
		if err != nil {
			t.Fatal(err)
		}
		of.Libraries = append(of.Libraries, prove.Library{Path: f, Name: filepath.Base(f), SHA256: sum})
	}
	if err := s.Put(k, &of); err != nil {
		t.Fatal(err)
	}
	return func() (*prove.Certificate, error) { return s.Get(k, b.Manifest(), prove.Gate) }
}

// opened is a library as one that is opened by its name.
func opened(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "libdevice.so")
	if err := os.WriteFile(path, []byte("\x7fELF"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACertificateIsFoundWhileItsLibrariesAreTheSame(t *testing.T) {
	for _, dir := range []string{t.TempDir(), ""} {
		path := opened(t, "1")
		get := withLibraries(t, dir, path)
		c, err := get()
		if err != nil || len(c.Libraries) != 1 || c.Libraries[0].Path != path {
			t.Fatalf("%v, %+v", err, c)
		}
		// The same bytes in another file, as a container has that was made again.
		if err := os.Rename(opened(t, "1"), path); err != nil {
			t.Fatal(err)
		}
		if _, err := get(); err != nil {
			t.Errorf("the same bytes: %v", err)
		}
		if err := os.Rename(opened(t, "2"), path); err != nil {
			t.Fatal(err)
		}
		if c, err := get(); c != nil || err == nil || errors.Is(err, store.ErrNone) || !strings.Contains(err.Error(), path+" is another now") {
			t.Errorf("other bytes: %v", err)
		}
		os.Remove(path)
		if c, err := get(); c != nil || err == nil || !strings.Contains(err.Error(), "is not there any more") {
			t.Errorf("no bytes: %v", err)
		}
	}
}

func TestAPassingCertificateIsNotKept(t *testing.T) {
	b, c := proved()
	k, err := store.KeyOf(b, prove.Gate, onnx.Preparation{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	passing := *c
	passing.Passing = errors.New("libdevice.so was changed")
	if err := s.Put(k, &passing); err == nil || !strings.Contains(err.Error(), "libdevice.so was changed") {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("kept %v", entries)
	}
}

// Places of libraries that no store writes.
func TestForgedPlacesOfLibrariesAreRefused(t *testing.T) {
	path := opened(t, "1")
	other := opened(t, "1")
	for name, c := range map[string]struct{ old, new, want string }{
		"fewer":    {`"` + path + `"`, "", "other places than names"},
		"more":     {`"` + path + `"`, `"` + path + `","/x.so"`, "other places than names"},
		"relative": {`"` + path + `"`, `"libdevice.so"`, "is no path of a library"},
		"upwards":  {`"` + path + `"`, `"/a/../libdevice.so"`, "is no path of a library"},
		"renamed":  {`"` + path + `"`, `"` + filepath.Dir(other) + `"`, "does not lie in"},
		"named":    {`"name": "libdevice.so"`, `"name": "libother.so"`, "does not lie in"},
		"hashed":   {`"sha256": "`, `"sha256": "0`, "is another now"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			get := withLibraries(t, dir, path)
			files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), c.old) {
				t.Fatalf("no %s in %s", c.old, text)
			}
			if err := os.WriteFile(files[0], []byte(strings.Replace(string(text), c.old, c.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := get(); got != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
