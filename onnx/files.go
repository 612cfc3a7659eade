package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
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

// readFolder reads a model folder: its manifest and every file that the manifest lists, once, so that
// what was hashed is what is used.
func readFolder(dir string) (*Manifest, map[string][]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	data, err := readRegular(root, manifestFile, maxManifest)
	if err != nil {
		return nil, nil, err
	}
	m, err := ReadManifest(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s:\n%w", manifestFile, err)
	}
	files := map[string][]byte{}
	var faults []error
	for _, name := range sortedKeys(m.Files) {
		files[name], err = readListed(root, name, m.Files[name])
		faults = append(faults, err)
	}
	return m, files, errors.Join(faults...)
}

// readListed reads a file that must have the size and the SHA-256 of the manifest.
func readListed(root *os.Root, name string, want File) ([]byte, error) {
	data, err := readRegular(root, name, want.Bytes)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != want.Bytes {
		return nil, fmt.Errorf("%s has %d bytes, the manifest says %d", name, len(data), want.Bytes)
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != want.SHA256 {
		return nil, fmt.Errorf("%s has SHA-256 %s, the manifest says %s", name, got, want.SHA256)
	}
	return data, nil
}

// readRegular reads a regular file of at most limit bytes, following no symbolic link.
func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	file, err := root.Open(name)
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
	return io.ReadAll(io.LimitReader(file, limit+1))
}
