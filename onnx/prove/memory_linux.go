package prove

import (
	"bytes"
	"os"
	"strconv"
)

// resident is how many bytes of memory this process holds.
func resident() int64 { return status("VmRSS:") }

// peak is the most that this process has held since forgetPeak.
func peak() int64 { return status("VmHWM:") }

// forgetPeak makes peak begin at what is held now.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// status reads a line of /proc/self/status, in bytes.
func status(name string) int64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, after, _ := bytes.Cut(text, []byte("\n"+name))
	line, _, _ := bytes.Cut(after, []byte("\n"))
	columns := bytes.Fields(line)
	if len(columns) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(string(columns[0]), 10, 64)
	return n << 10
}
