package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Install fetches the pinned library into the user's cache, through pip, or npm when pip fails, and
// returns its path. The tools' own progress goes to progress. Two installs at once do no harm: a file is
// checked first and renamed into place last.
func Install(ctx context.Context, progress io.Writer) (string, error) {
	b, ok := builds[platform()]
	if !ok {
		return "", fmt.Errorf("install ONNX Runtime: no library is pinned for %s; get libonnxruntime %s or newer yourself and name it with --onnxruntime",
			platform(), Pinned)
	}
	path, err := CachePath()
	if err != nil {
		return "", fmt.Errorf("install ONNX Runtime: %w", err)
	}
	if known(b, path) {
		return path, nil
	}
	if err := install(ctx, b, path, progress); err != nil {
		return "", fmt.Errorf("install ONNX Runtime %s: %w", Pinned, err)
	}
	return path, nil
}

// known tells whether path is one of the build's files, whole.
func known(b build, path string) bool {
	hash, err := hashFile(path)
	return err == nil && (hash == b.sha256[pypi] || hash == b.sha256[npm])
}

func install(ctx context.Context, b build, path string, progress io.Writer) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(folder, ".install-") // beside the target: renaming does not cross file systems
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	var faults []error
	for _, from := range []source{{pypi, fetchWheel}, {npm, fetchPackage}} {
		err := from.install(ctx, b, work, path, progress)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		fmt.Fprintf(progress, "%s: %v\n", from.registry, err)
		faults = append(faults, fmt.Errorf("%s: %w", from.registry, err))
	}
	return errors.Join(append(faults, errors.New(manual))...)
}

// manual is what a person can do when neither tool works.
const manual = `install one of them and run 'molserve runtime install' again:
  Debian, Ubuntu   sudo apt-get install python3-pip
  Fedora           sudo dnf install python3-pip
  any Python       python3 -m ensurepip --upgrade
or fetch the library on another machine,
  python3 -m pip download onnxruntime==` + Pinned + ` --no-deps --only-binary=:all:
unzip onnxruntime/capi/libonnxruntime* from the wheel and name the file with --onnxruntime`

// source is a registry and how a library is fetched from it: into folder work, which gives its path.
type source struct {
	registry string
	fetch    func(ctx context.Context, b build, work string, progress io.Writer) (string, error)
}

func (s source) install(ctx context.Context, b build, work, path string, progress io.Writer) error {
	file, err := s.fetch(ctx, b, work, progress)
	if err != nil {
		return err
	}
	hash, err := hashFile(file)
	if err != nil {
		return err
	}
	if hash != b.sha256[s.registry] {
		return fmt.Errorf("%s has SHA-256 %s, %s is expected; it is not used", filepath.Base(file), hash, b.sha256[s.registry])
	}
	return os.Rename(file, path)
}
