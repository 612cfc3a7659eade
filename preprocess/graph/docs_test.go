package graph_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"molserve/preprocess/graph"
)

// The table of docs/fields.md has a row for each field and no others; its dashes say which layout lacks it.
func TestDocsListEveryField(t *testing.T) {
	text, err := os.ReadFile("../../docs/fields.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed [2][]string
	for row := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 7 || !strings.Contains(cells[1], "`") {
			continue
		}
		for i, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			for l := range listed {
				shapes := regexp.MustCompile(`\[[^]]*\]|–`).FindAllString(cells[3+l], -1)
				if shapes[min(i, len(shapes)-1)] != "–" {
					listed[l] = append(listed[l], name[1])
				}
			}
		}
	}
	for l, layout := range []graph.Layout{graph.Packed, graph.Padded} {
		slices.Sort(listed[l])
		if want := graph.Names(layout); !slices.Equal(listed[l], want) {
			t.Errorf("%s: the docs have\n%v, the code\n%v", layout, listed[l], want)
		}
	}
}
