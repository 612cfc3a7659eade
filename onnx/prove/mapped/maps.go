package mapped

import (
	"bufio"
	"io"
	"slices"
	"strings"
)

// deleted is what the kernel writes behind the name of a file that is not there any more, or is another.
const deleted = " (deleted)"

// parse reads /proc/PID/maps and returns the files whose code is mapped, sorted: those that have their place yet, and
// those that were removed or replaced since. The program itself is left out, and code that never had a file of its own.
func parse(maps io.Reader, program string) (there, gone []string, err error) {
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		path, executable := mapping(lines.Text())
		if !executable || path == program || !filed(path) {
			continue
		}
		if name, was := strings.CutSuffix(path, deleted); was {
			gone = append(gone, name)
		} else {
			there = append(there, path)
		}
	}
	return unique(there), unique(gone), lines.Err()
}

// mapping reads a line: addresses, permissions, offset, device, inode, and the path, in which there may be spaces.
func mapping(line string) (path string, executable bool) {
	rest := line
	var columns [5]string
	for i := range columns {
		columns[i], rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
	}
	p := columns[1]
	return strings.TrimLeft(rest, " "), len(p) == 4 && p[2] == 'x'
}

// filed tells paths of files from the kernel's names for memory that has none, and from devices.
func filed(path string) bool {
	if !strings.HasPrefix(path, "/") {
		return false
	}
	return !slices.ContainsFunc([]string{"/memfd:", "/dev/", "/SYSV", "/anon_hugepage", "/i915"}, func(prefix string) bool {
		return strings.HasPrefix(path, prefix)
	})
}

func unique(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}
