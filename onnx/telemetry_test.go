package onnx_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"molserve/onnx/library"
	"molserve/onnx/onnxtest"
)

// ONNX Runtime's telemetry keeps an identifier and a database in the home of who runs it, and a log among the
// temporary files.
func TestARunLeavesNothingInTheHome(t *testing.T) {
	home := t.TempDir()
	run := exec.Command(os.Args[0], "-test.run=^TestSessionPassesEveryTypeAndNoRows$", "-test.count=1")
	run.Env = []string{library.Variable + "=" + onnxtest.Library(t), "HOME=" + home, "XDG_CACHE_HOME=" + home, "TMPDIR=" + home}
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	filepath.WalkDir(home, func(path string, _ fs.DirEntry, err error) error {
		if path != home || err != nil {
			t.Errorf("%s, %v", path, err)
		}
		return nil
	})
}
