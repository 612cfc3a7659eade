package main

import (
	"encoding"
	"fmt"
	"slices"
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

// word is the value of a flag that is one of a few words and nothing else.
type word[T ~string] struct {
	to    *T
	words []T
}

// wordFlag adds a flag that takes one of words, the first by default.
func wordFlag[T ~string](f *pflag.FlagSet, to *T, name string, words []T, usage string) {
	*to = words[0]
	f.Var(word[T]{to, words}, name, usage)
}

func (w word[T]) Set(text string) error {
	if !slices.Contains(w.words, T(text)) {
		return fmt.Errorf("%q is none of %s", text, w.Type())
	}
	*w.to = T(text)
	return nil
}

func (w word[T]) String() string { return string(*w.to) }

// Type names the words in a help text.
func (w word[T]) Type() string {
	texts := make([]string, len(w.words))
	for i, one := range w.words {
		texts[i] = string(one)
	}
	return strings.Join(texts, "|")
}
