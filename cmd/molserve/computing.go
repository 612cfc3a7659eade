package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"molserve/onnx"
)

// computing are the flags of how networks come to run.
type computing struct {
	onnx.Preparation
	libraries []string // of execution providers
	rewrite   rewriteMode
}

func computingFlags(c *cobra.Command, o *computing) {
	providerFlags(c, o)
	wordFlag(c.Flags(), &o.rewrite, "rewrite", []rewriteMode{rewriteAuto, rewriteOff}, "auto: what is slow or dangerous in a network is rewritten before it runs; off: it runs as it is, or is refused")
}

func providerFlags(c *cobra.Command, o *computing) {
	c.Flags().Var((*providerList)(&o.Providers), "provider", "NAME[,key=value…]: execution provider with its options, such as cuda,device_id=0; may stand again,\nin the order of preference; the CPU computes what none takes (default: the CPU alone)")
	c.Flags().StringSliceVar(&o.libraries, "provider-library", nil, "library that brings execution providers; may stand again")
}

// start loads ONNX Runtime and the libraries of providers, and tries the providers.
func (o *computing) start(cmd *cobra.Command) error {
	o.KeepNetwork = o.rewrite == rewriteOff
	if err := startRuntime(cmd); err != nil {
		return err
	}
	return o.load()
}

func (o *computing) load() error {
	for _, path := range o.libraries {
		if err := onnx.RegisterProviders(path); err != nil {
			return err
		}
	}
	if err := o.Check(); err != nil {
		return fmt.Errorf("--provider: %w", err)
	}
	return nil
}

// providerList is the value of --provider.
type providerList []onnx.Provider

// Set adds providers to the list.
func (l *providerList) Set(text string) error {
	more, err := onnx.ParseProviders(text)
	if err != nil {
		return err
	}
	whole := append(*l, more...)
	if err := onnx.CheckProviders(whole); err != nil {
		return err
	}
	*l = whole
	return nil
}

// String spells the list as Set reads it.
func (l *providerList) String() string {
	words := make([]string, len(*l))
	for i, p := range *l {
		words[i] = p.String()
	}
	return strings.Join(words, ",")
}

// Type names the value in a help text.
func (*providerList) Type() string { return "provider" }

// rewriteMode is the value of --rewrite.
type rewriteMode string

const (
	rewriteAuto rewriteMode = "auto"
	rewriteOff  rewriteMode = "off"
)
