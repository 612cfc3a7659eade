package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// applySettings fills the flags that the command line left alone from MOLSERVE_* variables, then
// from the file of settings.
func applySettings(cmd *cobra.Command) error {
	if cmd.Flags().Lookup(logFormatFlag) == nil {
		sayMisspelt(cmd.ErrOrStderr(), cmd, os.Environ())
	}
	if err := fromEnvironment(cmd.Flags()); err != nil {
		return err
	}
	path, err := cmd.Flags().GetString("config")
	if err != nil || path == "" {
		return err
	}
	return fromFile(cmd, path)
}

func fromEnvironment(flags *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || err != nil {
			return
		}
		if e := flags.Set(f.Name, value); e != nil {
			err = usagef("variable %s: %w", name, wrongValue(e))
		}
	})
	return err
}

// fromFile refuses a key that no command knows, so that a misspelt setting is not silently lost.
func fromFile(cmd *cobra.Command, path string) error {
	k := koanf.New("\x00")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return usagef("settings %s: %w", path, err)
	}
	known := flagNames(cmd.Root())
	for key, value := range k.All() {
		if !slices.Contains(known, key) {
			return usagef("settings %s: unknown key %q", path, key)
		}
		f := cmd.Flags().Lookup(key)
		if f == nil || f.Changed {
			continue
		}
		if err := cmd.Flags().Set(key, spell(value)); err != nil {
			return usagef("settings %s: %s: %w", path, key, wrongValue(err))
		}
	}
	return nil
}

// spell writes a value as a flag takes it: a list with commas.
func spell(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ",")
}

func flagNames(c *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, f.Name) }
	c.PersistentFlags().VisitAll(add)
	c.Flags().VisitAll(add)
	for _, sub := range c.Commands() {
		names = append(names, flagNames(sub)...)
	}
	return names
}

// variable is the environment's name of a flag.
func variable(flag string) string {
	return "MOLSERVE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
