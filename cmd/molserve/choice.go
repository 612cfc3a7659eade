package main

import (
	"encoding"
	"strings"

	"github.com/spf13/pflag"
)

// choice is the value of a flag that takes one of a few words, which the help text shows in place of a type.
type choice struct {
	pflag.Value
	words string
}

// choiceFlag adds a flag that takes one of words, which stand with | between.
func choiceFlag(f *pflag.FlagSet, p encoding.TextUnmarshaler, name string, value encoding.TextMarshaler, words, usage string) {
	f.TextVar(p, name, value, usage)
	flag := f.Lookup(name)
	flag.Value = choice{flag.Value, words}
	flag.DefValue = strings.ToLower(flag.DefValue)
}

// Type names the value in a help text.
func (c choice) Type() string { return c.words }
