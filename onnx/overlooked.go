package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Overlooked says of what under root has a manifest, or cannot be looked into, and yet is no version that Discover
// lists, where it is and why. What begins with a dot is nobody's model.
func Overlooked(root string) []string {
	if hasManifest(root) {
		return []string{fmt.Sprintf("%s is a version itself; the folder of models is the one above that of its model, %s",
			root, filepath.Join(root, "..", ".."))}
	}
	names, _ := os.ReadDir(root)
	var out []string
	for _, name := range names {
		if !name.Type().IsRegular() && !strings.HasPrefix(name.Name(), ".") {
			out = append(out, overlookedIn(root, name.Name())...)
		}
	}
	return out
}

func overlookedIn(root, name string) []string {
	dir := filepath.Join(root, name)
	if hasManifest(dir) {
		if versionPattern.MatchString(name) {
			return []string{fmt.Sprintf("%s is a version; the folder of models is the one above that of its model, %s", dir, filepath.Join(root, ".."))}
		}
		return []string{fmt.Sprintf("%s has a manifest but is no version; move its files to %s", dir, filepath.Join(dir, "1"))}
	}
	versions, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrPermission) {
		return []string{fmt.Sprintf("%s cannot be read: %v", dir, err)}
	}
	var out []string
	for _, v := range versions {
		path := filepath.Join(dir, v.Name())
		switch {
		case v.Type().IsRegular() || strings.HasPrefix(v.Name(), ".") || !hasManifest(path):
		case !namePattern.MatchString(name):
			return []string{fmt.Sprintf("%s: the name of a model does not match %s", dir, namePattern)}
		case !versionPattern.MatchString(v.Name()):
			out = append(out, fmt.Sprintf("%s: a version is a folder named with a positive integer, such as %s", path, filepath.Join(dir, "1")))
		}
	}
	return out
}

func hasManifest(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, manifestFile))
	return err == nil
}
