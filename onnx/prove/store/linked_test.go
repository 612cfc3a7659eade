package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"molserve/onnx/prove/store"
)

// lib is a shared library to link: Needs are paths of others.
type lib struct {
	name  string
	flags string
	needs []string
}

// link makes shared libraries in a folder, in their order, with the compiler that cgo needs anyway.
func link(t *testing.T, dir string, libs ...lib) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the libraries here are not ELF")
	}
	source := filepath.Join(t.TempDir(), "x.c")
	if err := os.WriteFile(source, []byte("int x;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, l := range libs {
		out := filepath.Join(dir, l.name)
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			t.Fatal(err)
		}
		args := []string{"-shared", "-o", out, "-Wl,--no-as-needed", "-Wl,-soname," + filepath.Base(l.name)}
		args = append(append(args, strings.Fields(l.flags)...), source)
		for _, n := range l.needs {
			args = append(args, filepath.Join(dir, n))
		}
		if text, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
			t.Fatalf("cc %v: %v\n%s", args, err, text)
		}
	}
}

// names are the found files relative to dir.
func names(t *testing.T, dir, path string) []string {
	t.Helper()
	var out []string
	for _, p := range store.Linked(filepath.Join(dir, path)) {
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rel)
	}
	return out
}

func TestLibrariesBesideAPluginAreFoundByWhatLinksToThem(t *testing.T) {
	dir := t.TempDir()
	link(t, dir,
		lib{name: "more/libdeep.so"},
		lib{name: "libinner.so", flags: "-Wl,--enable-new-dtags -Wl,-rpath,$ORIGIN/more", needs: []string{"more/libdeep.so"}},
		lib{name: "old/libold.so"},
		lib{name: "libplugin.so", flags: "-Wl,--disable-new-dtags -Wl,-rpath,${ORIGIN}/old:/nowhere", needs: []string{"libinner.so", "old/libold.so"}},
		lib{name: "libforeign.so"},
		lib{name: "libalone.so"},
	)
	want := []string{"libplugin.so", "libinner.so", "more/libdeep.so", "old/libold.so"}
	if got := names(t, dir, "libplugin.so"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := names(t, dir, "libalone.so"); !slices.Equal(got, []string{"libalone.so"}) {
		t.Errorf("of a library that links to the system alone: %v", got)
	}
}

func TestLibrariesThatNeedEachOtherAreFoundOnce(t *testing.T) {
	dir := t.TempDir()
	link(t, dir, lib{name: "liba.so"}, lib{name: "libb.so", needs: []string{"liba.so"}}, lib{name: "liba.so", needs: []string{"libb.so"}})
	if got := names(t, dir, "liba.so"); !slices.Equal(got, []string{"liba.so", "libb.so"}) {
		t.Errorf("%v", got)
	}
}

func TestAChangedDependencyIsAnotherKey(t *testing.T) {
	dir := t.TempDir()
	link(t, dir, lib{name: "libdeep.so"}, lib{name: "libinner.so", needs: []string{"libdeep.so"}},
		lib{name: "libplugin.so", needs: []string{"libinner.so"}}, lib{name: "libforeign.so"})
	sum := func() string {
		h, err := store.SumLinked(filepath.Join(dir, "libplugin.so"))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	first := sum()
	if again := sum(); again != first {
		t.Errorf("unchanged: %s and %s", first, again)
	}
	seen := []string{first}
	for _, c := range []struct {
		name    string
		another bool
	}{{"libforeign.so", false}, {"libdeep.so", true}, {"libinner.so", true}, {"libplugin.so", true}} {
		f, err := os.OpenFile(filepath.Join(dir, c.name), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("update")
			f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		now := sum()
		if slices.Contains(seen, now) == c.another {
			t.Errorf("%s changed, another key: %t", c.name, !c.another)
		}
		seen = append(seen, now)
	}
	if err := os.Remove(filepath.Join(dir, "libdeep.so")); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(seen, sum()) {
		t.Error("a library that is gone is no other key")
	}
}

func TestAFileThatIsNoLibraryHasItsOwnHash(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "\x7fELF", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 80), "GROUP ( libx.so )"} {
		path := filepath.Join(dir, "libtext.so")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := store.Linked(path); !slices.Equal(got, []string{path}) {
			t.Errorf("%q: %v", text, got)
		}
	}
	if _, err := store.SumLinked(filepath.Join(dir, "none.so")); err == nil {
		t.Error("a library that is not there has a hash")
	}
}
