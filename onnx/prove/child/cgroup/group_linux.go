package cgroup

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// prefix begins the names of groups. A directory with it that nobody holds locked is left from a process that
// is no more.
const prefix = "molserve-proof-"

// patience is how long Remove waits for processes to be gone after they were killed.
const patience = 2 * time.Second

// Group is a control group. It is locked while the process that made it lives.
type Group struct {
	dir  string
	lock *os.File // the directory
}

// Make makes a group whose processes together hold at most so many bytes of memory, none of it swapped out.
// When they need more the kernel kills all of them.
func Make(bytes int64) (*Group, error) {
	dir, err := home()
	if err != nil {
		return nil, err
	}
	g, err := create(dir)
	if err != nil {
		return nil, err
	}
	if err := g.bound(bytes); err != nil {
		return nil, errors.Join(err, g.Remove())
	}
	return g, nil
}

func create(parent string) (*Group, error) {
	dir, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return nil, err
	}
	g := &Group{dir: dir}
	if g.lock, err = lock(dir); err != nil {
		return nil, errors.Join(err, unix.Rmdir(dir))
	}
	return g, nil
}

// lock opens a directory that no other has locked. The lock ends with the process.
func lock(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, &os.PathError{Op: "lock", Path: dir, Err: err}
	}
	return f, nil
}

func (g *Group) bound(bytes int64) error {
	if err := write(g.dir, "memory.max", strconv.FormatInt(bytes, 10)); err != nil {
		return err
	}
	for file, text := range map[string]string{"memory.swap.max": "0", "memory.oom.group": "1"} { // kernels without swap have no such file
		if err := write(g.dir, file, text); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Enter makes a command start in the group.
func (g *Group) Enter(cmd *exec.Cmd) {
	cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(g.lock.Fd())
}

// Outgrown tells whether the kernel killed a process of the group because memory had run out, the group's or
// the machine's, and what the group has held at most, in bytes; 0: this kernel does not say.
func (g *Group) Outgrown() (peak int64, killed bool) {
	events := words(g.dir, "memory.events")
	for i := 0; i+1 < len(events); i += 2 {
		killed = killed || events[i] == "oom_kill" && events[i+1] != "0"
	}
	peak, _ = strconv.ParseInt(strings.Join(words(g.dir, "memory.peak"), ""), 10, 64)
	return peak, killed
}

// Kill kills all processes of the group, also those that have left its leader's process group.
func (g *Group) Kill() error { return write(g.dir, "cgroup.kill", "1") }

// Remove kills what is left in the group and removes it.
func (g *Group) Remove() error {
	g.Kill() // a kernel before 5.14 cannot; what is left then is an error of the removal
	err := unix.Rmdir(g.dir)
	for end := time.Now().Add(patience); errors.Is(err, unix.EBUSY) && time.Now().Before(end); err = unix.Rmdir(g.dir) {
		time.Sleep(time.Millisecond)
	}
	if err != nil {
		err = &os.PathError{Op: "remove", Path: g.dir, Err: err}
	}
	return errors.Join(err, g.lock.Close())
}

// sweep removes the groups of processes that are no more.
func sweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, prefix+"*"))
	for _, dir := range left {
		if f, err := lock(dir); err == nil {
			(&Group{dir: dir, lock: f}).Remove() // what cannot be removed now is tried at the next start
		}
	}
}
