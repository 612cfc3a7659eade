package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// source is the input of predict: a file or standard input, unpacked when its first bytes say that it is
// gzip or Zstandard, whatever its name.
type source struct {
	raw   *bufio.Reader // as it is stored
	plain io.Reader     // unpacked; nil: nothing was read yet
	err   error         // it cannot be unpacked
	file  *os.File      // nil: standard input that is no file
	size  int64         // bytes of a regular file, packed as they are; 0: not known
	read  atomic.Int64
	close []func() error
}

// openSource opens the file that the only argument names; none and - are standard input. Nothing is read yet:
// whoever sends it may be slow.
func openSource(ctx context.Context, args []string, stdin io.Reader) (*source, error) {
	s := &source{}
	raw := stdin
	if len(args) > 0 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, err
		}
		raw, s.close = f, append(s.close, f.Close)
	}
	if f, ok := raw.(*os.File); ok {
		s.file = f
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			s.size = info.Size()
		}
	}
	if s.file != nil && s.size == 0 {
		raw = interruptible(ctx, raw)
	}
	s.raw = bufio.NewReaderSize(&counted{raw, &s.read}, 64<<10)
	return s, nil
}

// interruptible ends a read when ctx does. What still waits for a pipe or a terminal then ends with the process.
func interruptible(ctx context.Context, raw io.Reader) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, raw)
		w.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	return r
}

// Read reads what is unpacked.
func (s *source) Read(b []byte) (int, error) {
	if s.plain == nil && s.err == nil {
		s.err = s.unpack()
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.plain.Read(b)
}

// The first bytes of packed files.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// unpack looks at the first bytes. A packed file may have many members, or frames, one behind the other.
func (s *source) unpack() error {
	head, _ := s.raw.Peek(len(zstdMagic)) // an error comes again when the input is read
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		z, err := gzip.NewReader(s.raw)
		if err != nil {
			return fmt.Errorf("the packed input is cut off or damaged: %w", err)
		}
		s.plain, s.close = packed{z}, append(s.close, z.Close)
	case bytes.HasPrefix(head, zstdMagic):
		z, err := zstd.NewReader(s.raw, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return fmt.Errorf("the packed input is cut off or damaged: %w", err)
		}
		s.plain, s.close = packed{z}, append(s.close, func() error { z.Close(); return nil })
	default:
		s.plain = s.raw
	}
	return nil
}

// Close lets go of the file; standard input is not ours to close.
func (s *source) Close() error {
	var first error
	for i := len(s.close) - 1; i >= 0; i-- {
		if err := s.close[i](); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// packed says of an error that it is of the packing.
type packed struct{ io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("the packed input is cut off or damaged: %w", err)
	}
	return n, err
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// The suffixes of packed files.
const (
	gzipSuffix = ".gz"
	zstdSuffix = ".zst"
)

// withoutPacking cuts the suffix of a packed file off, and says which it was.
func withoutPacking(path string) (plain, suffix string) {
	switch end := strings.ToLower(filepath.Ext(path)); end {
	case gzipSuffix, zstdSuffix:
		return path[:len(path)-len(end)], end
	}
	return path, ""
}
