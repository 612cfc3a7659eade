package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/serve"
)

// settle makes a server's configuration of the flags, and opens what they name: first what costs nothing to refuse.
func (o *serveOptions) settle(cmd *cobra.Command, config *serve.Config) error {
	if err := o.check(config); err != nil {
		return err
	}
	var err error
	if config.Log, err = newLog(cmd.ErrOrStderr(), *o); err != nil {
		return err
	}
	logMisspelt(config.Log, cmd, os.Environ())
	if config.Models, err = cmd.Flags().GetString("models"); err != nil {
		return err
	}
	if _, err := os.ReadDir(config.Models); err != nil {
		return fmt.Errorf("%w; name the folder of models with --models", err)
	}
	if err := o.access.settle(config, o.addr, o.adminAddr, o.grpcAddr); err != nil {
		return err
	}
	if err := o.proof.settle(config.Models, config.Log); err != nil {
		return err
	}
	if err := o.how.start(cmd); err != nil {
		return err
	}
	o.proof.Child.Preparation = o.how.Preparation
	config.Load = o.proof.Load
	config.Traces, err = o.traces.start(cmd, config.Log)
	return err
}

// check refuses flags that make no sense, or not together.
func (o *serveOptions) check(config *serve.Config) (err error) {
	if err := checkServe(*config); err != nil {
		return err
	}
	if err := checkLimits(o.proof.Limits); err != nil {
		return err
	}
	if config.KeepLoaded == 0 {
		config.KeepLoaded = -1 // serve.Config says none so
	}
	if config.Pins, err = parsePins(o.pins); err != nil {
		return err
	}
	if err := o.checkAccess(); err != nil {
		return err
	}
	return o.traces.check()
}

// listen opens all addresses, or none.
func (o *serveOptions) listen(config *serve.Config) (l net.Listener, err error) {
	if l, err = listen("addr", o.addr); err != nil {
		return nil, err
	}
	if config.Admin, err = listenAdmin(o.adminAddr); err == nil {
		config.GRPC, err = listenGRPC(o.grpcAddr)
	}
	if err == nil {
		return l, nil
	}
	l.Close()
	if config.Admin != nil {
		config.Admin.Close()
	}
	return nil, err
}

// checkServe refuses what the zero values of serve.Config would silently turn into defaults.
func checkServe(c serve.Config) error {
	for name, v := range map[string]int64{"max-body": c.MaxBody, "max-molecules": int64(c.MaxMolecules), "queue": int64(c.Queue), "max-waiting": c.MaxWaiting,
		"timeout": int64(c.Timeout), "grace": int64(c.Grace), "poll": int64(c.Poll)} {
		if v <= 0 {
			return usagef("--%s must be more than 0", name)
		}
	}
	if c.MaxExpansion < 1 || c.MaxExpansion > mostExpansion {
		return usagef("--max-expansion %d is not between 1 and %d", c.MaxExpansion, mostExpansion)
	}
	if c.MaxExpanded < 0 {
		return usagef("--max-expanded must be 0 or more")
	}
	if err := checkRow(c.MaxRow); err != nil {
		return err
	}
	if c.BatchWait < 0 || c.BatchWait > time.Second {
		return usagef("--batch-wait %v is not between 0 and 1s", c.BatchWait)
	}
	if c.KeepLoaded < 0 {
		return usagef("--keep-loaded must be 0 or more")
	}
	if c.StopDelay < 0 {
		return usagef("--stop-delay must be 0s or more")
	}
	return nil
}

// mostExpansion is more than any coding reaches.
const mostExpansion = 1_000_000

// parsePins reads NAME@VERSION, each name once.
func parsePins(refs []string) (map[string]int, error) {
	pins := map[string]int{}
	for _, ref := range refs {
		name, version, err := onnx.ParseRef(ref)
		if err == nil && version == 0 {
			err = fmt.Errorf("%q names no version", ref)
		}
		if err == nil && pins[name] != 0 {
			err = fmt.Errorf("%s is pinned twice", name)
		}
		if err != nil {
			return nil, usagef("--pin NAME@VERSION: %w", err)
		}
		pins[name] = version
	}
	return pins, nil
}
