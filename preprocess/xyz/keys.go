package xyz

import "molserve/preprocess/molecule"

// keys reads the comment line into f and r.layout.
func (r *Reader) keys(f *Frame, text []byte) error {
	if err := r.comment.split(text); err != nil {
		return err
	}
	properties := []byte(defaultProperties)
	if r.comment.plain {
		f.Comment = string(text)
		return r.setLayout(properties)
	}
	var lattice, pbc Named // without a name: not given
	if len(r.comment.pairs) > maxKeys {
		return refuse(molecule.CodeTooLarge, "comment line of more than %d keys", maxKeys)
	}
	f.Info = make([]Named, 0, len(r.comment.pairs))
	err := r.comment.each(func(key, text []byte) error {
		if string(key) == "Properties" {
			properties = text
			return nil
		}
		value, err := valueOf(r.name(key), text)
		switch string(key) {
		case "Lattice":
			lattice = Named{"Lattice", value}
		case "pbc":
			pbc = Named{"pbc", value}
		default:
			f.set(r.name(key), value)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := f.setBoundaries(&lattice, &pbc); err != nil {
		return err
	}
	return r.setLayout(properties)
}

// setBoundaries reads the cell and pbc: as written, else true with a lattice and false without.
func (f *Frame) setBoundaries(lattice, pbc *Named) error {
	if lattice.Name != "" {
		f.PBC = [3]bool{true, true, true}
		if err := f.setCell(&lattice.Array); err != nil {
			return err
		}
	}
	if pbc.Name == "" {
		return nil
	}
	return f.setPBC(&pbc.Array)
}

// set adds a key; of a key that stands twice the last value holds, at the place of the first.
func (f *Frame) set(key string, value Array) {
	if a := f.Key(key); a != nil {
		*a = value
		return
	}
	f.Info = append(f.Info, Named{key, value})
}

// name makes a key a string; the keys of many frames share their memory.
func (r *Reader) name(key []byte) string {
	const most, longest = 1024, 64
	if s, ok := r.names[string(key)]; ok {
		return s
	}
	s := string(key)
	if len(r.names) < most && len(s) <= longest {
		r.names[s] = s
	}
	return s
}

func (r *Reader) setLayout(properties []byte) error {
	if r.layout != nil && r.properties == string(properties) {
		return nil
	}
	l, err := parseLayout(string(properties))
	if err != nil {
		return err
	}
	r.properties, r.layout = string(properties), l
	return nil
}
