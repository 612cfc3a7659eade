package child

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// libraryCalled is a library of this process, which a child has too.
func libraryCalled(t *testing.T, prefix string) string {
	t.Helper()
	there, _, err := mapped.Here()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(there, func(p string) bool { return strings.HasPrefix(filepath.Base(p), prefix) })
	if i < 0 {
		t.Skipf("ONNX Runtime has no %s here: %v", prefix, there)
	}
	return there[i]
}

func TestACertificateHasTheLibrariesOfTheChild(t *testing.T) {
	leavesNothing(t)
	c, err := (&Prover{}).Prove(t.Context(), read(t, "esol-gcn"), prove.Plan{Level: prove.Golden})
	if err != nil || c.Passing != nil {
		t.Fatal(err, c.Passing)
	}
	sum, err := mapped.Sum(onnx.Library())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(c.Libraries, func(l prove.Library) bool { return l.SHA256 == sum && l.Name == filepath.Base(l.Path) }) {
		t.Errorf("%s with %s is none of %+v", onnx.Library(), sum, c.Libraries)
	}
}

// The loader finds a library by its name, in another place than the one that was there before.
func TestALibraryThatIsFoundByNameIsNoted(t *testing.T) {
	leavesNothing(t)
	from, dir := libraryCalled(t, "libgcc_s"), t.TempDir()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	here := filepath.Join(dir, filepath.Base(from))
	if err := os.WriteFile(here, append(text, "other"...), 0o755); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // what changes as a proof begins is not believed
	t.Setenv("LD_LIBRARY_PATH", dir)
	c, err := (&Prover{}).Prove(t.Context(), read(t, "esol-gcn"), prove.Plan{Level: prove.Golden})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := mapped.Sum(here)
	if err != nil {
		t.Fatal(err)
	}
	if c.Passing != nil || !slices.Contains(c.Libraries, prove.Library{Path: here, Name: filepath.Base(here), SHA256: sum}) {
		t.Errorf("%s is none of %+v; %v", here, c.Libraries, c.Passing)
	}
}

// What a child says of other files than libraries, or of some that are gone, is no answer to keep.
func TestACertificateOfFilesThatAreNotThereIsNotKept(t *testing.T) {
	for mode, says := range map[string]string{
		"no library": "/etc/passwd: is no library",
		"a device":   "/dev/zero is no regular file",
		"nowhere":    "/nowhere/x.so: no such file",
		"replaced":   "/tmp/x.so was removed or replaced",
	} {
		t.Run(mode, func(t *testing.T) {
			leavesNothing(t)
			c, err := (&Prover{mode: mode}).Prove(t.Context(), read(t, "esol-gcn"), prove.Plan{Level: prove.Golden})
			if err != nil {
				t.Fatal(err)
			}
			if c.Passing == nil || !strings.Contains(c.Passing.Error(), says) || c.Libraries != nil {
				t.Errorf("%v with %v, want %q", c.Passing, c.Libraries, says)
			}
		})
	}
}
