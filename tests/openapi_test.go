package tests

import (
	"io"
	"net/http"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What the shipped models are, how they were proved and what they predict is described in the document that the server
// has of itself, key by key.
func TestShippedModelsAnswerAsTheOpenAPIDocumentSays(t *testing.T) {
	p := startServing(t, "../exported_models")
	doc := readJSON(t, p.base+"/openapi.json")
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	hold := func(name string, value any) {
		t.Helper()
		s, err := c.Compile("openapi.json#/components/schemas/" + name)
		if err == nil {
			err = s.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	models := readJSON(t, p.base+"/v1/models").(map[string]any)["models"].([]any)
	if len(models) < 4 {
		t.Fatalf("%d models", len(models))
	}
	for _, m := range models {
		name := m.(map[string]any)["name"].(string)
		hold("Model", m)
		hold("ModelDetail", readJSON(t, p.base+"/v1/models/"+name))
		hold("VersionDetail", readJSON(t, p.base+"/v1/models/"+name+"/versions/1"))
		hold("Predictions", predictAnything(t, p, name))
		for _, of := range []string{"", ".tensors"} {
			hold("MetadataV2", readJSON(t, p.base+"/v2/models/"+name+of))
			hold("ConfigV2", readJSON(t, p.base+"/v2/models/"+name+of+"/config"))
			stats := readJSON(t, p.base+"/v2/models/"+name+of+"/stats").(map[string]any)["model_stats"].([]any)
			hold("StatisticV2", stats[0])
		}
	}
}

// predictAnything asks for ethanol, with its bonds or its atoms, and for something that nobody can read.
func predictAnything(t *testing.T, p *process, model string) any {
	t.Helper()
	const atoms = `{"symbols":["C","C","O","H","H","H","H","H","H"],"positions":[[1.17,-0.41,0],[0,0.56,0],[-1.19,-0.21,0],[-1.95,0.38,0],` +
		`[2.12,0.13,0],[1.14,-1.04,0.89],[1.14,-1.04,-0.89],[0.04,1.2,0.89],[0.04,1.2,-0.89]]}`
	for _, body := range []string{`{"smiles":["CCO","C1CC"]}`, `{"molecules":[{"id":"a","atoms":` + atoms + `},{"atoms":{}}]}`} {
		res, err := p.postTo(model, body, "Content-Type", "application/json")
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusOK {
			return decodeJSON(t, res.Body)
		}
		res.Body.Close()
	}
	t.Fatalf("%s takes neither", model)
	return nil
}

func readJSON(t *testing.T, url string) any {
	t.Helper()
	res, err := http.Get(url)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v %v", url, res, err)
	}
	return decodeJSON(t, res.Body)
}

func decodeJSON(t *testing.T, body io.ReadCloser) any {
	t.Helper()
	defer body.Close()
	value, err := jsonschema.UnmarshalJSON(body)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// closeObjects lets described objects have no other keys than are described.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, given := v["additionalProperties"]; v["type"] != nil && v["properties"] != nil && !given {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			closeObjects(x)
		}
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	}
}
