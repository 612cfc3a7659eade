package onnx_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"molserve/onnx"
)

func TestReadBundleRefuses(t *testing.T) {
	at := func(f onnx.Folder, name string) string { return filepath.Join(f.Dir, name) }
	list := func(name string) func(*testing.T, onnx.Folder) error {
		return func(t *testing.T, f onnx.Folder) error {
			text, err := os.ReadFile(at(f, "manifest.json"))
			if err != nil {
				return err
			}
			text = bytes.Replace(text, []byte(`"golden.json":`), []byte(`"`+name+`":`), 1)
			return os.WriteFile(at(f, "manifest.json"), text, 0o644)
		}
	}
	for _, c := range []struct {
		name, want string
		spoil      func(*testing.T, onnx.Folder) error
	}{
		{"another file in its place", "golden.json has SHA-256", func(_ *testing.T, f onnx.Folder) error {
			os.WriteFile(at(f, "other"), []byte("[]"), 0o644)
			return os.Rename(at(f, "other"), at(f, "golden.json"))
		}},
		{"cut off", "model.onnx has 100 bytes, the manifest says", func(_ *testing.T, f onnx.Folder) error { return os.Truncate(at(f, "model.onnx"), 100) }},
		{"longer", "golden.json has 3 bytes, at most 2", func(_ *testing.T, f onnx.Folder) error {
			return os.WriteFile(at(f, "golden.json"), []byte("{} "), 0o644)
		}},
		{"a link within the folder", "golden.json is not a regular file", func(_ *testing.T, f onnx.Folder) error {
			os.Rename(at(f, "golden.json"), at(f, "real.json"))
			return os.Symlink("real.json", at(f, "golden.json"))
		}},
		{"a link that leaves the folder", "golden.json is not a regular file", func(t *testing.T, f onnx.Folder) error {
			out := filepath.Join(t.TempDir(), "golden.json")
			os.Rename(at(f, "golden.json"), out)
			return os.Symlink(out, at(f, "golden.json"))
		}},
		{"the manifest is a link", "manifest.json is not a regular file", func(_ *testing.T, f onnx.Folder) error {
			os.Rename(at(f, "manifest.json"), at(f, "m"))
			return os.Symlink("m", at(f, "manifest.json"))
		}},
		{"a pipe", "golden.json is not a regular file", func(_ *testing.T, f onnx.Folder) error {
			os.Remove(at(f, "golden.json"))
			return syscall.Mkfifo(at(f, "golden.json"), 0o644)
		}},
		{"a path upwards", "is no name for a file of the folder", list("../golden.json")},
		{"an absolute path", "is no name for a file of the folder", list("/etc/passwd")},
		{"a path into a folder", "is no name for a file of the folder", list("a/golden.json")},
		{"a listed file that is not there", "extra.bin is missing", list("extra.bin")},
		{"no golden file is listed", "/files/golden.json: is missing", list("extra.bin")},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder(t, "packed", nil)
			if c.name == "a listed file that is not there" {
				rewrite(t, f, func(m *onnx.Manifest) { m.Files["extra.bin"] = m.Files["golden.json"] })
			} else if err := c.spoil(t, f); err != nil {
				t.Fatal(err)
			}
			if b, err := f.Read(); err == nil || b != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// What is used is what was hashed, whatever happens to the folder meanwhile.
func TestBundleOutlivesItsFolder(t *testing.T) {
	f := folder(t, "packed", nil)
	if err := os.WriteFile(filepath.Join(f.Dir, "unlisted.bin"), []byte("never read"), 0); err != nil {
		t.Fatal(err)
	}
	b, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	if b.File("unlisted.bin") != nil || strings.Join(b.Names(), " ") != "golden.json model.onnx" {
		t.Errorf("holds %v", b.Names())
	}
	if err := os.RemoveAll(f.Dir); err != nil {
		t.Fatal(err)
	}
	m, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if !bytes.Equal(m.File("model.onnx"), network(t, "packed")) {
		t.Error("the model has other bytes")
	}
}

func TestNewBundleIsHeldAgainstItsManifest(t *testing.T) {
	whole, err := folder(t, "packed", nil).Read()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range whole.Names() {
		files[name] = whole.File(name)
	}
	again, err := onnx.NewBundle(whole.ManifestText(), files)
	if err != nil || again.String() != "packed@1" || again.SHA256() != whole.SHA256() || again.Size() != whole.Size() {
		t.Fatalf("%v: %v", again, err)
	}
	for want, change := range map[string]func(map[string][]byte){
		"golden.json has SHA-256":              func(f map[string][]byte) { f["golden.json"] = []byte("[]") },
		"model.onnx has 0 bytes":               func(f map[string][]byte) { f["model.onnx"] = nil },
		"golden.json is missing":               func(f map[string][]byte) { delete(f, "golden.json") },
		"evil.so is not listed":                func(f map[string][]byte) { f["evil.so"] = []byte{1} },
		"../golden.json is not listed":         func(f map[string][]byte) { f["../golden.json"] = []byte("{}") },
		"manifest.json is not listed in manif": func(f map[string][]byte) { f["manifest.json"] = whole.ManifestText() },
	} {
		spoilt := maps.Clone(files)
		change(spoilt)
		if _, err := onnx.NewBundle(whole.ManifestText(), spoilt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := onnx.NewBundle(bytes.Repeat([]byte{' '}, 1<<20+1), files); err == nil || !strings.Contains(err.Error(), "at most 1048576") {
		t.Errorf("a huge manifest: %v", err)
	}
}

// A file is read into as much memory as it has bytes, not into ever larger copies.
func TestAFileIsReadOnce(t *testing.T) {
	const size, more = 64 << 20, 1 << 20 // bytes
	f := folder(t, "packed", nil)
	rewrite(t, f, func(m *onnx.Manifest) {
		sum := sha256.Sum256(make([]byte, size))
		m.Files["extra.bin"] = onnx.File{SHA256: hex.EncodeToString(sum[:]), Bytes: size}
	})
	at := filepath.Join(f.Dir, "extra.bin")
	if err := errors.Join(os.WriteFile(at, nil, 0o644), os.Truncate(at, size)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := f.Read()
	runtime.ReadMemStats(&after)
	if err != nil || len(b.File("extra.bin")) != size {
		t.Fatal(err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > uint64(size+more) {
		t.Errorf("%d MiB were taken to read %d", n>>20, size>>20)
	}
}
