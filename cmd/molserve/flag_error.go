package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagTakes says what a flag of a type, or of a name, takes. Flags of other types say it themselves.
var flagTakes = map[string]string{
	"bool":      "true or false",
	"duration":  "a time, such as 250ms, 30s or 1m30s",
	"float64":   "a number",
	"int":       "a whole number",
	"int64":     "a whole number",
	"intSlice":  "whole numbers with commas between",
	"log-level": "debug, info, warn or error",
}

// wrongFlag is a usage error that says what would be right.
func wrongFlag(cmd *cobra.Command, err error) error {
	var wrong *pflag.InvalidValueError
	if errors.As(err, &wrong) {
		return usageError{wrongValue(err)}
	}
	return usageError{fmt.Errorf("%w; see '%s --help'", err, cmd.CommandPath())}
}

// wrongValue puts what the flag takes in place of what its parser says.
func wrongValue(err error) error {
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) {
		return err
	}
	flag := wrong.GetFlag()
	if takes := cmp.Or(flagTakes[flag.Name], flagTakes[flag.Value.Type()]); takes != "" {
		return fmt.Errorf("--%s %q is not %s", flag.Name, wrong.GetValue(), takes)
	}
	return fmt.Errorf("--%s %w", flag.Name, wrong.Unwrap())
}
