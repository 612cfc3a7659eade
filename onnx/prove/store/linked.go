package store

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"molserve/onnx/prove/mapped"
)

// linked returns a shared library and those that it links to, and they in turn, as far as they lie beside one of
// them or where $ORIGIN of their RUNPATH or RPATH points. Where a name is found more than once all are returned:
// which of them the loader takes hangs on its environment. What comes from the system is not followed, nor what a
// library opens by name while it runs. A file that is not ELF links to nothing that is known here.
func linked(path string) []string {
	found := []string{path}
	places := []string{}
	for i := 0; i < len(found); i++ {
		needed, origins := dependencies(found[i])
		for _, dir := range append([]string{filepath.Dir(found[i])}, origins...) {
			if !slices.Contains(places, dir) {
				places = append(places, dir)
			}
		}
		for _, name := range needed {
			for _, dir := range places {
				if at := filepath.Join(dir, name); isFile(at) && !slices.Contains(found, at) {
					found = append(found, at)
				}
			}
		}
	}
	slices.Sort(found[1:])
	return found
}

// dependencies are the names of the libraries that an ELF file needs, and the folders that its RUNPATH and RPATH
// name by $ORIGIN, its own folder.
func dependencies(path string) (needed, origins []string) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	names, _ := f.ImportedLibraries() // none: it is linked to nothing
	for _, name := range names {
		if filepath.Base(name) == name { // a path is of the system, or of who built it
			needed = append(needed, name)
		}
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		lists, _ := f.DynString(tag)
		for _, list := range lists {
			for dir := range strings.SplitSeq(list, ":") {
				if here, ok := ofOrigin(dir, filepath.Dir(path)); ok {
					origins = append(origins, here)
				}
			}
		}
	}
	return needed, origins
}

// ofOrigin puts a folder in the place of $ORIGIN at the beginning of dir.
func ofOrigin(dir, origin string) (string, bool) {
	for _, word := range []string{"$ORIGIN", "${ORIGIN}"} {
		if rest, ok := strings.CutPrefix(dir, word); ok && (rest == "" || rest[0] == '/') {
			return filepath.Join(origin, rest), true
		}
	}
	return "", false
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// together are the hashes of libraries with what they link to: one is loaded for good.
var together sync.Map // path → SHA-256

// hashLinked is the SHA-256 over a library and what it links to, names and bytes; of one that links to nothing
// beside it, that of its bytes.
func hashLinked(path string) (string, error) {
	if h, ok := together.Load(path); ok {
		return h.(string), nil
	}
	h, err := sumLinked(path)
	if err == nil {
		together.Store(path, h)
	}
	return h, err
}

func sumLinked(path string) (string, error) {
	files := linked(path)
	first, err := hashLibrary(path)
	if err != nil || len(files) == 1 {
		return first, err
	}
	h := sha256.New()
	fmt.Fprintln(h, first)
	for _, file := range files[1:] {
		sum, err := hashLibrary(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s\n", filepath.Base(file), sum)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashLibrary is hashFile, which reads a library once for all who ask.
func hashLibrary(path string) (string, error) {
	if sum, err := mapped.Sum(path); err == nil {
		return sum, nil
	}
	return hashFile(path) // such as a script of the linker
}
