package preprocess_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"molserve/preprocess"
	"molserve/preprocess/charges"
	"molserve/preprocess/featurize"
	"molserve/preprocess/fingerprint"
	"molserve/preprocess/molecule"
	"molserve/preprocess/molfile"
	"molserve/preprocess/pharmacophore"
	"molserve/preprocess/scaffold"
	"molserve/preprocess/smiles"
	"molserve/preprocess/standardize"
)

// hostile is a family of inputs that are made to take long: a record of any size.
type hostile struct {
	name string
	text func(n int) string

	// fits is a size within the default limits, giant one far above them or, of a record of an SD file, near its longest.
	fits, giant int

	// The codes of the answers, empty for a molecule: answer to the one that fits, lifted to the giant when limits are
	// lifted, refused where they are not, if that is another one and the giant is not too long.
	answer, lifted, refused molecule.Code
}

const (
	thousand = 1000
	million  = 1_000_000
)

// reading is how one kind of record is read with limits of n bytes and atoms, 0 = the default ones.
type reading struct {
	kind   preprocess.Kind
	table  []hostile
	most   int // bytes of a record by default
	lifted int
	read   func(text string, n int) (*molecule.Molecule, error)
}

var readings = []reading{
	{preprocess.SMILES, hostileSMILES, 100_000, 1 << 30, func(text string, n int) (*molecule.Molecule, error) {
		return smiles.Parse(text, smiles.Options{MaxBytes: n, MaxAtoms: n})
	}},
	{preprocess.SDF, hostileSDF, 16 << 20, 1 << 30, func(text string, n int) (*molecule.Molecule, error) {
		r, err := molfile.NewReader(strings.NewReader(text), molfile.Options{MaxBytes: n, MaxAtoms: n}).Next()
		if err != nil {
			return nil, err
		}
		return r.Mol, nil
	}},
}

// eachHostile runs f for every family, as a subtest or a benchmark.
func eachHostile[T interface{ Run(string, func(T)) bool }](t T, f func(T, *reading, *hostile)) {
	for k := range readings {
		r := &readings[k]
		for x := range r.table {
			t.Run(fmt.Sprintf("%s/%s", r.kind, r.table[x].name), func(t T) { f(t, r, &r.table[x]) })
		}
	}
}

// codeOf is the code of a refusal, empty for none; an error of another kind is an error of the test.
func codeOf(t testing.TB, err error) molecule.Code {
	t.Helper()
	var refusal *molecule.Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("%v is no refusal", err)
	}
	if refusal == nil {
		return ""
	}
	return refusal.Code
}

// consumers are what is done with a perceived molecule.
var consumers = func() map[string]func(*molecule.Molecule) error {
	all := map[string]func(*molecule.Molecule) error{
		"smiles": func(m *molecule.Molecule) error { _, err := smiles.Write(m, smiles.WriteOptions{}); return err },
		"canonical smiles": func(m *molecule.Molecule) error {
			_, err := smiles.Write(m, smiles.WriteOptions{Canonical: true})
			return err
		},
		"ranks":        func(m *molecule.Molecule) error { _, err := molecule.CanonicalRanks(m, true); return err },
		"standardize":  func(m *molecule.Molecule) error { _, err := standardize.Apply(m, standardize.Steps); return err },
		"morgan":       func(m *molecule.Molecule) error { _, err := fingerprint.Morgan{}.Bits(m); return err },
		"morgan, wide": func(m *molecule.Molecule) error { _, err := fingerprint.Morgan{Radius: 10}.Bits(m); return err },
		"scaffold":     func(m *molecule.Molecule) error { _, _, err := scaffold.Murcko(m); return err },
		"charges":      func(m *molecule.Molecule) error { charges.Gasteiger(m); return nil },
		"record":       func(m *molecule.Molecule) error { molecule.NewRecord(m); return nil },
		"pharmacophore": func(m *molecule.Molecule) error {
			for i := range m.Atoms {
				_, _ = pharmacophore.Donor(m, i), pharmacophore.Acceptor(m, i)
			}
			return nil
		},
	}
	for _, name := range featurize.Names() {
		f, _ := featurize.Named(name)
		all[name] = func(m *molecule.Molecule) error { _, err := f.Graph(m); return err }
	}
	return all
}()

// TestHostileInputsAreAnsweredOrRefused: none hangs, fills the memory or panics, and each gets its code.
func TestHostileInputsAreAnsweredOrRefused(t *testing.T) {
	eachHostile(t, func(t *testing.T, r *reading, h *hostile) {
		m, err := r.read(h.text(h.fits), 0)
		if code := codeOf(t, err); code != h.answer {
			t.Errorf("size %d: %v, want code %q", h.fits, err, h.answer)
		}
		if m != nil {
			for name, consume := range consumers {
				if err := consume(m); err != nil {
					t.Logf("%s: %s", name, codeOf(t, err))
				}
			}
		}
		if testing.Short() {
			return
		}
		giant, want := h.text(h.giant), h.refused
		switch {
		case len(giant) > r.most:
			want = molecule.CodeTooLong
		case want == "":
			want = h.lifted
		}
		if err := readGiant(t, r, giant, 0); codeOf(t, err) != want {
			t.Errorf("size %d: %v, want code %q", h.giant, err, want)
		}
		if want == h.lifted {
			return // limits play no part
		}
		if err := readGiant(t, r, giant, r.lifted); codeOf(t, err) != h.lifted {
			t.Errorf("size %d, limits lifted: %v, want code %q", h.giant, err, h.lifted)
		}
	})
}

// mostAllocated bounds what reading one giant allocates all in all, bytes; half of it is garbage soon.
const mostAllocated = 450 << 20

// readGiant reads with limits of n and checks what it takes.
func readGiant(t *testing.T, r *reading, text string, n int) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := r.read(text, n)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > mostAllocated {
		t.Errorf("%d bytes: allocated %d MB", len(text), used>>20)
	}
	return err
}

// BenchmarkHostile reads each giant once with limits lifted, and what fits with the default ones and all that is done with it.
// Times are of the processor; memory is what the process grew by at most, the text apart.
func BenchmarkHostile(b *testing.B) {
	eachHostile(b, func(b *testing.B, r *reading, h *hostile) {
		text := h.text(h.fits)
		fits, _ := grown(b, func() {
			if m, err := r.read(text, 0); err == nil {
				for _, consume := range consumers {
					_ = consume(m) // a refusal is an answer
				}
			}
		})
		text = h.text(h.giant)
		for b.Loop() {
			spent, peak := grown(b, func() { _, _ = r.read(text, r.lifted) })
			b.ReportMetric(spent*1e3, "giant-ms")
			b.ReportMetric(peak, "giant-MB")
		}
		b.ReportMetric(fits*1e3, "fits-ms")
		b.ReportMetric(float64(len(text)), "bytes")
		b.ReportMetric(0, "ns/op")
	})
}

// grown runs f and returns its time, s of the processor, and the memory that the process grew by, MB; 0 where the system
// does not tell.
func grown(tb testing.TB, f func()) (seconds, memory float64) {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak counts from here
	before, start := residentMB("VmRSS:"), processorTime(tb)
	f()
	return (processorTime(tb) - start) / 1e9, residentMB("VmHWM:") - before
}

// residentMB is a line of the status of this process, MB.
func residentMB(key string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), key)
	var kilobytes float64
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes / 1024
}
