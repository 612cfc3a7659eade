package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sink is the output of predict: standard output, or a file, packed when its suffix says so.
type sink struct {
	io.Writer
	file *os.File // nil: standard output
	pack packer   // nil: not packed
}

// packer is a gzip.Writer or a zstd.Encoder.
type packer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// openSink opens the output. From byte keep on what a file holds is cut off.
func openSink(path string, stdout io.Writer, keep int64) (*sink, error) {
	if path == "" || path == "-" {
		return &sink{Writer: stdout}, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	s := &sink{Writer: f, file: f}
	if s.regular() {
		if err = f.Truncate(keep); err == nil {
			_, err = f.Seek(keep, io.SeekStart)
		}
	}
	if err == nil {
		err = s.packBy(path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// packBy packs by the suffix. The same bytes give the same file: nothing depends on cores or the clock.
func (s *sink) packBy(path string) (err error) {
	switch _, suffix := withoutPacking(path); suffix {
	case gzipSuffix:
		s.pack = gzip.NewWriter(s.file)
	case zstdSuffix:
		s.pack, err = zstd.NewWriter(s.file, zstd.WithEncoderConcurrency(1))
	}
	if s.pack != nil {
		s.Writer = s.pack
	}
	return err
}

// regular tells a file that can be cut and gone on with.
func (s *sink) regular() bool {
	if s.file == nil {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// cut ends a member of a packed file, so that the file can be gone on with behind it.
func (s *sink) cut() error {
	if s.pack == nil {
		return nil
	}
	if err := s.pack.Close(); err != nil {
		return err
	}
	s.pack.Reset(s.file)
	return nil
}

// Close ends the file; standard output is not ours to close.
func (s *sink) Close() (err error) {
	if s.pack != nil {
		err = s.pack.Close()
	}
	if s.file == nil {
		return err
	}
	if e := s.file.Close(); err == nil {
		err = e
	}
	return err
}

// tailBytes is how much of the output before a mark is hashed.
const tailBytes = 64 << 10

// shorter is the error of a file that does not reach to end.
func shorter(f *os.File, end int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return fmt.Errorf("it has %d bytes, not the %d that were written", info.Size(), end)
}

// tailOf is the SHA-256 of the last bytes of f before offset end.
func tailOf(f *os.File, end int64) (string, error) {
	from := max(end-tailBytes, 0)
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(f, from, end-from))
	if err == nil && n != end-from {
		err = shorter(f, end)
	}
	return hex.EncodeToString(h.Sum(nil)), err
}
