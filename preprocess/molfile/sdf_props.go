package molfile

import "strings"

// recordEnd begins the line behind a record.
const recordEnd = "$$$$"

// readProps reads the data items behind M  END. It refuses nothing: from the first line on that is out
// of place, as in RDKit, the items are lost and the molecule stays.
func (b *block) readProps() []Prop {
	var props []Prop
	place := newNames()
	for {
		line := b.raw()
		if b.eof || strings.HasPrefix(line, recordEnd) {
			return props
		}
		text := strings.Trim(line, " \t\r\n")
		if text == "" {
			continue
		}
		name, ok := itemName(text)
		switch {
		case text[0] != '>':
			return props
		case !ok: // an item without a name must be empty
			if strings.Trim(b.raw(), " \t\r\n") != "" {
				return props
			}
			continue
		}
		value, last := b.itemValue()
		if at := place.find(name, props); at >= 0 {
			props[at].Value = value
		} else {
			props = append(props, Prop{name, value})
			place.add(props)
		}
		if last {
			return props
		}
	}
}

// itemName is what stands between the first < and the last > of an item's first line.
func itemName(text string) (string, bool) {
	text = text[1:]
	begin, end := strings.IndexByte(text, '<'), strings.LastIndexByte(text, '>')
	if begin < 0 || end < 0 || end == begin+1 {
		return "", false
	}
	if end < begin {
		end = len(text)
	}
	return text[begin+1 : end], true
}

// itemValue reads lines up to one that is empty; a line of blanks is part of the value. last: the record
// ended instead.
func (b *block) itemValue() (value string, last bool) {
	start, end := b.at, b.at // of the lines of the value, in the text
	returns := false
	for {
		line := b.raw()
		if last = strings.HasPrefix(line, recordEnd); last || isEmpty(line) {
			return joined(b.text[start:end], returns), last
		}
		returns = returns || strings.HasSuffix(line, "\r")
		end = b.at
	}
}

// isEmpty tells a line that ends an item: it may have a CR, but begins with no blank.
func isEmpty(line string) bool {
	return line == "" || line[0] != ' ' && line[0] != '\t' && strings.Trim(line, " \t\r\n") == ""
}

// joined takes the last end of a line off, and the CRs before all of them.
func joined(lines string, returns bool) string {
	lines = strings.TrimSuffix(lines, "\n")
	if !returns {
		return lines
	}
	return strings.TrimSuffix(strings.ReplaceAll(lines, "\r\n", "\n"), "\r")
}

// raw returns the next line with a CR at its end.
func (b *block) raw() string {
	start := b.at
	b.next()
	return strings.TrimSuffix(b.text[start:b.at], "\n")
}
