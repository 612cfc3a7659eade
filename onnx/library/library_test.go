package library

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// library is what stands in for a library file.
const library = "the library"

func hash(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// bare makes a machine without a library and without tools; it returns the cache folder.
func bare(t *testing.T) string {
	cache := t.TempDir()
	t.Setenv("HOME", cache)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv(Variable, "")
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv("PATH", t.TempDir())
	return cache
}

func TestFindTakesTheFirstPlace(t *testing.T) {
	bare(t)
	path, err := CachePath()
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, library)
	if got, err := Find(""); got != path || err != nil {
		t.Errorf("cache: got %s, %v", got, err)
	}
	variable := write(t, filepath.Join(t.TempDir(), "a.so"), library)
	t.Setenv(Variable, variable)
	if got, err := Find(""); got != variable || err != nil {
		t.Errorf("variable: got %s, %v", got, err)
	}
	flag := write(t, filepath.Join(t.TempDir(), "b.so"), library)
	if got, err := Find(flag); got != flag || err != nil {
		t.Errorf("flag: got %s, %v", got, err)
	}
}

func TestFindNeverPassesANamedFileOver(t *testing.T) {
	bare(t)
	if path, err := CachePath(); err == nil {
		write(t, path, library)
	}
	if _, err := Find("/nowhere/lib.so"); err == nil || !strings.Contains(err.Error(), "/nowhere/lib.so does not exist") {
		t.Errorf("flag: %v", err)
	}
	t.Setenv(Variable, t.TempDir())
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("variable: %v", err)
	}
}

func TestFindSaysWhatToType(t *testing.T) {
	bare(t)
	if places := Search(""); places[len(places)-1].Path != "" {
		t.Skip("this machine has a library of its own")
	}
	if _, err := Find(""); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "molserve runtime install") {
		t.Errorf("got %v", err)
	}
}

func TestTheLoadersFoldersAreSearched(t *testing.T) {
	bare(t)
	dir := t.TempDir()
	t.Setenv("LD_LIBRARY_PATH", dir)
	want := write(t, filepath.Join(dir, patterns()[1]), library)
	p := inFolders("x", systemFolders())
	if p.Path != want {
		t.Errorf("got %+v, want %s", p, want)
	}
	if best := write(t, filepath.Join(dir, patterns()[0]), library); inFolders("x", systemFolders()).Path != best {
		t.Error("the pinned version is not preferred")
	}
}

func TestDoctorKnowsAPinnedFile(t *testing.T) {
	bare(t)
	path, err := CachePath()
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, library)
	r := Doctor("")
	if r.Path != path || r.From != "the user's cache" || r.SHA256 != hash(library) || r.Origin != "" || !strings.Contains(r.Fault, "is not the file that was installed") {
		t.Errorf("got %+v", r)
	}
	for on, b := range builds {
		for registry, sum := range b.sha256 {
			if origin(sum) != Pinned+" for "+on+" from "+registry {
				t.Errorf("%s %s: %q", on, registry, origin(sum))
			}
		}
	}
	if r := Doctor("/nowhere"); r.Path != "" || r.Fault == "" || len(r.Places) != 5 {
		t.Errorf("got %+v", r)
	}
}

// wheel is a zip that holds the library where PyPI's wheel does.
func wheel(t *testing.T, text string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("onnxruntime/capi/lib.so")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	z.Close()
	return b.String()
}

// tarball is an archive that holds the library where npm's package does.
func tarball(t *testing.T, text string) string {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	w.WriteHeader(&tar.Header{Name: "package/README.md", Size: 1, Mode: 0o644})
	w.Write([]byte("x"))
	w.WriteHeader(&tar.Header{Name: "package/bin/napi-v6/lib.so.1", Size: int64(len(text)), Mode: 0o644})
	w.Write([]byte(text))
	if err := errors.Join(w.Close(), g.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tool puts a program on PATH that copies a file to the folder after the option.
func tool(t *testing.T, name, option, file, content string) {
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "download"), content)
	write(t, filepath.Join(dir, name), fmt.Sprintf(`#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = %s ]; then /bin/cp %s "$2/%s"; fi
  shift
done
`, option, source, file))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func pip(t *testing.T, text string) { tool(t, "python3", "--dest", "x.whl", wheel(t, text)) }

func npmTool(t *testing.T, text string) {
	tool(t, "npm", "--pack-destination", "x.tgz", tarball(t, text))
}

var fake = build{file: "lib.so", wheel: "any", member: "lib.so.1", sha256: map[string]string{pypi: hash("from pip"), npm: hash("from npm")}}

func TestInstall(t *testing.T) {
	for _, c := range []struct{ name, pip, npm, got, want string }{
		{"pip first", "from pip", "from npm", "from pip", ""},
		{"npm when there is no pip", "", "from npm", "from npm", ""},
		{"npm when pip's file is another", "spoiled", "from npm", "from npm", "it is not used"},
		{"both spoiled", "spoiled", "from pip", "", "npm: from-package has SHA-256 " + hash("from pip")},
		{"no tool", "", "", "", "python3 is not installed\nnpm: npm is not installed\ninstall one of them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(bare(t), "a", "lib.so")
			if c.pip != "" {
				pip(t, c.pip)
			}
			if c.npm != "" {
				npmTool(t, c.npm)
			}
			var progress bytes.Buffer
			err := install(context.Background(), fake, path, &progress)
			got, _ := os.ReadFile(path)
			if string(got) != c.got || (err == nil) != (c.got != "") {
				t.Errorf("got %q, %v", got, err)
			}
			if said := progress.String() + fmt.Sprint(err); !strings.Contains(said, c.want) {
				t.Errorf("said %q, want %q", said, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".install-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestConcurrentInstallsAgree(t *testing.T) {
	path := filepath.Join(bare(t), "lib.so")
	pip(t, "from pip")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := install(context.Background(), fake, path, &bytes.Buffer{}); err != nil || !known(fake, path) {
				t.Errorf("install: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestInstallEndsWithItsContext(t *testing.T) {
	path := filepath.Join(bare(t), "lib.so")
	pip(t, "from pip")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := install(ctx, fake, path, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestInstallKeepsWhatIsThere(t *testing.T) {
	bare(t) // no tool could fetch it
	b := builds[platform()]
	path, err := CachePath()
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, library)
	old := b.sha256[pypi]
	b.sha256[pypi] = hash(library)
	defer func() { b.sha256[pypi] = old }()
	if got, err := Install(context.Background(), &bytes.Buffer{}); got != path || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
}
