package serve

import (
	"errors"

	"molserve/serve/jsonread"
)

// maxDepth bounds the nesting of arrays and objects.
const maxDepth = 32

// reader reads a text of valid UTF-8.
type reader = jsonread.Reader[string]

func newReader(text string) *reader { return &reader{Text: text, Deepest: maxDepth} }

// refuseJSON makes a refusal of what a reader says.
func refuseJSON(err error) error {
	var why *jsonread.Error
	if !errors.As(err, &why) {
		return err
	}
	c := codeBadJSON
	if why.IsJSON {
		c = codeBadRequest
	}
	return refuseAt(why.Pointer, c, "%s", why.Reason)
}

// refuseValue refuses the value at hand.
func refuseValue(r *reader, format string, args ...any) error {
	return refuseAt(r.Pointer(), codeBadRequest, format, args...)
}

func appendString(r *reader, to *[]string) error {
	s, err := r.Str()
	*to = append(*to, s)
	return err
}

// stringOrNumber reads either; a number comes back as it is written.
func stringOrNumber(r *reader) (string, error) {
	switch c := r.Peek(); {
	case c == '"':
		return r.Str()
	case c == '-' || c >= '0' && c <= '9':
		return r.Number()
	}
	return "", r.WrongType("a string or a number")
}
