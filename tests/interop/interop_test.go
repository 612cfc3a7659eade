// Package interop runs Triton's own client, unchanged, against a running molserve.
package interop

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx/onnxtest"
)

// server is the binary, serving the shipped models.
type server struct{ public, admin, grpc string }

// serve starts it on free ports and waits until every model is proved.
func serve(t *testing.T) server {
	t.Helper()
	lib := onnxtest.Library(t)
	binary := filepath.Join(t.TempDir(), "molserve")
	if out, err := exec.Command("go", "build", "-o", binary, "molserve/cmd/molserve").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "serve", "--models", "../../exported_models", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0",
		"--grpc-addr", "127.0.0.1:0", "--onnxruntime", lib)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	var s server
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		addr := func(after string) string { a, _, _ := strings.Cut(after, ","); return a }
		if _, after, ok := strings.Cut(lines.Text(), "molserve: administration on http://"); ok {
			s.admin = addr(after)
		} else if _, after, ok := strings.Cut(lines.Text(), "molserve: gRPC on "); ok {
			s.grpc = addr(after)
		} else if _, after, ok := strings.Cut(lines.Text(), "molserve: listening on http://"); ok {
			s.public = addr(after)
		} else if strings.Contains(lines.Text(), "ready; models") {
			go io.Copy(io.Discard, stderr) // ends with the process
			return s
		}
	}
	t.Fatal("the process ended before it was ready")
	return s
}

// python runs a script with Triton's client; make interop names the interpreter that has it.
func python(t *testing.T, script string, args ...string) {
	t.Helper()
	interpreter := os.Getenv("MOLSERVE_INTEROP_PYTHON")
	if interpreter == "" {
		t.Skip("MOLSERVE_INTEROP_PYTHON is not set; make interop sets it")
	}
	out, err := exec.Command(interpreter, append([]string{script}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
}

func TestTritonsClient(t *testing.T) {
	if os.Getenv("MOLSERVE_INTEROP_PYTHON") == "" {
		t.Skip("MOLSERVE_INTEROP_PYTHON is not set; make interop sets it")
	}
	s := serve(t)
	for _, script := range []string{"http_client.py", "grpc_client.py", "aio_client.py"} {
		t.Run(script, func(t *testing.T) { python(t, script, s.public, s.admin, s.grpc) })
	}
	t.Run("docs", func(t *testing.T) { python(t, documented(t), s.public, s.admin, s.grpc) })
}

// documented writes the example of docs/v2.md to a file, with the address as the first argument.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/v2.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "```python\n")
	code, _, closed := strings.Cut(after, "```")
	if !ok || !closed || !strings.Contains(code, `"localhost:8080"`) {
		t.Fatal("docs/v2.md has no example")
	}
	file := filepath.Join(t.TempDir(), "example.py")
	code = "import sys\n" + strings.Replace(code, `"localhost:8080"`, "sys.argv[1]", 1)
	if err := os.WriteFile(file, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
