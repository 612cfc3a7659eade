package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/onnx/prove/store"
)

func TestMain(m *testing.M) { onnxtest.Main(m) }

const model = "../../../exported_models/esol-gcn/1"

// proved is a shipped model and its certificate, made once.
var proved = sync.OnceValues(func() (*onnx.Bundle, *prove.Certificate) {
	b, err := onnx.ReadBundle(model)
	if err != nil {
		panic(err)
	}
	m, err := b.Open()
	if err != nil {
		panic(err)
	}
	defer m.Close()
	c, err := prove.Prove(context.Background(), m, prove.Gate)
	if err != nil {
		panic(err)
	}
	return b, c
})

// stored opens a store in a folder of the test's, and says what the certificate of a bundle has for a key.
func stored(t *testing.T, dir string, b *onnx.Bundle) (*store.Store, store.Key) {
	t.Helper()
	k, err := store.KeyOf(b, prove.Gate, onnx.Preparation{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, k
}

// kept opens a store in a folder of the test's and keeps a certificate.
func kept(t *testing.T, dir string) (*store.Store, store.Key, *onnx.Manifest) {
	t.Helper()
	b, c := proved()
	s, k := stored(t, dir, b)
	if _, err := s.Get(k, b.Manifest(), prove.Gate); !errors.Is(err, store.ErrNone) {
		t.Errorf("an empty store: %v", err)
	}
	if err := s.Put(k, c); err != nil {
		t.Fatal(err)
	}
	return s, k, b.Manifest()
}

func TestWhatWasPutIsFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "certificates")
	for _, in := range []string{dir, ""} {
		s, k, m := kept(t, in)
		c, err := s.Get(k, m, prove.Gate)
		if err != nil {
			t.Fatal(err)
		}
		_, want := proved()
		if !c.OK || c.Source != prove.Kept || c.Key != k.String() || len(c.Checks) != len(want.Checks) || !c.When.Equal(want.When) {
			t.Errorf("%+v", c)
		}
	}
	again, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, k, m := kept(t, "")
	if _, err := again.Get(k, m, prove.Gate); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	info, _ := os.Stat(dir)
	entries, _ := os.ReadDir(dir)
	if info.Mode().Perm() != 0o700 || len(entries) != 1 || entries[0].Name() != k.String()+".json" {
		t.Errorf("%v holds %v", info.Mode(), entries)
	}
}

func TestAnythingElseIsAnotherKey(t *testing.T) {
	s, k, m := kept(t, "")
	seen := map[string]bool{k.String(): true}
	for name, change := range map[string]func(*store.Key){
		"manifest":  func(k *store.Key) { k.Manifest = "0" },
		"files":     func(k *store.Key) { k.Files = map[string]string{"model.onnx": "0"} },
		"level":     func(k *store.Key) { k.Level = "full" },
		"devices":   func(k *store.Key) { k.Devices = "0" },
		"program":   func(k *store.Key) { k.Program = "0" },
		"library":   func(k *store.Key) { k.Library = "0" },
		"search":    func(k *store.Key) { k.Search = "/opt/lib" },
		"computing": func(k *store.Key) { k.Computing = "CUDA" },
		"processor": func(k *store.Key) { k.Processor = "other" },
	} {
		other := k
		change(&other)
		if seen[other.String()] {
			t.Errorf("%s makes no difference", name)
		}
		seen[other.String()] = true
		if _, err := s.Get(other, m, prove.Gate); !errors.Is(err, store.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, v := range map[string]string{"program": k.Program, "library": k.Library, "manifest": k.Manifest} {
		if len(v) != 64 {
			t.Errorf("%s is %q", name, v)
		}
	}
}

func TestDamagedForgedAndForeignFilesCountAsNone(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spoil      func(path, text string) error
	}{
		{"cut off", "unexpected EOF", func(path, text string) error { return os.Truncate(path, int64(len(text)/2)) }},
		{"empty", "EOF", func(path, _ string) error { return os.Truncate(path, 0) }},
		{"huge", "has 1073741824 bytes", func(path, _ string) error { return os.Truncate(path, 1<<30) }},
		{"an unknown key", "unknown field", replace(`"format"`, `"form"`)},
		{"another format", "for something else", replace(`"format": 2`, `"format": 1`)},
		{"another model's", "for something else", replace(`"level": "gate"`, `"level": "full"`)},
		{"another check", "is not known here", replace(`"name": "permutation"`, `"name": "batch mates"`)},
		{"that does not hold", "it cannot say", replace(`"ok": true,
    "detail"`, `"ok": false,
    "detail"`)},
		{"open to others", "alone can write", func(path, _ string) error { return os.Chmod(path, 0o666) }},
		{"a link", "symbolic links", func(path, _ string) error {
			os.Rename(path, path+".real")
			return os.Symlink(path+".real", path)
		}},
		{"a pipe", "alone can write", func(path, _ string) error {
			os.Remove(path)
			return syscall.Mkfifo(path, 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, k, m := kept(t, dir)
			path := filepath.Join(dir, k.String()+".json")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(path, string(text)); err != nil {
				t.Fatal(err)
			}
			got, err := s.Get(k, m, prove.Gate)
			if got != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, %+v; want %q", err, got, c.want)
			}
			_, certificate := proved()
			if err := s.Put(k, certificate); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Get(k, m, prove.Gate); err != nil {
				t.Errorf("after it was proved again: %v", err)
			}
		})
	}
}

// replace edits the file's text, which must hold old.
func replace(old, new string) func(path, text string) error {
	return func(path, text string) error {
		if !strings.Contains(text, old) {
			return fmt.Errorf("no %s in %s", old, text)
		}
		return os.WriteFile(path, []byte(strings.Replace(text, old, new, 1)), 0o600)
	}
}

func TestOldCertificatesGo(t *testing.T) {
	dir := t.TempDir()
	s, k, m := kept(t, dir)
	leave := func(name string, age time.Duration) {
		path, old := filepath.Join(dir, name), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, old, old)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 600 {
		leave(fmt.Sprintf("%064d.json", i), time.Hour)
	}
	leave("new-killed", 2*time.Hour)
	leave("new-writing", time.Minute)
	_, c := proved()
	if err := s.Put(k, c); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 512+1 || entries[512].Name() != "new-writing" {
		t.Errorf("%d files", len(entries))
	}
	if _, err := s.Get(k, m, prove.Gate); err != nil {
		t.Error(err)
	}
}

func TestTheKeyHangsOnWhatComputesAndOnItsDevices(t *testing.T) {
	b, err := onnx.ReadBundle(model)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, devices := range []string{"", "1"} {
		t.Setenv("CUDA_VISIBLE_DEVICES", devices)
		for _, how := range []onnx.Preparation{
			{Providers: []onnx.Provider{{Name: "cuda"}}}, {Providers: []onnx.Provider{{Name: "cuda"}}, KeepNetwork: true},
			{Providers: []onnx.Provider{{Name: "cuda", Options: map[string]string{"device_id": "1"}}}},
		} {
			k, err := store.KeyOf(b, prove.Gate, how)
			if err != nil || k.Devices == "" || seen[k.String()] {
				t.Errorf("CUDA_VISIBLE_DEVICES=%s, %s: %v, %+v", devices, how.Computing(), err, k)
			}
			seen[k.String()] = true
		}
		k, err := store.KeyOf(b, prove.Gate, onnx.Preparation{})
		if again := seen[k.String()]; err != nil || k.Devices != "" || again != (devices == "1") {
			t.Errorf("on the CPU: %v, %+v, the same as before: %t", err, k, again)
		}
		seen[k.String()] = true
	}
}
