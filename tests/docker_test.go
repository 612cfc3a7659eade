package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx/onnxtest"
)

// The image holds the binary, the library in lib/ beside it, and nothing in the environment. This takes the same steps
// in a folder: what cannot be tried here is the pulling of base images.
func TestBinaryWithItsLibraryBesideItNeedsNothingElse(t *testing.T) {
	root := t.TempDir()
	bin := filepath.Join(root, "molserve")
	build := exec.Command("go", "build", "-o", bin, "./cmd/molserve")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(onnxtest.Library(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "lib", "libonnxruntime.so"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	models, err := filepath.Abs("../exported_models")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "predict", "--models", models, "--model", "esol-gcn", "-")
	cmd.Env = []string{} // no HOME, no caches
	cmd.Dir = "/"
	cmd.Stdin = strings.NewReader("CCO\n")
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), ",ok,,,") {
		t.Errorf("%v: %s", err, out)
	}
}

// Every folder that the Dockerfile copies by name must be there, and its command line must be one that serve knows.
func TestDockerfileNamesWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"COPY go.mod go.sum", "COPY exported_models /models", "nonroot", `"serve", "--models", "/models"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
	ignored, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	for _, needed := range []string{"exported_models", "go.mod", "cmd", "onnx", "preprocess", "reference", "serve"} {
		for line := range strings.Lines(string(ignored)) {
			if strings.TrimSpace(line) == needed {
				t.Errorf(".dockerignore leaves %s out", needed)
			}
		}
	}
}
