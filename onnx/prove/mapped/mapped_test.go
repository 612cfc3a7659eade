package mapped

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const some = `00400000-00401000 r--p 00000000 fe:00 12 /usr/bin/molserve
00401000-00501000 r-xp 00001000 fe:00 12                               /usr/bin/molserve
c000000000-c000400000 rw-p 00000000 00:00 0                            [anon: Go: heap]
7f0000000000-7f0000001000 r--p 00000000 fe:00 34                       /usr/lib/libdata.so
7f0000001000-7f0000002000 r-xp 00001000 fe:00 35                       /usr/lib/libc.so.6
7f0000002000-7f0000003000 r-xp 00002000 fe:00 35                       /usr/lib/libc.so.6
7f0000003000-7f0000004000 rwxp 00000000 00:01 36                       /memfd:xbyak (deleted)
7f0000004000-7f0000005000 r-xp 00000000 00:01 37                       /opt/a b/libold.so (deleted)
7f0000005000-7f0000006000 r-xs 00000000 00:05 38                       /dev/nvidia0
7f0000006000-7f0000007000 rwxp 00000000 00:00 0
7f0000007000-7f0000008000 r-xp 00000000 fe:00 39                       /opt/a b/libnew.so
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                        [vdso]
`

func TestMappedCodeIsFound(t *testing.T) {
	there, gone, err := parse(strings.NewReader(some), "/usr/bin/molserve")
	if err != nil || !slices.Equal(there, []string{"/opt/a b/libnew.so", "/usr/lib/libc.so.6"}) || !slices.Equal(gone, []string{"/opt/a b/libold.so"}) {
		t.Errorf("%q, %q, %v", there, gone, err)
	}
	if _, _, err := parse(strings.NewReader("a b c d e /"+strings.Repeat("x", 1<<17)), ""); err == nil {
		t.Error("a line without an end is read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(some), "/usr/bin/molserve")
	f.Add([]byte("- r-xp"), "")
	f.Add([]byte("0-1 r-xp 0 0 0 / (deleted)"), "/")
	f.Fuzz(func(t *testing.T, data []byte, program string) {
		there, gone, _ := parse(bytes.NewReader(data), program)
		for _, p := range slices.Concat(there, gone) {
			if !filed(p) && !filed(p+deleted) {
				t.Errorf("%q is no file", p)
			}
		}
		if slices.Contains(there, program) || !slices.IsSorted(there) || !slices.IsSorted(gone) {
			t.Errorf("%q, %q", there, gone)
		}
	})
}

// library writes a file that begins as a library does.
func library(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("\x7fELF"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// mapCode maps a file as a loader maps code, until the test ends.
func mapCode(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	code, err := unix.Mmap(int(f.Fd()), 0, 4, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE)
	if err != nil {
		t.Skip(err) // a folder without code, such as one that is mounted noexec
	}
	t.Cleanup(func() { unix.Munmap(code) })
}

func TestTheLibrariesOfThisProcessAreKnown(t *testing.T) {
	if !Known {
		t.Skip("this system does not tell")
	}
	stays, goes := library(t, "libstays.so", "1"), library(t, "libgoes.so", "2")
	mapCode(t, stays)
	mapCode(t, goes)
	if err := os.Rename(library(t, "libgoes.so", "3"), goes); err != nil {
		t.Fatal(err)
	}
	r, err := Self()
	if err != nil || r.Check() != nil {
		t.Fatal(err, r.Check())
	}
	if !slices.Contains(r.There, stays) || slices.Contains(r.There, goes) || !slices.Contains(r.Gone, goes) || !r.Has(stays) || r.Has(goes) || r.Has("/nowhere") {
		t.Errorf("%+v", r)
	}
}

func TestReportsThatNobodyWritesAreRefused(t *testing.T) {
	many, long := make([]string, MaxFiles+1), make([]string, 40)
	for i := range many {
		many[i] = "/l/" + strings.Repeat("x", 1+i)
	}
	for i := range long {
		long[i] = "/" + strings.Repeat("x", 4000+i)
	}
	for want, r := range map[string]Report{
		"":                          {There: []string{"/a/b.so"}, Gone: []string{"/b.so"}},
		"513 libraries":             {There: many},
		"513 libraries, at most":    {Gone: many},
		"is no path of a library":   {There: []string{"b.so"}},
		"\"/a/../b.so\" is no path": {There: []string{"/a/../b.so"}},
		"\"/a//b.so\" is no path":   {Gone: []string{"/a//b.so"}},
		"\"\" is no path":           {There: []string{""}},
		"\\x1b":                     {There: []string{"/\x1b[2J"}},
		"\\xff":                     {There: []string{"/\xff"}},
		"xxxx":                      {There: []string{"/" + strings.Repeat("x", maxPath)}},
		"paths of 160820 bytes":     {There: long},
		"stands twice":              {There: []string{"/a", "/b", "/a"}},
		"a library stands twice":    {There: []string{"/a"}, Gone: []string{"/a"}},
	} {
		err := r.Check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAFileIsReadAgainWhenItIsAnother(t *testing.T) {
	path := library(t, "libx.so", "1")
	first, err := Sum(path)
	if err != nil || len(first) != 64 {
		t.Fatal(first, err)
	}
	if again, err := Sum(path); again != first || err != nil {
		t.Errorf("%s, %v", again, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // the times of files go in ticks
	if err := os.WriteFile(path, []byte("\x7fELF2"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil { // as who unpacks an archive does
		t.Fatal(err)
	}
	if other, err := Sum(path); other == first || err != nil {
		t.Errorf("of the same size, as old as the first: %s, %v", other, err)
	}
}

func TestWhatIsNoLibraryHasNoSum(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	secret, short, huge := filepath.Join(dir, "secret"), filepath.Join(dir, "short"), library(t, "libhuge.so", "")
	if err := os.WriteFile(secret, []byte("a password"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(short, []byte("\x7f"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, maxFile+1); err != nil { // a hole
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		pipe: "is no regular file", dir: "is no regular file", "/dev/zero": "is no regular file", secret: "is no library", short: "is no library",
		huge: "at most 4294967296 are read", filepath.Join(dir, "none"): "no such file",
	} {
		if sum, err := Sum(path); sum != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v; want %q", path, sum, err, want)
		}
	}
}

func TestAReportIsSummedWhenNothingHasChangedSince(t *testing.T) {
	path := library(t, "libx.so", "1")
	time.Sleep(2 * clockTick)
	began := time.Now()
	sum, err := Sum(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Report{There: []string{path}}.Sum(began)
	if err != nil || !slices.Equal(got, []Library{{path, sum}}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := (Report{There: []string{path}, Gone: []string{"/x.so"}}).Sum(began); err == nil || !strings.Contains(err.Error(), "/x.so was removed or replaced") {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("\x7fELF2"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := (Report{There: []string{path}}).Sum(began); err == nil || !strings.Contains(err.Error(), "was changed") {
		t.Error(err)
	}
}
