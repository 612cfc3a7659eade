package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// noArguments refuses words behind a command that has flags alone.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return cobra.NoArgs(cmd, args) // it is no such command
	}
	return fmt.Errorf("%q is too much: '%s' has flags, which begin with --, and no arguments", args[0], cmd.CommandPath())
}

// oneInput refuses more than one file.
func oneInput(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return fmt.Errorf("'%s' reads one file, or - for standard input, and %d are named: %q", cmd.CommandPath(), len(args), args)
}
