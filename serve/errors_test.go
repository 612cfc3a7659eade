package serve

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestDocumentedStatusesAreTheCodes holds the table of docs/http.md against the switch, both ways.
func TestDocumentedStatusesAreTheCodes(t *testing.T) {
	doc, err := os.ReadFile("../docs/http.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[code]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d{3}) \\| `(\\w+)` \\|").FindAllStringSubmatch(string(doc), -1) {
		documented[code(row[2])], _ = strconv.Atoi(row[1])
	}
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\tcode\w+ +code = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 20 {
		t.Fatalf("%d codes in errors.go", len(codes))
	}
	for _, m := range codes {
		c := code(m[1])
		if documented[c] != status(c) {
			t.Errorf("%s: status %d, documented as %d", c, status(c), documented[c])
		}
		delete(documented, c)
	}
	for c := range documented {
		t.Errorf("%s is documented and does not exist", c)
	}
}

func TestUnforeseenErrorsAreInternal(t *testing.T) {
	if f := explain(fmt.Errorf("open /etc/secret: no")); f.code != codeInternal || regexp.MustCompile("secret").MatchString(f.message) {
		t.Errorf("%+v", f)
	}
}
