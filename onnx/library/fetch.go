package library

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// maxLibrary bounds an unpacked library, bytes.
const maxLibrary = 256 << 20

// fetchWheel takes the library out of the wheel that pip downloads. The Python version chooses the
// wheel, not the machine's: the libraries of other wheels have other hashes.
func fetchWheel(ctx context.Context, b build, work string, progress io.Writer) (string, error) {
	python, err := lookAny("python3", "python")
	if err != nil {
		return "", err
	}
	if exec.CommandContext(ctx, python, "-m", "pip", "--version").Run() != nil {
		return "", fmt.Errorf("%s has no pip", python)
	}
	err = command(ctx, progress, python, "-m", "pip", "download", "onnxruntime=="+Pinned, "--dest", work,
		"--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311",
		"--platform", b.wheel, "--no-input", "--disable-pip-version-check")
	if err != nil {
		return "", err
	}
	wheel, err := only(work, "*.whl")
	if err != nil {
		return "", err
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return "", err
	}
	defer archive.Close()
	member, err := archive.Open("onnxruntime/capi/" + b.file)
	if err != nil {
		return "", err
	}
	defer member.Close()
	return unpack(member, filepath.Join(work, "from-wheel"))
}

// fetchPackage takes the library out of the package that npm packs. Packing runs no install script.
func fetchPackage(ctx context.Context, b build, work string, progress io.Writer) (string, error) {
	tool, err := lookAny("npm")
	if err != nil {
		return "", err
	}
	err = command(ctx, progress, tool, "pack", "onnxruntime-node@"+Pinned, "--pack-destination", work, "--ignore-scripts", "--loglevel", "error")
	if err != nil {
		return "", err
	}
	tarball, err := only(work, "*.tgz")
	if err != nil {
		return "", err
	}
	file, err := os.Open(tarball)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return untar(file, "package/bin/napi-v6/"+b.member, filepath.Join(work, "from-package"))
}

// untar unpacks one member of a gzipped archive to path.
func untar(r io.Reader, member, path string) (string, error) {
	plain, err := gzip.NewReader(r)
	if err != nil {
		return "", err
	}
	archive := tar.NewReader(plain)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("the package has no %s", member)
		}
		if err != nil {
			return "", err
		}
		if header.Name == member {
			return unpack(archive, path)
		}
	}
}

func unpack(r io.Reader, path string) (string, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(file, io.LimitReader(r, maxLibrary))
	if n == maxLibrary {
		err = fmt.Errorf("the library is larger than %d bytes", maxLibrary)
	}
	return path, errors.Join(err, file.Sync(), file.Close())
}

// command runs a tool whose words go to progress.
func command(ctx context.Context, progress io.Writer, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = progress, progress
	c.WaitDelay = 5 * time.Second // a grandchild may hold the pipe after the tool is killed
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}

func lookAny(names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", names[0])
}

func only(folder, pattern string) (string, error) {
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%d files %s were downloaded, 1 is expected", len(found), pattern)
	}
	return found[0], nil
}
