package child

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// executable is the program that runs, even when its file has been replaced.
func executable() string { return "/proc/self/exe" }

// attributes make the child the leader of its own group, killed when the starting thread ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// awaitExit waits until the process has ended and leaves it to be reaped.
func awaitExit(pid int, _ <-chan struct{}) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// resident is how many bytes of memory a process holds; 0: it has ended.
func resident(pid int) int64 { return pages(strconv.Itoa(pid), 1) }

// addressSpace is how many bytes of addresses this process has.
func addressSpace() int64 { return pages("self", 0) }

// pages reads a column of /proc/PID/statm, in bytes: 0 the address space, 1 the resident size.
func pages(pid string, column int) int64 {
	text, err := os.ReadFile("/proc/" + pid + "/statm")
	columns := bytes.Fields(text)
	if err != nil || column >= len(columns) {
		return 0
	}
	n, _ := strconv.ParseInt(string(columns[column]), 10, 64)
	return n * int64(os.Getpagesize())
}

// confine takes from this process what a proof does not need: descriptors that it inherited, cores,
// files to write unless an execution provider keeps what it compiled in them, priority.
func confine(nice int, files bool) error {
	err := errors.Join(
		closeInherited(),
		limit("RLIMIT_CORE", unix.RLIMIT_CORE, 0))
	if !files {
		err = errors.Join(err, limit("RLIMIT_FSIZE", unix.RLIMIT_FSIZE, 0))
	}
	// The group is this process and all its threads.
	if e := unix.Setpriority(unix.PRIO_PGRP, 0, nice); e != nil {
		err = errors.Join(err, fmt.Errorf("set priority: %w", e))
	}
	return err
}

// limitMemory sets the address space to what this process has now and so many bytes more.
func limitMemory(more int64) error {
	return limit("RLIMIT_AS", unix.RLIMIT_AS, uint64(addressSpace()+more))
}

func limit(name string, resource int, n uint64) error {
	if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

// closeInherited closes every descriptor but the pipes that came with the process: one that a library of
// the server's opened without close-on-exec. What this process opened itself has the flag.
func closeInherited() error {
	unix.CloseOnExec(replyFD)
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= replyFD {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			unix.Close(fd)
		}
	}
	return nil
}
