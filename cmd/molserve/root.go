package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is a wrong command line.
type usageError struct{ error }

func (usageError) ExitCode() int { return exitUsage }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "molserve",
		Short: "Serve trained molecular graph networks",
		Long: `molserve turns molecules into the exact tensors that a network was trained on, runs the
network with ONNX Runtime and answers in units, with a verdict for each molecule.

Settings come from flags, then from MOLSERVE_* variables (--max-body is MOLSERVE_MAX_BODY),
then from the YAML file that --config names. Results go to standard output, everything else
to standard error.`,
		Example: `  molserve runtime install
  molserve serve
  echo 'CC(=O)Oc1ccccc1C(=O)O aspirin' | molserve predict --model esol-dmpnn -`,
		Version:           version(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return applySettings(cmd) },
		Args:              noSuchCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.String("models", "exported_models", "folder of models, <name>/<version>/manifest.json")
	flags.String("onnxruntime", "", "ONNX Runtime library to load (default: see 'molserve runtime doctor')")
	flags.String("config", "", "YAML file of settings, keys named like flags")
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(serveCommand(), predictCommand(), inspectCommand(), checkCommand(), modelsCommand(), tokenCommand(), runtimeCommand())
	for _, c := range root.Commands() {
		refuseWrongArguments(c)
	}
	return root
}

// noSuchCommand refuses a word that is no command and offers those that are near.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return usagef("unknown command %q; see 'molserve --help'", args[0])
}

// refuseWrongArguments gives wrong arguments and unknown subcommands the exit status of wrong usage.
func refuseWrongArguments(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%w; see '%s --help'", err, cmd.CommandPath())}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		refuseWrongArguments(sub)
	}
}

// version is the module's version, or the commit the binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
