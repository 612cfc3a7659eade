package tests

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The answer printed in the README is the answer of the shipped model.
func TestREADMEsRequestGivesItsAnswer(t *testing.T) {
	text := readme(t)
	body := regexp.MustCompile(`-d '(\{"smiles":[^']*\})'`).FindStringSubmatch(text)
	answer := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(text)
	if body == nil || answer == nil {
		t.Fatal("the README has no request or no answer")
	}
	p := startServing(t, "../exported_models")
	for _, model := range []string{"esol-dmpnn", "esol-gcn"} {
		reply := answerOf(t, p, model, body[1])
		if model == "esol-dmpnn" {
			closeJSON(t, answer[1], reply)
		}
		if n := strings.Count(reply, `"status":"ok"`); n != 2 || !strings.Contains(reply, `"offset":1`) || !strings.Contains(reply, `"unit":"log10(mol/L)"`) {
			t.Errorf("%s: %s", model, reply)
		}
	}
}

func answerOf(t *testing.T, p *process, model, body string) string {
	t.Helper()
	reply, err := p.postTo(model, body, "Content-Type", "application/json")
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v: %s", reply.Status, err, text)
	}
	return string(text)
}

// closeJSON compares two JSON texts; numbers may differ in the last digits of float32.
func closeJSON(t *testing.T, want, got string) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("the README's answer: %v", err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatal(err)
	}
	if !closeValues(w, g) {
		t.Errorf("the README says\n%s\nthe server says\n%s", want, got)
	}
}

func closeValues(w, g any) bool {
	switch w := w.(type) {
	case map[string]any:
		m, ok := g.(map[string]any)
		if !ok || len(m) != len(w) {
			return false
		}
		for k := range w {
			if !closeValues(w[k], m[k]) {
				return false
			}
		}
		return true
	case []any:
		s, ok := g.([]any)
		if !ok || len(s) != len(w) {
			return false
		}
		for i := range w {
			if !closeValues(w[i], s[i]) {
				return false
			}
		}
		return true
	case float64:
		v, ok := g.(float64)
		return ok && math.Abs(v-w) <= 1e-4
	}
	return w == g
}

// Every file that the README and the docs link to is there.
func TestLinksOfTheDocsLeadSomewhere(t *testing.T) {
	docs, _ := filepath.Glob("../docs/*.md")
	for _, file := range append(docs, "../README.md", "../export/README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		prose := regexp.MustCompile("(?ms)^    [^\n]*$|^```.*?^```$").ReplaceAllString(string(text), "") // code, such as SMILES
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(prose, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
				t.Errorf("%s links to %s: %v", file, link[1], err)
			}
		}
	}
}

// Every make target that the README names is in the Makefile.
func TestTargetsOfTheREADMEAreInTheMakefile(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("make ([a-z-]+)").FindAllStringSubmatch(readme(t), -1) {
		if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
			t.Errorf("no target %s", m[1])
		}
	}
	if out, err := exec.Command("make", "-C", "..", "help").CombinedOutput(); err != nil || !strings.Contains(string(out), "make serve") {
		t.Errorf("make help: %v: %s", err, out)
	}
}
