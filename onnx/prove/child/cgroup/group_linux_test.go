package cgroup

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// parent is the group that this process is in, or a skip where nothing can be made in it.
func parent(t *testing.T) string {
	t.Helper()
	dir, err := own()
	if err != nil {
		t.Skip(err)
	}
	probe, err := create(dir)
	if err != nil {
		t.Skip(err)
	}
	if err := probe.Remove(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sleeper is a process in a group, the leader of another session than this process's.
func sleeper(t *testing.T, g *Group) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	g.Enter(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func TestAProcessStartsInItsGroupAndEndsWithIt(t *testing.T) {
	g, err := create(parent(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd := sleeper(t, g)
	text, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/cgroup")
	if err != nil || !strings.Contains(string(text), "/"+filepath.Base(g.dir)+"\n") {
		t.Errorf("%s, %v", text, err)
	}
	if _, killed := g.Outgrown(); killed {
		t.Error("it has outgrown its memory")
	}
	if err := g.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(g.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v", g.dir, err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("%v, not killed", err)
	}
}

func TestGroupsOfProcessesThatAreNoMoreAreSwept(t *testing.T) {
	dir := parent(t)
	held, err := create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Remove()
	left, err := create(dir)
	if err != nil {
		t.Fatal(err)
	}
	sleeper(t, left)
	left.lock.Close() // as the end of its process does
	sweep(dir)
	if _, err := os.Stat(left.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v", left.dir, err)
	}
	if _, err := os.Stat(held.dir); err != nil {
		t.Error(err)
	}
}

func TestAGroupWithoutTheControllerIsRefusedAndGone(t *testing.T) {
	dir := parent(t)
	g, err := create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Remove()
	if has(dir, "cgroup.subtree_control", "memory") {
		t.Skip("it has the controller")
	}
	if err := g.bound(1 << 30); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v, want that there is no memory.max", err)
	}
}

func TestEventsTellWhoRanOutOfMemory(t *testing.T) {
	for events, want := range map[string]bool{
		"low 0\nhigh 0\nmax 31\noom 1\noom_kill 2\noom_group_kill 1\n": true,
		"low 0\nhigh 0\nmax 31\noom 0\noom_kill 0\n":                   false,
		"oom 7\n":  false,
		"oom_kill": false,
		"":         false,
	} {
		g := &Group{dir: tree(t, map[string]string{"memory.events": events, "memory.peak": "1048576\n"})}
		if peak, killed := g.Outgrown(); killed != want || peak != 1<<20 {
			t.Errorf("%q: %d, %t", events, peak, killed)
		}
	}
}

func TestLimitsAreWritten(t *testing.T) {
	g := &Group{dir: tree(t, map[string]string{"memory.max": "", "memory.swap.max": "", "memory.oom.group": ""})}
	if err := g.bound(1 << 30); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"memory.max": "1073741824", "memory.swap.max": "0", "memory.oom.group": "1"} {
		if !has(g.dir, file, want) {
			t.Errorf("%s: %v", file, words(g.dir, file))
		}
	}
	g = &Group{dir: tree(t, map[string]string{"memory.max": ""})} // no swap in this kernel
	if err := g.bound(1 << 30); err != nil {
		t.Error(err)
	}
}

func TestWhatMakeMakesHoldsMemoryBack(t *testing.T) {
	g, err := Make(64 << 20)
	if err != nil {
		t.Skip(err)
	}
	defer g.Remove()
	eater := exec.Command("/bin/sh", "-c", `x=0123456789abcdef; while :; do x="$x$x"; done`)
	eater.SysProcAttr = &syscall.SysProcAttr{}
	g.Enter(eater)
	err = eater.Run()
	peak, killed := g.Outgrown()
	if !killed || peak > 64<<20 {
		t.Errorf("%v; killed %t at %d bytes", err, killed, peak)
	}
}
