package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/onnx/prove"
)

func TestCertificatesAreKeptApartFromModels(t *testing.T) {
	dir := t.TempDir()
	models := filepath.Join(dir, "models")
	if err := os.Mkdir(models, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(models, link); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	for _, state := range []string{models, filepath.Join(models, "a", "1"), filepath.Join(link, "state"), filepath.Join(dir, "x", "..", "models")} {
		if _, err := openStore(state, models, log); exitCode(err) != exitUsage {
			t.Errorf("--state %s: %v", state, err)
		}
	}
	for _, state := range []string{stateNone, filepath.Join(dir, "state"), filepath.Join(dir, "models-state"), dir} {
		if _, err := openStore(state, models, log); err != nil {
			t.Errorf("--state %s: %v", state, err)
		}
	}
}

func TestACacheThatCannotBeUsedIsNoReasonNotToServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", file)
	var log strings.Builder
	s, err := openStore(stateDefault, shippedModels, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || s == nil || !strings.Contains(log.String(), "in memory only") {
		t.Errorf("%v: %s", err, log.String())
	}
	if _, err := openStore(file, shippedModels, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "--state "+file) {
		t.Errorf("a folder that was asked for is silently given up: %v", err)
	}
}

func TestCheckFindsTheSameInThisProcess(t *testing.T) {
	var found [2]prove.Certificate
	for i, flag := range []string{"--in-process=false", "--in-process"} {
		out, code := runCheck(t, "--models", shippedModels, "--json", flag, "esol-gcn")
		var all []prove.Certificate
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 || len(all) != 1 {
			t.Fatalf("exit %d, %v: %s", code, err, out)
		}
		found[i] = all[0]
	}
	if found[0].Where != prove.Child || found[1].Where != prove.Here || len(found[0].Checks) != len(found[1].Checks) {
		t.Errorf("%+v", found)
	}
	for i, k := range found[0].Checks {
		if other := found[1].Checks[i]; k.Name != other.Name || k.Measured != other.Measured {
			t.Errorf("%s %g in a child, %s %g here", k.Name, k.Measured, other.Name, other.Measured)
		}
	}
}

func TestCheckOfAModelThatGivesNoCertificateSaysWhy(t *testing.T) {
	out, code := runCheck(t, "--models", shippedModels, "--proof-timeout", "1ms", "esol-gcn")
	if code != exitFailed || !strings.Contains(out, "FAIL") || !strings.Contains(out, "killed at its deadline of 1ms") {
		t.Errorf("exit %d: %s", code, out)
	}
}
