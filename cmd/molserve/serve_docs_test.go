package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// The table of settings has every flag of serve, and no other.
func TestSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| flag | default |")
	table, _, _ = strings.Cut(table, "\n\n")
	documented := map[string]bool{}
	for row := range strings.Lines(table) {
		if cells := strings.Split(row, "|"); len(cells) > 2 {
			for _, m := range regexp.MustCompile("`--([a-z-]+)").FindAllStringSubmatch(cells[1], -1) {
				documented[m[1]] = true
			}
		}
	}
	root := rootCommand()
	flags := map[string]bool{}
	add := func(f *pflag.Flag) { flags[f.Name] = f.Name != "config" } // which is where settings stand
	serve, _, err := root.Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	serve.Flags().VisitAll(add)
	root.PersistentFlags().VisitAll(add)
	maps.DeleteFunc(flags, func(_ string, is bool) bool { return !is })
	if got, want := slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(flags)); !slices.Equal(got, want) {
		t.Errorf("docs/operations.md has %v\nserve has               %v", got, want)
	}
}
