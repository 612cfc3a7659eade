package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"molserve/serve/openapi"
)

// contract holds exchanges against the OpenAPI document. Every exchange of this package's tests goes through check;
// TestMain fails when one did not hold.
type contract struct {
	doc  map[string]any
	open *jsonschema.Compiler // the schemas as they stand, for what is sent
	shut *jsonschema.Compiler // objects with no other keys than theirs, for what is answered

	mu     sync.Mutex
	cached map[string]*jsonschema.Schema
	seen   map[string]int    // METHOD path status, or code, to how often
	faults map[string]string // to an example
}

var theContract = sync.OnceValue(func() *contract {
	text, err := openapi.Document(openapi.Both)
	if err != nil {
		panic(err)
	}
	c := &contract{cached: map[string]*jsonschema.Schema{}, seen: map[string]int{}, faults: map[string]string{}}
	for _, to := range []**jsonschema.Compiler{&c.open, &c.shut} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			panic(err)
		}
		c.doc = doc.(map[string]any)
		if to == &c.shut {
			shut(doc)
		}
		*to = jsonschema.NewCompiler()
		(*to).AssertFormat()
		if err := (*to).AddResource("doc.json", doc); err != nil {
			panic(err)
		}
	}
	return c
})

// shut lets objects have no keys but their properties. A part of allOf, oneOf or anyOf without a type is about
// an object that is described elsewhere.
func shut(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, given := v["additionalProperties"]; v["type"] != nil && v["properties"] != nil && !given {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			shut(x)
		}
	case []any:
		for _, x := range v {
			shut(x)
		}
	}
}

// exchange is a request and its answer.
type exchange struct {
	method, url string
	asked       string // the body
	sent        http.Header
	answer
}

// example stands in a fault before what it was found in: each fault is told once.
const example = "\n  for example "

// enough is how many exchanges of one operation and status are looked at.
const enough = 300

// check notes what does not hold.
func (c *contract) check(x exchange) {
	u, err := url.Parse(x.url)
	if err != nil {
		return
	}
	template, op := c.operation(x.method, u.EscapedPath())
	if x.status == http.StatusRequestHeaderFieldsTooLarge || strings.HasPrefix(x.body, "Client sent an HTTP request") { // by net/http, before any of this
		return
	}
	key := fmt.Sprintf("%s %s %d", x.method, template, x.status)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[key]++
	if code := codeIn(x.body); code != "" {
		c.seen[code]++
	}
	if c.seen[key] > enough {
		return
	}
	for _, fault := range c.compare(x, template, op) {
		what, found, _ := strings.Cut(fault, example)
		c.faults[key+": "+what] = found
	}
}

// operation is the one that a path leads to, that with the fewest parameters.
func (c *contract) operation(method, path string) (template string, op map[string]any) {
	best := 100
	for t, item := range c.doc["paths"].(map[string]any) {
		pattern := regexp.MustCompile(`\\\{(rest|where|profile)\\\}`).ReplaceAllString(regexp.QuoteMeta(t), ".*")
		pattern = regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(pattern, "[^/]+")
		found, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		if n := strings.Count(t, "{"); ok && n < best && regexp.MustCompile("^"+pattern+"$").MatchString(path) {
			template, op, best = t, found, n
		}
	}
	return template, op
}

// codeIn is the code of an error body of either form.
func codeIn(body string) string {
	var v1 struct{ Error struct{ Code string } }
	var v2 struct{ Code string }
	if json.Unmarshal([]byte(body), &v1) == nil && v1.Error.Code != "" {
		return v1.Error.Code
	}
	if json.Unmarshal([]byte(body), &v2) == nil {
		return v2.Code
	}
	return ""
}

// compare holds an exchange against its operation.
func (c *contract) compare(x exchange, template string, op map[string]any) (faults []string) {
	code, place := codeIn(x.body), ""
	switch limited := op != nil && op["x-listener"] != nil; {
	case (op == nil || limited) && x.status == http.StatusNotFound && (code == "unknown_route" || x.method == http.MethodHead):
		place = "#/x-no-such-route"
	case (op == nil || limited) && x.status == http.StatusMethodNotAllowed:
		place = "#/x-no-such-method"
	case op == nil && x.status == http.StatusForbidden && code == "foreign_request":
		place = "#/components/responses/Forbidden"
	case op == nil && x.status == http.StatusUnauthorized:
		place = "#/components/responses/Unauthorized"
		if strings.Contains(x.url, "/v2") {
			place += "V2"
		}
	case op == nil && x.status == http.StatusForbidden && code == "forbidden":
		return nil // no route, to a client: the path is nobody's
	case op == nil:
		return []string{x.url + " leads to no path of serve/openapi/paths_*.yaml"}
	default:
		place = "#/paths/" + escape(template) + "/" + strings.ToLower(x.method) + "/responses/" + strconv.Itoa(x.status)
	}
	response, place := c.follow(place)
	if response == nil {
		return []string{"the status is missing in serve/openapi/paths_*.yaml" + example + cut(x.body)}
	}
	faults = append(c.headers(x, response), c.answered(x, response, place)...)
	if op != nil && op["requestBody"] != nil {
		faults = append(faults, c.asked(x, template, op, code)...)
	}
	return faults
}

// follow reads a place of the document through its references, and tells where it ends.
func (c *contract) follow(place string) (map[string]any, string) {
	var here any = c.doc
	for step := range strings.SplitSeq(strings.TrimPrefix(place, "#/"), "/") {
		o, ok := here.(map[string]any)
		if !ok {
			return nil, place
		}
		here = o[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	o, _ := here.(map[string]any)
	if ref, ok := o["$ref"].(string); ok {
		return c.follow(ref)
	}
	return o, place
}

// everywhere are headers that net/http writes, whatever the answer.
var everywhere = []string{"Content-Type", "Content-Length", "Date"}

func (c *contract) headers(x exchange, response map[string]any) (faults []string) {
	described, _ := response["headers"].(map[string]any)
	for name := range x.header {
		if described[name] == nil && !slices.Contains(everywhere, name) {
			faults = append(faults, "the header "+name+" is missing in serve/openapi/responses.yaml")
		}
	}
	for name, h := range described {
		if ref, ok := h.(map[string]any)["$ref"].(string); ok {
			h, _ = c.follow(ref)
		}
		value, header := x.header.Get(name), h.(map[string]any)
		if value == "" && header["required"] == true {
			faults = append(faults, "there is no header "+name)
		}
		text, _ := json.Marshal(header["schema"])
		if value != "" {
			faults = append(faults, c.validateBy(string(text), value, "header "+name)...)
		}
	}
	return faults
}

// validateBy holds a value against a schema that stands alone.
func (c *contract) validateBy(schema, value, what string) []string {
	s := c.cached[schema]
	if s == nil {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
		if err != nil {
			return []string{err.Error()}
		}
		alone := jsonschema.NewCompiler()
		if err = alone.AddResource("header.json", doc); err == nil {
			s, err = alone.Compile("header.json")
		}
		if err != nil {
			return []string{err.Error()}
		}
		c.cached[schema] = s
	}
	if err := s.Validate(value); err != nil {
		return []string{what + ": " + err.Error()}
	}
	return nil
}

// answered holds a body against the schema of its type.
func (c *contract) answered(x exchange, response map[string]any, place string) []string {
	if x.method == http.MethodHead {
		if x.body != "" {
			return []string{"HEAD has a body"}
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(x.header.Get("Content-Type"))
	content, _ := response["content"].(map[string]any)
	if err != nil || content[media] == nil {
		return []string{fmt.Sprintf("the type %q is not among %v of serve/openapi/responses.yaml", media, slices.Sorted(maps.Keys(content)))}
	}
	at := place + "/content/" + escape(media) + "/schema"
	switch {
	case x.header.Get("Content-Encoding") != "":
		return nil
	case media == "application/json":
		return c.validate(c.shut, at, x.body)
	case media == "application/x-ndjson":
		var faults []string
		for line := range strings.Lines(x.body) {
			faults = append(faults, c.validate(c.shut, "#/components/schemas/Prediction", line)...)
		}
		return faults
	case x.header.Get("Inference-Header-Content-Length") != "":
		n, err := strconv.Atoi(x.header.Get("Inference-Header-Content-Length"))
		if err != nil || n > len(x.body) {
			return []string{"the JSON is longer than the body"}
		}
		return c.validate(c.shut, "#/components/schemas/InferResponse", x.body[:n])
	}
	return nil
}

// asked holds what was sent against the schema of its type: what was taken must be as described, and what was
// refused for its shape must not.
func (c *contract) asked(x exchange, template string, op map[string]any, code string) []string {
	media, _, _ := mime.ParseMediaType(x.sent.Get("Content-Type"))
	if strings.HasPrefix(template, "/v2") && x.sent.Get("Inference-Header-Content-Length") == "" {
		media = "application/json" // whatever the header says
	}
	content := op["requestBody"].(map[string]any)["content"].(map[string]any)
	at := "#/paths/" + escape(template) + "/post/requestBody/content/" + escape(media) + "/schema"
	switch {
	case x.status == http.StatusOK && media != "" && content[media] == nil:
		return []string{"a body of " + media + " is taken; the type is missing in serve/openapi/paths_*.yaml"}
	case media != "application/json" || strings.TrimSpace(x.asked) == "" || x.sent.Get("Content-Encoding") != "":
	case x.status == http.StatusOK && !strings.Contains(x.body, `"status":"error"`):
		return c.validate(c.open, at, x.asked)
	case code == "bad_request" && strings.HasPrefix(template, "/v1") && json.Valid([]byte(x.asked)):
		if len(c.validate(c.open, at, x.asked)) == 0 {
			return []string{"the document allows what is refused" + example + cut(x.asked)}
		}
	}
	return nil
}

func (c *contract) validate(by *jsonschema.Compiler, at, text string) []string {
	key := fmt.Sprintf("%p%s", by, at)
	s := c.cached[key]
	if s == nil {
		var err error
		if s, err = by.Compile("doc.json" + at); err != nil {
			return []string{err.Error()}
		}
		c.cached[key] = s
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return []string{err.Error() + ": " + cut(text)}
	}
	if err := s.Validate(value); err != nil {
		return []string{err.Error() + example + cut(text)}
	}
	return nil
}

func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

func cut(s string) string { return s[:min(len(s), 300)] }
