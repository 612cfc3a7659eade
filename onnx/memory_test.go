package onnx_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"

	"molserve/onnx"
)

// resident returns the bytes of this process that are in memory, by the kernel's count.
func resident(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc")
	}
	_, after, _ := bytes.Cut(status, []byte("VmRSS:"))
	kb, err := strconv.Atoi(string(bytes.Fields(after)[0]))
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// growth bounds the memory after the last swap by that after the tenth. Without ReleaseMemory it is 1.2.
const growth = 1.1

// The shipped networks are opened one beside the other, the older is closed: what a swap does. With
// MOLSERVE_KEEP_MEMORY=1 the C heap keeps what it has, and the test fails.
func TestMemoryOfClosedSessionsGoesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred swaps")
	}
	paths, err := filepath.Glob("../exported_models/*/1/model.onnx")
	if err != nil || len(paths) == 0 {
		t.Fatal("no networks", err)
	}
	old, tenth := openFile(t, paths[0]), 0
	for i := 1; i <= 100; i++ {
		s := openFile(t, paths[i%len(paths)])
		old.Close()
		old = s
		debug.FreeOSMemory()
		if os.Getenv("MOLSERVE_KEEP_MEMORY") == "" {
			onnx.ReleaseMemory()
		}
		if i == 10 {
			tenth = resident(t)
		}
	}
	last := resident(t)
	old.Close()
	t.Logf("after 10 swaps %d KiB, after 100 %d KiB", tenth>>10, last>>10)
	if float64(last) > growth*float64(tenth) {
		t.Errorf("resident memory grew from %d to %d KiB", tenth>>10, last>>10)
	}
}

func openFile(t *testing.T, path string) onnx.Session {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := onnx.NewSession(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
