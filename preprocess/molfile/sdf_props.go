package molfile

import "strings"

// recordEnd begins the line behind a record.
const recordEnd = "$$$$"

// readProps reads the data items behind M  END. It refuses nothing: from the first line on that is out
// of place, as in RDKit, the items are lost and the molecule stays.
func (b *block) readProps() []Prop {
	var props []Prop
	place := map[string]int{}
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
		if at, again := place[name]; again {
			props[at].Value = value
		} else {
			place[name] = len(props)
			props = append(props, Prop{name, value})
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
	var lines []string
	for {
		line := b.raw()
		blank := strings.Trim(line, " \t\r\n") == "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t")
		if last = strings.HasPrefix(line, recordEnd); blank || last {
			return strings.Join(lines, "\n"), last
		}
		lines = append(lines, strings.TrimSuffix(line, "\r"))
	}
}

// raw returns the next line with a CR at its end.
func (b *block) raw() string {
	start := b.at
	b.next()
	return strings.TrimSuffix(b.text[start:b.at], "\n")
}
