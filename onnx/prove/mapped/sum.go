package mapped

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Bounds of files, bytes.
const (
	maxFile = 4 << 30  // of one library; the largest of cuDNN are about 1 GB
	maxAll  = 12 << 30 // of a process
)

// Library is a file and what is in it.
type Library struct {
	Path   string
	SHA256 string // 64 hexadecimal digits
}

// Sum reads the libraries of a report whose process began no earlier than since, and is over. One that is gone, or that
// was changed since, may be another than the process had: its error says so.
func (r Report) Sum(since time.Time) ([]Library, error) {
	if len(r.Gone) > 0 {
		return nil, fmt.Errorf("%s was removed or replaced", r.Gone[0])
	}
	var out []Library
	left := int64(maxAll)
	for _, path := range r.There {
		sum, v, err := sumFile(path, left)
		if err != nil {
			return nil, err
		}
		if v.changed >= since.Add(-clockTick).UnixNano() {
			return nil, fmt.Errorf("%s was changed", path)
		}
		left -= v.size
		out = append(out, Library{path, sum})
	}
	return out, nil
}

// clockTick is how far the time of a change may be behind the clock: a tick of the slowest kernel.
const clockTick = 10 * time.Millisecond

// Sum is the SHA-256 of a library's file, 64 hexadecimal digits. A file that was read before is not read again as long
// as its inode, size and times are what they were. What is no regular file in the format of this system's libraries is
// refused.
func Sum(path string) (string, error) {
	sum, _, err := sumFile(path, maxAll)
	return sum, err
}

// version tells a file from what may come in its place.
type version struct {
	device, inode uint64
	size          int64
	written       int64 // Unix time, ns
	changed       int64 // its bytes or what is said of them
}

// sums are those of files that were read.
var sums sync.Map // version → SHA-256

func sumFile(path string, most int64) (string, version, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would keep us waiting
	if err != nil {
		return "", version{}, err
	}
	defer f.Close()
	v, err := versionOf(f)
	if err != nil {
		return "", v, err
	}
	if v.size > min(most, maxFile) {
		return "", v, fmt.Errorf("%s has %d bytes, at most %d are read", path, v.size, min(most, maxFile))
	}
	if sum, ok := sums.Load(v); ok && v.inode != 0 {
		return sum.(string), v, nil
	}
	sum, err := sumOf(f, v.size)
	if err != nil {
		return "", v, fmt.Errorf("%s: %w", path, err)
	}
	if again, err := versionOf(f); err != nil || again != v {
		return "", v, fmt.Errorf("%s was changed while it was read", path)
	}
	sums.Store(v, sum)
	return sum, v, nil
}

// magics begin a library: ELF, and Mach-O of 64 bits, alone and for several processors.
var magics = []string{"\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"}

func sumOf(f io.Reader, size int64) (string, error) {
	h := sha256.New()
	var begin [4]byte
	if _, err := io.ReadFull(f, begin[:]); err != nil || !slices.Contains(magics, string(begin[:])) {
		return "", errors.New("is no library")
	}
	h.Write(begin[:])
	if _, err := io.Copy(h, io.LimitReader(f, size)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
