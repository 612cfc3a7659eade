package serve

import (
	"slices"

	"molserve/preprocess"
)

// parseJSON reads {"smiles": […]} or {"molecules": […]}, either with "outputs" and "standardize". Keys are exact, each
// at most once, and nothing may follow the object.
func parseJSON(text string, q *request) error {
	r := &reader{text: text}
	list := ""
	err := r.object(func(key string) error {
		switch key {
		case "outputs":
			q.outputs = []string{}
			return r.array(func(int) error { return r.appendString(&q.outputs) })
		case "standardize":
			return r.array(func(int) error { return r.appendString(&q.steps) })
		case "smiles", "molecules":
			if list != "" {
				return r.fail(codeBadRequest, "the request has both smiles and molecules")
			}
			list = key
			return parseList(r, key, q)
		}
		return r.fail(codeBadRequest, "unknown key; a request has smiles or molecules, outputs and standardize")
	})
	if err != nil {
		return err
	}
	if list == "" {
		return refuse(codeBadRequest, `the request has neither smiles nor molecules, as in {"smiles": ["CCO"]}`)
	}
	return r.end()
}

func parseList(r *reader, key string, q *request) error {
	return r.array(func(int) error {
		rec, err := preprocess.Record{Kind: preprocess.SMILES}, error(nil)
		if key == "smiles" {
			rec.Text, err = r.str()
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
	err = r.object(func(key string) (err error) {
		kind := preprocess.Kind(key)
		switch {
		case key == "id":
			rec.ID, err = r.stringOrNumber()
			return err
		case key == "auxiliary":
			rec.Auxiliary, err = r.raw()
			return err
		case key == "pairs":
			rec.Pairs, err = r.raw()
			return err
		case !slices.Contains(preprocess.Kinds, kind):
			return r.fail(codeBadRequest, "unknown key; a molecule has one of %v, and perhaps %v", preprocess.Kinds, preprocess.Besides)
		case rec.Kind != "":
			return r.fail(codeBadRequest, "the molecule has %s already", rec.Kind)
		}
		rec.Kind = kind
		if kind == preprocess.Atoms || kind == preprocess.RawGraph {
			rec.Text, err = r.raw()
		} else {
			rec.Text, err = r.str()
		}
		return err
	})
	if err == nil && rec.Kind == "" {
		err = r.fail(codeBadRequest, "the molecule has none of %v", preprocess.Kinds)
	}
	return rec, err
}
