package serve

import (
	"regexp"
	"strings"
	"testing"
)

func TestRequestIDs(t *testing.T) {
	for given, kept := range map[string]bool{
		"a": true, "!~": true, "7e8f-{x}": true, strings.Repeat("x", 128): true,
		"": false, strings.Repeat("x", 129): false, "a b": false, "a\tb": false, "a\x00": false, "é": false, "\x7f": false, "a\n": false,
	} {
		if id := requestID(given); kept != (id == given) || !kept && !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%q is called %q", given, id)
		}
	}
	if a, b := requestID(""), requestID(""); a == b {
		t.Error("two requests have one name")
	}
}

func FuzzRequestID(f *testing.F) {
	f.Add("a b")
	visible := regexp.MustCompile(`^[!-~]{1,128}$`)
	f.Fuzz(func(t *testing.T, given string) {
		if id := requestID(given); !visible.MatchString(id) || visible.MatchString(given) != (id == given) {
			t.Errorf("%q is called %q", given, id)
		}
	})
}
