package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
)

// Bundle is a model folder in memory: the manifest and every file that it lists, read once and hashed,
// so that what was hashed is what is used. It never changes.
type Bundle struct {
	dir      string // where it was read; empty: it was made of bytes
	text     []byte // manifest.json as it was read
	manifest *Manifest
	files    map[string][]byte // by name, exactly those of the manifest
}

// ReadBundle reads a model folder. Every listed file must be a regular file of the folder itself, with
// the manifest's size and SHA-256; no symbolic link is followed, no path leaves the folder. A file that
// the manifest does not list is not read. All files that are wrong are reported at once.
func ReadBundle(dir string) (*Bundle, error) {
	b, err := readBundle(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return b, nil
}

func readBundle(dir string) (*Bundle, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	text, err := readRegular(root, manifestFile, maxManifest)
	if err != nil {
		return nil, err
	}
	m, err := readManifestOf(text)
	if err != nil {
		return nil, err
	}
	b := &Bundle{dir: dir, text: text, manifest: m, files: map[string][]byte{}}
	var faults []error
	for _, name := range sortedKeys(m.Files) {
		b.files[name], err = readListed(root, name, m.Files[name])
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return b, nil
}

// NewBundle makes a bundle of manifest.json's text and the files that it lists, by name, which are held
// against their sizes and hashes. A file that is not listed is refused. The bytes become the bundle's.
func NewBundle(manifest []byte, files map[string][]byte) (*Bundle, error) {
	if len(manifest) > maxManifest {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are expected", manifestFile, len(manifest), maxManifest)
	}
	m, err := readManifestOf(manifest)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, name := range sortedKeys(m.Files) {
		data, ok := files[name]
		if !ok {
			faults = append(faults, fmt.Errorf("%s is missing", name))
			continue
		}
		faults = append(faults, m.Files[name].match(name, data))
	}
	for _, name := range sortedKeys(files) {
		if _, ok := m.Files[name]; !ok {
			faults = append(faults, fmt.Errorf("%s is not listed in %s", name, manifestFile))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return &Bundle{text: manifest, manifest: m, files: maps.Clone(files)}, nil
}

func readManifestOf(text []byte) (*Manifest, error) {
	m, err := ReadManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", manifestFile, err)
	}
	return m, nil
}

// String returns name@version, as the manifest says.
func (b *Bundle) String() string { return b.manifest.Name + "@" + b.manifest.Version }

// Manifest returns what the model says of itself. It must not be changed.
func (b *Bundle) Manifest() *Manifest { return b.manifest }

// ManifestText returns manifest.json as it was read. It must not be changed.
func (b *Bundle) ManifestText() []byte { return b.text }

// File returns the bytes of a file that the manifest lists, or nil. They must not be changed.
func (b *Bundle) File(name string) []byte { return b.files[name] }

// Names lists the files of the manifest, sorted.
func (b *Bundle) Names() []string { return sortedKeys(b.files) }

// Size is how many bytes the bundle holds.
func (b *Bundle) Size() int64 {
	n := int64(len(b.text))
	for _, data := range b.files {
		n += int64(len(data))
	}
	return n
}

// SHA256 is the hash of the manifest's text, in hexadecimal. It covers the files too, whose hashes the
// manifest holds.
func (b *Bundle) SHA256() string {
	sum := sha256.Sum256(b.text)
	return hex.EncodeToString(sum[:])
}

// Open opens the model as the zero Preparation does. Start must have been called.
func (b *Bundle) Open() (*Model, error) { return Preparation{}.OpenBundle(b) }

// OpenBundle scans the network, holds its signature against the manifest, rewrites it and makes the session from
// those bytes. Start must have been called.
func (p Preparation) OpenBundle(b *Bundle) (*Model, error) {
	network, err := p.network(b.manifest, b.files[modelFile])
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", b.place(), err)
	}
	session, err := newSession(network.bytes, p.options())
	if err != nil {
		return nil, fmt.Errorf("open %s: %s: %w", b.place(), modelFile, err)
	}
	m, err := newModel(b.manifest, session)
	if err != nil {
		session.Close()
		return nil, fmt.Errorf("open %s: %w", b.place(), mismatch(err))
	}
	network.bytes = nil // the session has its own
	m.preparation, m.made = p, network
	m.files.Store(&b.files)
	return m, nil
}

// place names the bundle in an error.
func (b *Bundle) place() string {
	if b.dir == "" {
		return b.String()
	}
	return b.dir
}
