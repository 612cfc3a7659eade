package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx/prove"
)

const shippedModels = "../../exported_models"

// runCheck runs the command and returns its standard output and exit status.
func runCheck(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand()
	root.SetOut(&out)
	root.SetArgs(append([]string{"check"}, args...))
	err := root.ExecuteContext(t.Context())
	if err == nil {
		return out.String(), 0
	}
	t.Log(err)
	return out.String(), exitCode(err)
}

func TestCheckPrintsARowForEachCheck(t *testing.T) {
	out, code := runCheck(t, "--models", shippedModels, "esol-gcn")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	for _, want := range []string{"esol-gcn@1 (onnxruntime ", "measured", "golden outputs", "reference", "batch mates", "1e-05", " ok "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "FAIL") {
		t.Error(out)
	}
}

func TestCheckTakesAFolderAndExitsOneWhenItDoesNotHold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(shippedModels, "esol-gcn", "1"))); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "manifest.json")
	raw, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := bytes.Replace(raw, []byte(`"layers": 4`), []byte(`"layers": 3`), 1)
	if err := os.WriteFile(manifest, spoilt, 0o644); err != nil {
		t.Fatal(err)
	}
	out, code := runCheck(t, "--json", dir)
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	var certificates []prove.Certificate
	if err := json.Unmarshal([]byte(out), &certificates); err != nil || len(certificates) != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	failed := certificates[0].Failed()
	if len(failed) == 0 || failed[0].Name != "reference" || !strings.Contains(failed[0].Worst, "convs.3.bias is unexpected") {
		t.Errorf("failing: %+v", failed)
	}
	out, _ = runCheck(t, dir)
	if !strings.Contains(out, "FAIL") || !strings.Contains(out, "convs.3.bias is unexpected") {
		t.Errorf("the table does not say why:\n%s", out)
	}
}

func TestCheckOfAModelThatDoesNotOpenSaysWhy(t *testing.T) {
	models := t.TempDir()
	dir := filepath.Join(models, "broken", "1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code := runCheck(t, "--models", models)
	if code != exitFailed || !strings.Contains(out, "broken@1") || !strings.Contains(out, "FAIL") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestCheckExitStatuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"--models", shippedModels, "nobody"}, exitFailed},
		{[]string{"--models", t.TempDir()}, exitFailed},
		{[]string{"--models", shippedModels, "esol-gcn@one"}, exitUsage},
		{[]string{"--depth"}, exitUsage},
	} {
		if out, code := runCheck(t, c.args...); code != c.code {
			t.Errorf("%v: exit %d, want %d\n%s", c.args, code, c.code, out)
		}
	}
}
