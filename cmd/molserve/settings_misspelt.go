package main

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// variablePrefix begins the names of all variables that are settings.
const variablePrefix = "MOLSERVE_"

// linked are variables that Kubernetes gives to the containers beside a service called molserve.
var linked = regexp.MustCompile(`^MOLSERVE_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// logMisspelt warns in the log.
func logMisspelt(log *slog.Logger, cmd *cobra.Command, environment []string) {
	misspelt(cmd, environment, func(name, nearest string) {
		log.Warn("a variable of the environment is no setting", "variable", name, "nearest", nearest)
	})
}

// sayMisspelt warns of the same on a terminal, for commands without a log.
func sayMisspelt(w io.Writer, cmd *cobra.Command, environment []string) {
	misspelt(cmd, environment, func(name, nearest string) {
		fmt.Fprintf(w, "molserve: the variable %s of the environment is no setting; the nearest is %s\n", name, nearest)
	})
}

// misspelt calls warn for the variables that no command has a flag for: they would be silently lost. Their values may be secrets.
func misspelt(cmd *cobra.Command, environment []string, warn func(name, nearest string)) {
	var known []string
	for _, flag := range flagNames(cmd.Root()) {
		known = append(known, variable(flag))
	}
	slices.Sort(known)
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(known, name) && !linked.MatchString(name) {
			warn(name, nearest(name, known))
		}
	}
}

// nearest is the known name that the fewest changes make of a name, the first of several.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return changes(name, a) - changes(name, b) })
}

// changes counts the letters to add, take away or replace to get from a to b (Levenshtein's distance).
func changes(a, b string) int {
	row := make([]int, len(b)+1) // of the first i letters of a to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
