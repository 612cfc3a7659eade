package serve

import (
	"slices"
	"strings"

	"molserve/preprocess"
)

// parseJSON reads {"smiles": […]} or {"molecules": […]}, either with "outputs" and "standardize". Keys are exact, each
// at most once, and nothing may follow the object.
func parseJSON(text string, q *request) error {
	if strings.TrimSpace(text) == "" {
		return refuse(codeBadJSON, `the body is empty; send JSON such as {"smiles": ["CCO"]}`)
	}
	r := newReader(text)
	list := ""
	err := r.Object(func(key string) error {
		switch key {
		case "outputs":
			q.outputs = []string{}
			return r.Array(func(int) error { return appendString(r, &q.outputs) })
		case "standardize":
			return r.Array(func(int) error { return appendString(r, &q.steps) })
		case "smiles", "molecules":
			if list != "" {
				return refuseValue(r, "the request has both smiles and molecules")
			}
			list = key
			return parseList(r, key, q)
		}
		return refuseValue(r, "unknown key; a request has smiles or molecules, outputs and standardize")
	})
	if err != nil {
		return refuseJSON(err)
	}
	if list == "" {
		return refuse(codeBadRequest, `the request has neither smiles nor molecules, as in {"smiles": ["CCO"]}`)
	}
	return refuseJSON(r.End())
}

func parseList(r *reader, key string, q *request) error {
	return r.Array(func(int) error {
		rec, err := preprocess.Record{Kind: preprocess.SMILES}, error(nil)
		if key == "smiles" {
			rec.Text, err = r.Str()
		} else {
			rec, err = parseMolecule(r)
		}
		if err != nil {
			return err
		}
		return q.add(rec)
	})
}

// parseMolecule reads an object with exactly one of the kinds, and perhaps an id, auxiliary and pairs.
func parseMolecule(r *reader) (rec preprocess.Record, err error) {
	err = r.Object(func(key string) (err error) {
		kind := preprocess.Kind(key)
		switch {
		case key == "id":
			rec.ID, err = stringOrNumber(r)
			return err
		case key == "auxiliary":
			rec.Auxiliary, err = r.Raw()
			return err
		case key == "pairs":
			rec.Pairs, err = r.Raw()
			return err
		case !slices.Contains(preprocess.Kinds, kind):
			return refuseValue(r, "unknown key; a molecule has one of %v, and perhaps %v", preprocess.Kinds, preprocess.Besides)
		case rec.Kind != "":
			return refuseValue(r, "the molecule has %s already", rec.Kind)
		}
		rec.Kind = kind
		if kind == preprocess.Atoms || kind == preprocess.RawGraph {
			rec.Text, err = r.Raw()
		} else {
			rec.Text, err = r.Str()
		}
		return err
	})
	if err == nil && rec.Kind == "" {
		err = refuseValue(r, "the molecule has none of %v", preprocess.Kinds)
	}
	return rec, err
}
