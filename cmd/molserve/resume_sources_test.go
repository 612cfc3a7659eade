package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"molserve/onnx"
)

// chainOf writes manifests of models that take their numbers from others, and returns the folder of them all. A
// source is written NAME@VERSION.
func chainOf(t *testing.T, from map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	for ref, source := range from {
		name, version, err := onnx.ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		var of []onnx.Source
		if model, v, ok := strings.Cut(source, "@"); ok {
			of = []onnx.Source{{Model: model, Version: v, Output: "y"}}
		}
		var m map[string]any
		if err := json.Unmarshal(must(os.ReadFile(filepath.Join(aided(t, of...), manifestName))), &m); err != nil {
			t.Fatal(err)
		}
		m["name"], m["version"] = name, fmt.Sprint(version)
		dir := filepath.Join(root, name, fmt.Sprint(version))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, manifestName), must(json.Marshal(m)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// sourcesUnder are the sources of a model, by the manifests under root.
func sourcesUnder(t *testing.T, root, ref string) sources {
	t.Helper()
	cmd := rootCommand()
	if err := cmd.ParseFlags([]string{"--models", root}); err != nil {
		t.Fatal(err)
	}
	m, _, err := readManifest(cmd, ref)
	if err != nil {
		t.Fatal(err)
	}
	return sourcesOf(cmd, m)
}

func TestSourcesOfAChainAreFoundToItsEnd(t *testing.T) {
	root := chainOf(t, map[string]string{"top@1": "mid@2", "mid@2": "low@3", "low@3": "", "ping@1": "pong@1", "pong@1": "ping@1", "lost@1": "gone@4", "spoilt@1": "low@9"})
	hash := func(name, version string) string {
		return hashOf(must(os.ReadFile(filepath.Join(root, name, version, manifestName))))
	}
	if err := os.MkdirAll(filepath.Join(root, "low", "9"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "low", "9", manifestName), []byte("no manifest"), 0o644); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]sources{
		"low@3":    nil,
		"top@1":    {"mid@2": hash("mid", "2"), "low@3": hash("low", "3")},
		"ping@1":   {"pong@1": hash("pong", "1"), "ping@1": hash("ping", "1")},
		"lost@1":   {"gone@4": ""},
		"spoilt@1": {"low@9": hash("low", "9")},
	} {
		if got := sourcesUnder(t, root, ref); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", ref, got, want)
		}
	}
}

// A mark that knows another source is not gone on with, before any model is proved.
func TestResumeRefusesAnotherSource(t *testing.T) {
	root := chainOf(t, map[string]string{"top@1": "mid@2", "mid@2": "low@3", "low@3": ""})
	was := sourcesUnder(t, root, "top@1")
	in, out := filepath.Join(t.TempDir(), "in.smi"), filepath.Join(t.TempDir(), "out.csv")
	if err := os.WriteFile(in, []byte("CCO\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	old := strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		change func(sources)
		want   string // empty: sources are no reason
	}{
		"none":        {func(sources) {}, ""},
		"its source":  {func(s sources) { s["mid@2"] = old }, "mid@2 had the manifest " + old + " and has the manifest " + was["mid@2"]},
		"the next":    {func(s sources) { s["low@3"] = old }, "low@3 had the manifest " + old + " and has the manifest " + was["low@3"]},
		"one more":    {func(s sources) { s["old@1"] = old }, "old@1 had the manifest " + old + " and has no part in it"},
		"one less":    {func(s sources) { delete(s, "low@3") }, "low@3 had no part in it and has the manifest"},
		"appeared":    {func(s sources) { s["low@3"] = "" }, "low@3 had no manifest and has the manifest"},
		"not known":   {func(s sources) { clear(s) }, "mid@2 had no part in it"},
		"no manifest": {func(s sources) { s["gone@7"] = "" }, "gone@7 had no manifest and has no part in it"},
	} {
		t.Run(name, func(t *testing.T) {
			known := sourcesUnder(t, root, "top@1")
			c.change(known)
			mark := resumption{Resume: resumeForm, identity: identity{Model: "top@1", Sources: known}}
			if err := mark.keep(out); err != nil {
				t.Fatal(err)
			}
			r := runCommand(t, "", "predict", "--models", root, "--model", "top", "--resume", "--output", out, in)
			if r.code != exitFailed || !strings.Contains(r.stderr, "cannot be gone on with: its manifest_sha256 was") {
				t.Fatalf("exit %d: %s", r.code, r.stderr)
			}
			if !strings.Contains(r.stderr, c.want) || c.want == "" && strings.Contains(r.stderr, "takes numbers from") {
				t.Errorf("%s, want %q", r.stderr, c.want)
			}
		})
	}
}

func TestSourcesThatAreEqualAreNoReason(t *testing.T) {
	a, b := identity{Model: "a@1", Sources: sources{}}, identity{Model: "a@1"}
	if err := a.same(b); err != nil {
		t.Error(err)
	}
	a.Sources, b.Sources = sources{"b@1": "1"}, sources{"b@1": "1"}
	if err := a.same(b); err != nil {
		t.Error(err)
	}
}
