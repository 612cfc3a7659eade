package molfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"molserve/preprocess/molecule"
)

// Writer writes the records of an SD file. Whatever titles, names and values hold, what it writes is as
// many records as it was given.
type Writer struct {
	w      *bufio.Writer
	record []byte
}

// NewWriter writes records to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Write writes a molecule as AppendBlock does, and its data items. What cannot be written leaves no trace.
func (s *Writer) Write(m *molecule.Molecule, coordinates [][3]float64, items []Prop, o BlockOptions) error {
	record, err := AppendBlock(s.record[:0], m, coordinates, o)
	if err != nil {
		return err
	}
	s.record = record
	return s.finish(items, "\n")
}

// noRecord stands for a record whose text is not known.
const noRecord = "\n  molserve\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n"

// WriteText writes the text of a record as Reader.NextText gives it, every byte as it is, and more data
// items behind its own; where a reader gives up before the end, as it does at a line that is out of place,
// they stand right behind M  END. Without a text it writes a molfile without atoms.
func (s *Writer) WriteText(text string, items []Prop) error {
	if text == "" {
		text = noRecord
	}
	if end := strings.Index("\n"+text, "\n"+recordEnd); end >= 0 {
		text = text[:end]
	}
	eol := "\n"
	if first := strings.IndexByte(text, '\n'); first > 0 && text[first-1] == '\r' {
		eol = "\r\n"
	}
	at := placeOfItems(text)
	s.record = endValue(append(s.record[:0], text[:at]...), eol, len(items) > 0)
	if at == len(text) {
		return s.finish(items, eol)
	}
	if err := s.appendItems(items, eol); err != nil {
		return err
	}
	s.record = endValue(append(s.record, text[at:]...), eol, false)
	return s.finish(nil, eol)
}

// placeOfItems is where a data item must stand in the text of a record so that a reader finds it: at the end,
// or right behind a molfile whose own items the reader does not get through.
func placeOfItems(text string) int {
	const probe = "\x00"
	b := block{lines: lines{text: text}, o: Options{MaxAtoms: math.MaxInt32}}
	if _, err := b.read(); err != nil {
		return len(text)
	}
	end := b.at
	b = block{lines: lines{text: text[end:] + "\n\n> <" + probe + ">\n"}}
	if slices.ContainsFunc(b.readProps(), func(p Prop) bool { return p.Name == probe }) {
		return len(text)
	}
	return end
}

// endValue ends the last line of a record and, where items are to follow, the value that it may belong to.
func endValue(record []byte, eol string, items bool) []byte {
	text := bytes.TrimSuffix(record, []byte("\n"))
	last := text[bytes.LastIndexByte(text, '\n')+1:]
	if len(text) == len(record) {
		record = append(record, eol...)
	}
	if items && len(bytes.TrimRight(last, "\r")) > 0 && !bytes.HasPrefix(last, []byte("M  END")) {
		record = append(record, eol...)
	}
	return record
}

// finish appends items and the end of the record, and writes it.
func (s *Writer) finish(items []Prop, eol string) error {
	if err := s.appendItems(items, eol); err != nil {
		return err
	}
	s.record = append(append(s.record, recordEnd...), eol...)
	_, err := s.w.Write(s.record)
	return err
}

func (s *Writer) appendItems(items []Prop, eol string) error {
	for _, item := range items {
		if item.Name == "" {
			return errors.New("molfile: a data item without a name")
		}
		s.record = appendItem(s.record, item, eol)
	}
	return nil
}

// appendItem writes >  <name>, the lines of the value and an empty one. An empty line would end the value,
// one that begins with $$$$ the record, and one like > <name> is another item for some readers: such lines
// get a blank before them.
func appendItem(b []byte, item Prop, eol string) []byte {
	b = append(append(b, ">  <"...), oneLine(item.Name)...)
	b = append(append(b, '>'), eol...)
	if item.Value != "" {
		value := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(item.Value)
		for line := range strings.SplitSeq(value, "\n") {
			if line == "" || line[0] == '>' && strings.Contains(line, "<") || strings.HasPrefix(line, recordEnd) {
				b = append(b, ' ')
			}
			b = append(append(b, line...), eol...)
		}
	}
	return append(b, eol...)
}

// Flush writes what is still held back.
func (s *Writer) Flush() error { return s.w.Flush() }

// ItemNames are the names of the data items in the text of a record, those too that a reader does not get
// to; nil where there are none.
func ItemNames(text string) (names map[string]bool) {
	for line := range strings.Lines(text) {
		if line[0] != '>' {
			continue
		}
		if name, ok := itemName(strings.Trim(line, " \t\r\n")); ok {
			if names == nil {
				names = map[string]bool{}
			}
			names[name] = true
		}
	}
	return names
}
