package serve

import (
	"net/url"
	"strings"
	"testing"

	"molserve/preprocess/stream"
)

// FuzzRawBodies holds the readers of raw bodies to one row an input, each a record or a refusal that says
// where, and to the limit of records.
func FuzzRawBodies(f *testing.F) {
	for _, s := range []string{"1\n\nC 0 0 0\n", "2\nid=a\nC 0 0 0\n1\n\nC 1 2 3\n", `{"xyz":"x","id":1}` + "\n\n{}\n", "1\nLattice=\"1 0 0 0 1 0 0 0 1\"\nC 0 0 0\nVEC1 1 0 0\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text, err := textOf([]byte(body))
		if err != nil {
			return
		}
		for name, parse := range map[string]parser{"xyz": parseFile(stream.XYZ), "sdf": parseFile(stream.SDF), "ndjson": parseNDJSON} {
			q := &request{max: 8, maxAtoms: 20}
			err := parse(text, url.Values{}, q)
			if err != nil && explain(err).code != codeTooMany || len(q.records) > q.max {
				t.Fatalf("%s: %v, %d records", name, err, len(q.records))
			}
			for i, r := range q.records {
				why := q.refused[i]
				if (why == nil) == (r.Kind == "") || why != nil && (why.Line < 1 || why.Code == "" || why.Message == "") {
					t.Fatalf("%s: input %d is %+v, refused: %+v", name, i, r, why)
				}
			}
			if lines := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1; name == "ndjson" && text != "" && len(q.records) != min(lines, q.max) {
				t.Fatalf("%d lines, %d records", lines, len(q.records))
			}
		}
	})
}
