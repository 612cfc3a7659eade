// Package tests holds what crosses packages: the shape of the house, conformance of the shipped
// models, swaps under load, hostile input, the README's own examples.
package tests

import (
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our packages each may import: the data's way, one direction. A key stands
// for itself and its sub-packages, unless a longer key matches.
var mayImport = map[string][]string{
	"molserve/preprocess":   {"molserve/preprocess"},
	"molserve/onnx":         {"molserve/onnx", "molserve/preprocess"},
	"molserve/onnx/library": {},
	"molserve/reference":    {"molserve/preprocess"},
	"molserve/onnx/prove":   {"molserve/onnx", "molserve/reference", "molserve/preprocess"},
	"molserve/serve/auth":   {},
	"molserve/serve/v2":     {"molserve/serve/v2", "molserve/serve/jsonread", "molserve/preprocess"},
	"molserve/serve":        {"molserve/serve", "molserve/onnx", "molserve/preprocess"},
	"molserve/cmd":          {"molserve"},
	"molserve/tests":        {"molserve"},

	"molserve/serve/jsonread": {},
}

// steps is the way inside preprocess: a package may import those before it, never those after.
var steps = []string{"molecule", "smiles", "internal/goldentest", "molfile", "geometry", "xyz", "graph", "charges", "pharmacophore", "fingerprint", "scaffold", "standardize", "featurize", "", "stream", "inspect"}

// outside lists third-party modules that only the named package may import.
var outside = map[string]string{
	"github.com/yalue/onnxruntime_go":                "molserve/onnx",
	"github.com/prometheus/client_golang/prometheus": "molserve/serve",

	"github.com/spf13/cobra": "molserve/cmd/molserve",
}

// protocols are third-party modules, by prefix, that the packages of the Open Inference Protocol may import,
// the one that reads ONNX files, those that make traces, those of packed files, and gin, which tests/load measures alone.
var protocols = map[string][]string{
	"github.com/gin-gonic/gin":      {"molserve/serve", "molserve/tests/load"},
	"github.com/klauspost/compress": {"molserve/cmd/molserve", "molserve/serve"},
	"google.golang.org/grpc":        {"molserve/serve", "molserve/serve/v2/pb"},
	"google.golang.org/genproto":    {"molserve/serve"},
	"go.opentelemetry.io/otel":      {"molserve/serve", "molserve/serve/traces"},
	"google.golang.org/protobuf":    {"molserve/onnx/proto", "molserve/serve", "molserve/serve/v2", "molserve/serve/v2/pb"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Doc        string
	CgoFiles   []string
	GoFiles    []string
	Dir        string

	TestGoFiles, XTestGoFiles []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc,CgoFiles,GoFiles,Dir,TestGoFiles,XTestGoFiles", "molserve/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestImportsPointTowardTheBytes(t *testing.T) {
	for _, p := range packages(t) {
		allowed, ok := rule(p.ImportPath)
		if !ok {
			t.Errorf("%s has no place in the house: add it to mayImport", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "molserve/") && !within(imported, allowed) {
				t.Errorf("%s imports %s; it may import %v", p.ImportPath, imported, allowed)
			}
		}
	}
}

func TestPreprocessStepsFollowTheData(t *testing.T) {
	step := func(importPath string) int {
		return slices.Index(steps, strings.TrimPrefix(strings.TrimPrefix(importPath, "molserve/preprocess"), "/"))
	}
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "molserve/preprocess") {
			continue
		}
		if step(p.ImportPath) < 0 {
			t.Errorf("%s is no known step", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "molserve/") && step(imported) >= step(p.ImportPath) {
				t.Errorf("%s imports %s, a later step", p.ImportPath, imported)
			}
		}
	}
}

func TestThirdPartiesStayInTheirRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if room, ok := outside[imported]; ok && room != p.ImportPath {
				t.Errorf("%s imports %s, which belongs to %s", p.ImportPath, imported, room)
			}
		}
		for prefix, rooms := range protocols {
			for _, imported := range p.Imports {
				if within(imported, []string{prefix}) && !slices.Contains(rooms, p.ImportPath) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, rooms)
				}
			}
		}
		if isPure := strings.HasPrefix(p.ImportPath, "molserve/preprocess") || p.ImportPath == "molserve/reference"; isPure {
			pureGo(t, p)
		}
	}
}

func pureGo(t *testing.T, p pkg) {
	if len(p.CgoFiles) > 0 {
		t.Errorf("%s uses cgo: %v", p.ImportPath, p.CgoFiles)
	}
	for _, imported := range p.Imports {
		third := strings.Contains(strings.Split(imported, "/")[0], ".")
		if imported == "net/http" || third && !strings.HasPrefix(imported, "gonum.org/") {
			t.Errorf("%s imports %s; it is the standard library and gonum only", p.ImportPath, imported)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

// rule finds the longest key that holds the package.
func rule(importPath string) ([]string, bool) {
	for p := importPath; p != "." && p != "/"; p = path.Dir(p) {
		if allowed, ok := mayImport[p]; ok {
			return allowed, true
		}
	}
	return nil, false
}

func within(importPath string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return importPath == root || strings.HasPrefix(importPath, root+"/")
	})
}
