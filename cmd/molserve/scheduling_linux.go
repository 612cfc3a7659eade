package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// batchThreads has all threads scheduled as SCHED_BATCH (sched(7)): one that wakes waits for its turn. A network runs
// for milliseconds, and each thread that interrupts it to read a request costs it its cache; docs/benchmarks.md compares.
// What an administrator has chosen otherwise stays as it is. Threads to come are scheduled as those that make them: it
// is done when a round finds none that is still the default.
func batchThreads() error {
	for range rounds {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		changed := false
		for _, task := range tasks {
			thread, err := strconv.Atoi(task.Name())
			if err != nil {
				return fmt.Errorf("/proc/self/task: %w", err)
			}
			one, err := batchThread(thread)
			if err != nil && !errors.Is(err, unix.ESRCH) { // it has ended meanwhile
				return fmt.Errorf("scheduling of a thread: %w", err)
			}
			changed = changed || one
		}
		if !changed {
			return nil
		}
	}
	return errors.New("the system says that it changes threads and leaves them as they are")
}

// rounds are more than threads are ever made meanwhile.
const rounds = 100

// batchThread changes a thread of the default scheduling and tells whether it was one. Its nice value stays.
func batchThread(thread int) (changed bool, err error) {
	was, err := unix.SchedGetAttr(thread, 0)
	if err != nil || was.Policy != unix.SCHED_NORMAL {
		return false, err
	}
	return true, unix.SchedSetAttr(thread, &unix.SchedAttr{Policy: unix.SCHED_BATCH, Nice: was.Nice}, 0)
}
