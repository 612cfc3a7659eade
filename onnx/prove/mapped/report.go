package mapped

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Report is what a process says of itself.
type Report struct {
	There []string `json:"there,omitempty"` // absolute paths of the libraries' files
	Gone  []string `json:"gone,omitempty"`  // of those that are not there any more, or are others
}

// Bounds of a report.
const (
	MaxFiles = 512       // libraries; those of CUDA and cuDNN are about 40
	MaxPaths = 128 << 10 // bytes of all paths together
	maxPath  = 4 << 10   // bytes of one
)

// Self is the report of this process.
func Self() (Report, error) {
	there, gone, err := Here()
	return Report{there, gone}, err
}

// Check refuses a report that no process can write: paths that are too many, too long, not absolute, not plain, or stand
// twice. Whether there is anything in those places it does not ask.
func (r Report) Check() error {
	paths := slices.Concat(r.There, r.Gone)
	if len(paths) > MaxFiles {
		return fmt.Errorf("%d libraries, at most %d are taken", len(paths), MaxFiles)
	}
	bytes := 0
	for _, p := range paths {
		if !filepath.IsAbs(p) || filepath.Clean(p) != p || len(p) > maxPath || !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("%.80q is no path of a library", p)
		}
		bytes += len(p)
	}
	if bytes > MaxPaths {
		return fmt.Errorf("paths of %d bytes, at most %d are taken", bytes, MaxPaths)
	}
	if slices.Sort(paths); len(slices.Compact(paths)) < len(r.There)+len(r.Gone) {
		return errors.New("a library stands twice")
	}
	return nil
}

// Has tells whether a file is among those that are there, by whatever name.
func (r Report) Has(path string) bool {
	want, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(r.There, func(p string) bool {
		is, err := os.Stat(p)
		return err == nil && os.SameFile(is, want)
	})
}
