package cgroup

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	pure   = "25 1 0:22 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
	hybrid = "24 1 0:21 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
		"31 24 0:27 / /sys/fs/cgroup/unified rw shared:9 master:1 - cgroup2 cgroup2 rw\n"
	bound  = "40 1 0:22 /docker/7 /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
	spaced = `41 1 0:22 / /mnt/a\040b\134c rw - cgroup2 cgroup rw` + "\n"
)

func TestOwnGroupIsFoundAmongTheMounts(t *testing.T) {
	for _, c := range []struct{ groups, mounts, want string }{
		{"0::/\n", pure, "/sys/fs/cgroup"},
		{"0::/system.slice/molserve.service\n", pure, "/sys/fs/cgroup/system.slice/molserve.service"},
		{"4:memory:/else\n0::/here\n", hybrid, "/sys/fs/cgroup/unified/here"},
		{"0::/docker/7/sub\n", bound, "/sys/fs/cgroup/sub"},
		{"0::/docker/7\n", bound, "/sys/fs/cgroup"},
		{"0::/x y\n", spaced, `/mnt/a b\c/x y`},
		{"0::/docker/77\n", bound, ""},
		{"0::/../elsewhere\n", bound, ""},
		{"0::/here\n", "30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", ""},
		{"4:memory:/else\n", pure, ""},
		{"", pure, ""},
		{"0::/\n", "", ""},
		{"0::/\n", "- cgroup2\n1 2 - cgroup2\n25 1 0:22 / /sys rw -\n", ""},
	} {
		got, err := locate(c.groups, c.mounts)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q in %q: %q, %v; want %q", c.groups, c.mounts, got, err, c.want)
		}
	}
}

func FuzzLocateFindsOnlyPlacesBelowTheMount(f *testing.F) {
	f.Add("0::/a\n", pure)
	f.Add("0::/docker/7/../..\n", bound)
	f.Fuzz(func(t *testing.T, groups, mounts string) {
		dir, err := locate(groups, mounts)
		if (err == nil) != (dir != "") || strings.Contains(dir, "/../") {
			t.Errorf("%q, %v", dir, err)
		}
	})
}

// tree is a directory with files that stand for those of a group.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheControllerIsHandedOn(t *testing.T) {
	dir := tree(t, map[string]string{"cgroup.controllers": "cpu memory\n", "cgroup.subtree_control": ""})
	if err := handOn(dir); err != nil || !has(dir, "cgroup.subtree_control", "+memory") {
		t.Error(err, words(dir, "cgroup.subtree_control"))
	}
	dir = tree(t, map[string]string{"cgroup.subtree_control": "cpu memory\n"})
	if err := handOn(dir); err != nil || has(dir, "cgroup.subtree_control", "+memory") {
		t.Error(err, words(dir, "cgroup.subtree_control"))
	}
}

func TestWhatCannotBeHandedOnIsSaid(t *testing.T) {
	for says, files := range map[string]map[string]string{
		"no memory controller": {"cgroup.controllers": "hugetlb\n", "cgroup.subtree_control": ""},
		"no such file":         {"cgroup.controllers": "memory\n"},
	} {
		if err := handOn(tree(t, files)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestAProcessStepsDownOnlyWhenItIsAlone(t *testing.T) {
	me := strconv.Itoa(os.Getpid())
	for procs, says := range map[string]string{me + "\n1\n": "other processes", "": "other processes", me + "\n": "no such file"} { // a leaf of plain files has no cgroup.procs
		dir := tree(t, map[string]string{"cgroup.procs": procs})
		if err := stepDown(dir); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", procs, err, says)
		}
		if _, err := os.Stat(filepath.Join(dir, Leaf)); (err == nil) != (says == "no such file") {
			t.Errorf("%q: %v", procs, err)
		}
	}
}
