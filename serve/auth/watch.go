package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"
)

// Interval is how often files are looked at. A change counts when two looks agree on it, so that a file that
// is being written is not read in the middle.
const Interval = time.Second

// watch reads files, and reads them again when their bytes change: that finds a file written in place, one
// renamed over it and the swapped links of a mounted secret alike. What cannot be read or is wrong leaves
// what was, with an error in the log.
type watch struct {
	what    string
	paths   []string
	secrets []string // those of paths that others should not read
	load    func(files [][]byte) error
	log     *slog.Logger

	tried [sha256.Size]byte // what load was last given
	found [sha256.Size]byte // at the last look
	fault string            // of the last look that could not read; told once
}

// open reads the files for the first time.
func (w *watch) open() error {
	files, sum, err := w.read()
	if err != nil {
		return err
	}
	w.tried, w.found = sum, sum
	w.warn()
	return w.load(files)
}

// Run looks until ctx ends.
func (w *watch) Run(ctx context.Context) {
	tick := time.NewTicker(Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look()
		}
	}
}

func (w *watch) look() {
	files, sum, err := w.read()
	if err != nil {
		if w.fault != err.Error() {
			w.fault = err.Error()
			w.log.Error(w.what+" cannot be read; what was read before holds", "cause", err)
		}
		return
	}
	w.fault = ""
	settled := sum == w.found
	w.found = sum
	if sum == w.tried || !settled {
		return
	}
	w.tried = sum
	if err := w.load(files); err != nil {
		w.log.Error(w.what+" changed and was refused; what was read before holds", "cause", err)
		return
	}
	w.log.Info(w.what+" changed and was read", "files", w.paths)
	w.warn()
}

// read returns the bytes of all files and their hash.
func (w *watch) read() (files [][]byte, sum [sha256.Size]byte, err error) {
	h := sha256.New()
	for _, path := range w.paths {
		data, err := readFile(path)
		if err != nil {
			return nil, sum, err
		}
		fmt.Fprintf(h, "%d\n", len(data))
		h.Write(data)
		files = append(files, data)
	}
	return files, [sha256.Size]byte(h.Sum(nil)), nil
}

// readFile refuses what everybody may write. It reads one byte more than a file may have, which load refuses.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o002 != 0 {
		return nil, fmt.Errorf("%s may be written by everybody; chmod o-w it", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// warn tells of secrets that others may read. A mounted secret often is, so that it is no reason to refuse.
func (w *watch) warn() {
	for _, path := range w.secrets {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o004 != 0 {
			w.log.Warn(path + " may be read by everybody on this machine; chmod o-r it")
		}
	}
}
