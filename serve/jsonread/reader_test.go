package jsonread_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"molserve/serve/jsonread"
)

// read reads {"a": [string or number or null …], "b~/": anything}.
func read(text string) error {
	r := &jsonread.Reader[string]{Text: text, Deepest: 4}
	err := r.Object(func(key string) error {
		switch key {
		case "a":
			return r.Array(func(int) error {
				switch r.Peek() {
				case '"':
					_, err := r.Str()
					return err
				case 'n':
					r.Word()
					return nil
				}
				_, err := r.Number()
				return err
			})
		case "b~/":
			_, err := r.Raw()
			return err
		}
		return r.WrongType("known")
	})
	if err == nil {
		err = r.End()
	}
	return err
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                        "the body is a list, not an object",
		`7`:                         "the body is a number, not an object",
		``:                          "byte 0: expected an object",
		`{"a":[1,2,"x",null]} x`:    "byte 21: expected the end of the body",
		`{"a":"x"}`:                 "/a: is a string, not a list",
		`{"a":true}`:                "/a: is a truth value, not a list",
		`{"a":null}`:                "/a: is null, not a list",
		`{"a":[1,01]}`:              "/a: byte 9: expected ',' or ']'",
		`{"a":[-]}`:                 "/a/0: byte 7: expected a digit",
		`{"a":[1.]}`:                "/a/0: byte 8: expected a digit",
		`{"a":[1e+]}`:               "/a/0: byte 9: expected a digit",
		`{"a":["\\q"]}`:             "",
		`{"a":["\q"]}`:              "/a/0: byte 6: expected a string with escapes that JSON knows",
		"{\"a\":[\"\n\"]}":          "/a/0: byte 6: expected a string that ends, without control characters",
		`{"a":["x]}`:                "/a/0: byte 6: expected a string that ends, without control characters",
		`{"a":[1 2]}`:               "/a: byte 8: expected ',' or ']'",
		`{"a" 1}`:                   "/a: byte 5: expected ':'",
		`{"a":[],"a":[]}`:           "/a: the key stands here twice",
		`{"a":[],}`:                 "byte 8: expected a key in double quotes",
		`{"c":{}}`:                  "/c: is an object, not known",
		`{"b~/":{"x":[[1]]}}`:       "",
		`{"b~/":{"x":[[[]]]}}`:      "/b~0~1/x/0/0: nested deeper than 4",
		`{"b~/":{"x":1,"x":tru}}`:   "/b~0~1/x: byte 18: expected a value",
		`{"b~/":{"x":1,"x":true} }`: "",
		`{"b~/":nul}`:               "/b~0~1: byte 7: expected a value",
	} {
		err := read(text)
		if got := ""; err != nil {
			if got = err.Error(); got != want {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		} else if want != "" {
			t.Errorf("%s: is read, want %q", text, want)
		}
	}
}

func TestAnObjectHasSoManyKeys(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(`,"` + strings.Repeat("k", i+1) + `":0`)
		}
		return "{" + b.String()[1:] + "}"
	}
	for n, ok := range map[int]bool{256: true, 257: false} {
		r := &jsonread.Reader[[]byte]{Text: []byte(keys(n)), Deepest: 9}
		if err := r.Object(func(string) error { return r.Skip() }); (err == nil) != ok {
			t.Errorf("%d keys: %v", n, err)
		}
	}
}

// A value that is passed over is JSON to encoding/json too, and the other way round but for its depth; texts and
// bytes are read alike.
func FuzzSkip(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e-3,null,true,"\u0063\ud83d\ude00"]}`, `[[],{}]`, "01", `-0`, `1e5`, `"\`, "[1,]", `{"a":1,"a":2}`, "\t null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		r := &jsonread.Reader[string]{Text: s, Deepest: 1000}
		text, err := r.Raw()
		if err == nil {
			err = r.End()
		}
		if deep := err != nil && strings.Contains(err.Error(), "deeper"); (err == nil) != json.Valid([]byte(s)) && !deep {
			t.Fatalf("%q: %v", s, err)
		}
		b := &jsonread.Reader[[]byte]{Text: []byte(s), Deepest: 1000}
		if same, e := b.Raw(); err == nil && (e != nil || !bytes.Equal(same, []byte(text))) {
			t.Fatalf("%q: %q as bytes, %q as a text", s, same, text)
		}
	})
}
