package serve

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"molserve/serve/openapi"
)

// documented are the operations of a document, METHOD and path as gin has them, with their x-listener.
func documented(t *testing.T, of openapi.Listener) map[string]string {
	t.Helper()
	text, err := openapi.Document(of)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for path, item := range doc.Paths {
		path = regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(path, func(p string) string {
			if name := p[1 : len(p)-1]; slices.Contains([]string{"rest", "where", "profile"}, name) {
				return "*" + name
			}
			return ":" + p[1:len(p)-1]
		})
		for method, op := range item {
			var listener struct {
				X string `json:"x-listener"`
			}
			if json.Unmarshal(op, &listener) == nil { // parameters is a list
				out[strings.ToUpper(method)+" "+path] = listener.X
			}
		}
	}
	return out
}

func registered(e *gin.Engine) map[string]bool {
	out := map[string]bool{}
	for _, r := range e.Routes() {
		out[r.Method+" "+r.Path] = true
	}
	return out
}

// Every route of both listeners stands in its document, and nothing else does. What the public listener has
// of the admin listener's only answers 403, and stands in the admin document alone.
func TestDocumentsHaveTheRoutes(t *testing.T) {
	s := New(Config{})
	whole := documented(t, openapi.Both)
	for listener, routes := range map[openapi.Listener]map[string]bool{openapi.Public: registered(s.routes()), openapi.Admin: registered(s.adminRoutes())} {
		doc := documented(t, listener)
		for _, route := range slices.Sorted(maps.Keys(routes)) {
			if _, ok := doc[route]; !ok && whole[route] != string(openapi.Admin) {
				t.Errorf("the %s listener has %s, which is missing in serve/openapi/paths_*.yaml", listener, route)
			}
		}
		for _, route := range slices.Sorted(maps.Keys(doc)) {
			if !routes[route] {
				t.Errorf("serve/openapi/paths_*.yaml has %s, which the %s listener has not (x-listener says whose it is)", route, listener)
			}
		}
	}
}

// The codes of errors.go are those of the document, and each stands in the responses of its status alone.
func TestDocumentHasTheCodes(t *testing.T) {
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[code]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\tcode\w+ +code = "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		codes[code(m[1])] = true
	}
	text, err := openapi.Document(openapi.Both)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas   struct{ ErrorCode struct{ Enum []code } }
			Responses map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	listed := doc.Components.Schemas.ErrorCode.Enum
	for _, c := range slices.Sorted(maps.Keys(codes)) {
		if !slices.Contains(listed, c) {
			t.Errorf("code %s is missing in ErrorCode of serve/openapi/schemas.yaml", c)
		}
		if c == codeClientGone {
			continue
		}
		n := 0
		for _, response := range doc.Components.Responses {
			n += strings.Count(string(response), `"`+string(c)+`"`)
		}
		if n == 0 {
			t.Errorf("code %s stands in no response of serve/openapi/responses.yaml; its status is %d", c, status(c))
		}
	}
	for _, c := range listed {
		if !codes[c] {
			t.Errorf("code %s of serve/openapi/schemas.yaml does not exist", c)
		}
	}
	for path, item := range doc.Paths {
		for method, op := range item {
			for st, name := range responsesOf(op) {
				for c := range codes {
					if strings.Contains(string(doc.Components.Responses[name]), `"`+string(c)+`"`) && strconv.Itoa(status(c)) != st {
						t.Errorf("%s %s answers %s with the code %s, whose status is %d", method, path, st, c, status(c))
					}
				}
			}
		}
	}
}

// responsesOf are the names of an operation's responses by status.
func responsesOf(operation json.RawMessage) map[string]string {
	var op struct {
		Responses map[string]struct {
			Ref string `json:"$ref"`
		}
	}
	out := map[string]string{}
	if json.Unmarshal(operation, &op) == nil { // parameters is a list
		for st, r := range op.Responses {
			out[st] = strings.TrimPrefix(r.Ref, "#/components/responses/")
		}
	}
	return out
}
