package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"molserve/onnx/prove/child"
	"molserve/onnx/prove/store"
	"molserve/serve"
)

// childFlags adds the limits of a proof's child process.
func childFlags(c *cobra.Command, p *child.Prover) {
	c.Flags().DurationVar(&p.Timeout, "proof-timeout", child.DefaultTimeout, "time that the proof of one model may take; its process is killed then")
	c.Flags().Int64Var(&p.Memory, "proof-memory", child.DefaultMemory, "bytes of memory that the process of a proof may take; it is killed beyond")
}

func checkChild(p *child.Prover) error {
	if p.Timeout <= 0 {
		return usagef("--proof-timeout must be more than 0")
	}
	if p.Memory < child.LeastMemory {
		return usagef("--proof-memory must be at least %d", int64(child.LeastMemory))
	}
	return nil
}

// proofOptions are the flags of how a server has its models proved.
type proofOptions struct {
	serve.Proof
	state string
}

// Names of --state that are no folder.
const (
	stateDefault = ""
	stateNone    = "none"
)

func stateFlag(c *cobra.Command, state *string) {
	c.Flags().StringVar(state, "state", stateDefault, "folder of certificates, which spare a model that was proved the next proof;\n'none': memory only (default: molserve/certificates in your cache)")
}

func proofFlags(c *cobra.Command, o *proofOptions) {
	childFlags(c, &o.Child)
	stateFlag(c, &o.state)
	choiceFlag(c.Flags(), &o.Verify, "verify", serve.VerifyAuto, "auto|full|fast", "auto: prove what has no certificate; full: prove everything again;\nfast: without a certificate, prove what --verify-budget reaches")
	c.Flags().DurationVar(&o.Budget, "verify-budget", serve.DefaultBudget, "time of a proof with --verify fast; golden answers are never left out")
}

// settle opens the store of certificates.
func (o *proofOptions) settle(models string, log *slog.Logger) (err error) {
	if err := checkChild(&o.Child); err != nil {
		return err
	}
	if o.Budget <= 0 {
		return usagef("--verify-budget must be more than 0")
	}
	o.Log = log
	o.Store, err = openStore(o.state, models, log)
	return err
}

// openStore opens the folder that is named. The folder in the user's cache is not worth an error: without
// it certificates are kept in memory.
func openStore(state, models string, log *slog.Logger) (*store.Store, error) {
	switch state {
	case stateNone:
		return store.Open("")
	case stateDefault:
		dir, err := store.DefaultDir()
		if err == nil {
			var s *store.Store
			if s, err = store.Open(dir); err == nil {
				return s, nil
			}
		}
		log.Warn("certificates are kept in memory only; --state names another folder", "cause", err)
		return store.Open("")
	}
	if err := apart(state, models); err != nil {
		return nil, err
	}
	s, err := store.Open(state)
	if err != nil {
		return nil, fmt.Errorf("--state %s: %w; name a folder that the server may write, or none", state, err)
	}
	return s, nil
}

// apart refuses a folder of certificates within the folder of models: who writes models must not write
// what is believed of them.
func apart(state, models string) error {
	s, err := resolved(state)
	if err != nil {
		return err
	}
	m, err := resolved(models)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(m, s); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return usagef("--state %s lies in the folder of models; certificates belong elsewhere", state)
	}
	return nil
}

// resolved is the absolute path without links, of as much of it as exists.
func resolved(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("folder %s: %w", path, err)
	}
	rest := ""
	for at := abs; ; at = filepath.Dir(at) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest), nil
		}
		if at == filepath.Dir(at) {
			return abs, nil
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}
