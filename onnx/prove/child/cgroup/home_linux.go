package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Leaf is the name of the group that this process moves into when its own must be free of processes.
const Leaf = "molserve-server"

// home is the directory that groups are made in. What an earlier process left there is gone.
var home = sync.OnceValues(func() (string, error) {
	dir, err := own()
	if err != nil {
		return "", err
	}
	if err := handOn(dir); err != nil {
		return "", err
	}
	sweep(dir)
	return dir, nil
})

// own is the directory of the group that this process is in.
func own() (string, error) {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	return locate(string(groups), string(mounts))
}

// locate finds the directory of the cgroup v2 group in the text of /proc/self/cgroup below a mount in that of
// /proc/self/mountinfo.
func locate(groups, mounts string) (string, error) {
	for line := range strings.Lines(groups) {
		group, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::/")
		if !ok {
			continue
		}
		for line := range strings.Lines(mounts) {
			if dir, ok := below(line, "/"+group); ok {
				return dir, nil
			}
		}
		return "", fmt.Errorf("no mount shows the control group /%s", group)
	}
	return "", errors.New("there is no cgroup v2")
}

// escapes are those of /proc/self/mountinfo.
var escapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// below is where a mount, a line of mountinfo, shows a group: "ID PARENT DEVICE ROOT POINT OPTIONS … - TYPE …".
func below(mount, group string) (dir string, ok bool) {
	f := strings.Fields(mount)
	dash := slices.Index(f, "-")
	if dash < 6 || dash+1 >= len(f) || f[dash+1] != "cgroup2" {
		return "", false
	}
	rel, err := filepath.Rel(escapes.Replace(f[3]), group)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.Join(escapes.Replace(f[4]), rel), true
}

// handOn makes a group that this process is in hand its memory controller on to those below.
func handOn(dir string) error {
	if has(dir, "cgroup.subtree_control", "memory") {
		return nil
	}
	if !has(dir, "cgroup.controllers", "memory") {
		return fmt.Errorf("%s has no memory controller", dir)
	}
	err := write(dir, "cgroup.subtree_control", "+memory")
	if errors.Is(err, unix.EBUSY) {
		if err = stepDown(dir); err == nil {
			err = write(dir, "cgroup.subtree_control", "+memory")
		}
	}
	return err
}

// stepDown moves this process, when it is alone in a group, one level down.
func stepDown(dir string) error {
	if !slices.Equal(words(dir, "cgroup.procs"), []string{strconv.Itoa(os.Getpid())}) {
		return fmt.Errorf("other processes are in %s", dir)
	}
	leaf := filepath.Join(dir, Leaf)
	if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return write(leaf, "cgroup.procs", "0") // this process
}

// words are those of a file of a group; none where it cannot be read.
func words(dir, file string) []string {
	text, _ := os.ReadFile(filepath.Join(dir, file))
	return strings.Fields(string(text))
}

func has(dir, file, word string) bool { return slices.Contains(words(dir, file), word) }

// write writes a file of a group, which is there or is an error.
func write(dir, file, text string) error {
	f, err := os.OpenFile(filepath.Join(dir, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
