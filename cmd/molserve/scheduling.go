package main

import (
	"log/slog"

	"github.com/spf13/cobra"
)

// scheduling is the value of --scheduling: how the server's threads share the cores.
type scheduling string

const (
	schedulingBatch scheduling = "batch"
	schedulingAsIs  scheduling = "as-is"
)

func schedulingFlag(c *cobra.Command, o *scheduling) {
	wordFlag(c.Flags(), o, "scheduling", []scheduling{schedulingBatch, schedulingAsIs}, "batch: a thread that wakes does not interrupt another, on Linux (SCHED_BATCH), which is faster where the cores\nare the server's; as-is: as it was started, where others keep its cores busy")
}

// apply changes the threads that there are, and with them those to come. A system that does not let it is no reason
// not to serve.
func (s scheduling) apply(log *slog.Logger) {
	if s != schedulingBatch {
		return
	}
	if err := batchThreads(); err != nil {
		log.Info("threads are scheduled as the process was started", "reason", err)
	}
}
