package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// Store keeps certificates by their keys. It is safe for concurrent use; programs may share a folder.
type Store struct {
	dir string // empty: memory only

	mu     sync.Mutex
	memory map[string][]byte // documents, where there is no folder
}

// maxKept is how many certificates a store keeps; the oldest go.
const maxKept = 512

// Open opens a store in a folder, which is made where it is missing, for its owner alone. An empty
// name is a store in memory.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, memory: map[string][]byte{}}
	if dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep certificates: %w", err)
	}
	return s, nil
}

// DefaultDir is the folder of certificates in the user's cache.
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("keep certificates: no cache folder: %w", err)
	}
	return filepath.Join(cache, "molserve", "certificates"), nil
}

// document is a kept certificate.
type document struct {
	Format      int             `json:"format"`
	Key         Key             `json:"key"`
	Certificate json.RawMessage `json:"certificate"`
	Libraries   []string        `json:"libraries"` // paths of the certificate's, in their order
}

const (
	format      = 2
	maxDocument = prove.MaxCertificate + 2*mapped.MaxPaths + 64<<10 // bytes
)

// ErrNone tells that nothing is kept for a key.
var ErrNone = errors.New("no certificate is kept")

// Get returns the certificate of a model that holds, proved whole at a level, with libraries whose files are
// what they were. Its error is ErrNone, or what is wrong with the one that is kept.
func (s *Store) Get(k Key, m *onnx.Manifest, level prove.Level) (*prove.Certificate, error) {
	data, err := s.read(k.String())
	if err != nil {
		return nil, err
	}
	var d document
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, fmt.Errorf("kept certificate: %w", err)
	}
	if d.Format != format || d.Key.String() != k.String() {
		return nil, errors.New("kept certificate: is for something else")
	}
	c, err := prove.ReadCertificate(d.Certificate, m, prove.Plan{Level: level})
	if err != nil {
		return nil, fmt.Errorf("kept %w", err)
	}
	if !c.OK || c.Where != prove.Child && c.Where != prove.Here {
		return nil, errors.New("kept certificate: does not hold")
	}
	if err := checkLibraries(c, d.Libraries); err != nil {
		return nil, fmt.Errorf("kept certificate: %w", err)
	}
	c.Source, c.Key = prove.Kept, k.String()
	return c, nil
}

// Put keeps a certificate that holds and leaves nothing of its level out. One that is Passing is refused.
func (s *Store) Put(k Key, c *prove.Certificate) error {
	if c.Passing != nil {
		return c.Passing
	}
	plain := *c
	plain.Repeated = nil // of the process that serves
	certificate, err := json.Marshal(&plain)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(document{format, k, certificate, pathsOf(c)}, "", " ")
	if err != nil {
		return err
	}
	if s.dir == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.memory) >= maxKept {
			clear(s.memory)
		}
		s.memory[k.String()] = data
		return nil
	}
	if err := s.write(k.String(), data); err != nil {
		return fmt.Errorf("keep certificate: %w", err)
	}
	return s.prune()
}

// read returns the document of a key: a regular file that nobody else can write.
func (s *Store) read(key string) ([]byte, error) {
	if s.dir == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if data, ok := s.memory[key]; ok {
			return data, nil
		}
		return nil, ErrNone
	}
	f, err := os.OpenFile(filepath.Join(s.dir, key+suffix), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("kept certificate: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("kept certificate: %w", err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Geteuid() || !info.Mode().IsRegular() || info.Mode()&0o022 != 0 {
		return nil, errors.New("kept certificate: is no file that its owner, who runs this, alone can write")
	}
	if info.Size() > maxDocument {
		return nil, fmt.Errorf("kept certificate: has %d bytes", info.Size())
	}
	return io.ReadAll(io.LimitReader(f, maxDocument))
}

// Names of documents end, and those of documents that are being written begin.
const (
	suffix = ".json"
	prefix = "new-"
)

// write puts a document in its place in one step, whole and on the disk.
func (s *Store) write(key string, data []byte) error {
	f, err := os.CreateTemp(s.dir, prefix+"*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.dir, key+suffix))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// unfinished is how old a file that was never renamed is when its writer must have died.
const unfinished = time.Hour

// prune removes the oldest documents beyond maxKept, and what writers that were killed have left.
func (s *Store) prune() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	var kept []os.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil: // another program may have removed it
		case strings.HasSuffix(e.Name(), suffix):
			kept = append(kept, info)
		case strings.HasPrefix(e.Name(), prefix) && time.Since(info.ModTime()) > unfinished:
			os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
	slices.SortFunc(kept, func(a, b os.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for _, old := range kept[min(len(kept), maxKept):] {
		os.Remove(filepath.Join(s.dir, old.Name())) // another program may have
	}
	return nil
}
