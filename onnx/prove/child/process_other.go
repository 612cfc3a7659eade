//go:build !linux

package child

import (
	"os"
	"syscall"
)

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits until the child has closed what it answers on, which it does when it ends; there is no
// way here to wait for its end and leave it to be reaped.
func awaitExit(_ int, silent <-chan struct{}) { <-silent }

// resident is not known here; the deadline alone bounds a child.
func resident(int) int64 { return 0 }

func confine(nice int, _ bool) error { return syscall.Setpriority(syscall.PRIO_PGRP, 0, nice) }

func limitMemory(int64) error { return nil }
