package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// The files of a model folder that this program reads.
const (
	manifestFile = "manifest.json"
	modelFile    = "model.onnx"
	weightsFile  = "weights.safetensors"
	goldenFile   = "golden.json"
)

// maxManifest bounds manifest.json, bytes.
const maxManifest = 1 << 20

// readListed reads a file that must have the size and the SHA-256 of the manifest.
func readListed(root *os.Root, name string, want File) ([]byte, error) {
	data, err := readRegular(root, name, want.Bytes)
	if err != nil {
		return nil, err
	}
	return data, want.match(name, data)
}

// match holds the bytes of a file against its size and SHA-256 in the manifest.
func (f File) match(name string, data []byte) error {
	if int64(len(data)) != f.Bytes {
		return fmt.Errorf("%s has %d bytes, the manifest says %d", name, len(data), f.Bytes)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != f.SHA256 {
		return fmt.Errorf("%s has SHA-256 %s, the manifest says %s", name, got, f.SHA256)
	}
	return nil
}

// missingError is a file that is not in its folder; it is fs.ErrNotExist.
type missingError struct{ name string }

func (e *missingError) Error() string { return e.name + " is missing" }

func (*missingError) Unwrap() error { return fs.ErrNotExist }

// readRegular reads a regular file of at most limit bytes, following no symbolic link.
func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	before, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &missingError{name}
	}
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	// A pipe that took the file's place since must not hold the reader up.
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, opened) {
		return nil, fmt.Errorf("%s changed while it was opened", name)
	}
	if opened.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are expected", name, opened.Size(), limit)
	}
	data := make([]byte, opened.Size()+1) // one more, to see a file that grows; read in place, never copied
	n, err := io.ReadFull(file, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:n], nil
}
