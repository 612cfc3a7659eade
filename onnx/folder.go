package onnx

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Folder is a place of a model: <root>/<name>/<version>, with a manifest in it.
type Folder struct {
	Name    string
	Version int // positive
	Dir     string
}

// String returns name@version.
func (f Folder) String() string { return fmt.Sprintf("%s@%d", f.Name, f.Version) }

// Read reads the folder's files. The manifest must have the name and version that the folder has, and neither
// the folder nor that of the model may be a symbolic link; a folder without a name may hold any, and be one.
func (f Folder) Read() (*Bundle, error) {
	if f.Name != "" {
		if err := noLinks(f.Dir, filepath.Dir(f.Dir)); err != nil {
			return nil, fmt.Errorf("open %s: %w", f.Dir, err)
		}
	}
	b, err := ReadBundle(f.Dir)
	if err != nil || f.Name == "" {
		return b, err
	}
	if says := b.String(); says != f.String() {
		return nil, fmt.Errorf("open %s: the folder is of %s, its manifest is of %s", f.Dir, f, says)
	}
	return b, nil
}

func noLinks(folders ...string) error {
	for _, dir := range folders {
		info, err := os.Lstat(dir)
		if err != nil {
			return err
		}
		if info.Mode()&os.ModeSymlink != 0 {
			return fmt.Errorf("the folder %s is a symbolic link", filepath.Base(dir))
		}
	}
	return nil
}

// Open reads the folder and opens the model.
func (f Folder) Open() (*Model, error) {
	b, err := f.Read()
	if err != nil {
		return nil, err
	}
	return b.Open()
}

// Discover lists the model folders under root by name, then version. A folder without a manifest is not
// complete yet, and one whose name is no positive integer is not a version: neither is listed. One that cannot
// be looked into is, so that opening it says why. Overlooked names what is not listed by mistake.
func Discover(root string) ([]Folder, error) {
	names, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("find models: %w", err)
	}
	var out []Folder
	for _, name := range names {
		if !namePattern.MatchString(name.Name()) {
			continue
		}
		versions, err := os.ReadDir(filepath.Join(root, name.Name()))
		if err != nil {
			continue // a file, or a folder that went away
		}
		for _, v := range versions {
			if v.Type().IsRegular() {
				continue
			}
			if f, ok := folderAt(root, name.Name(), v.Name()); ok {
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(a, b Folder) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return out, nil
}

func folderAt(root, name, version string) (Folder, bool) {
	if !versionPattern.MatchString(version) {
		return Folder{}, false
	}
	f := Folder{Name: name, Dir: filepath.Join(root, name, version)}
	f.Version, _ = strconv.Atoi(version)
	_, err := os.Lstat(filepath.Join(f.Dir, manifestFile))
	return f, !errors.Is(err, fs.ErrNotExist)
}

// ParseRef reads NAME or NAME@VERSION. Version 0 stands for the highest that there is.
func ParseRef(ref string) (name string, version int, err error) {
	name, v, pinned := strings.Cut(ref, "@")
	if !namePattern.MatchString(name) {
		return "", 0, fmt.Errorf("model %q: name does not match %s", ref, namePattern)
	}
	if !pinned {
		return name, 0, nil
	}
	if !versionPattern.MatchString(v) {
		return "", 0, fmt.Errorf("model %q: version %q is not a positive integer", ref, v)
	}
	version, err = strconv.Atoi(v)
	return name, version, err
}
