package library

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Variable names the library in the environment.
const Variable = "ONNXRUNTIME_SHARED_LIBRARY_PATH"

// ErrNotFound tells that no place has the library. It says what to type.
var ErrNotFound = errors.New("ONNX Runtime is not found; run 'molserve runtime install'")

// Place is one place that was searched.
type Place struct {
	Name string `json:"place"`
	Path string `json:"path,omitempty"` // of the library, when it is there
	Why  string `json:"why,omitempty"`  // it is not there

	named bool // the user named this file: it must be there
}

// Find returns the library file to use. A file that the user names, by explicit or by the variable,
// must exist; it is never passed over for another.
func Find(explicit string) (string, error) {
	for _, p := range Search(explicit) {
		switch {
		case p.Path != "":
			return p.Path, nil
		case p.named:
			return "", fmt.Errorf("ONNX Runtime: %s: %s", p.Name, p.Why)
		}
	}
	return "", ErrNotFound
}

// Search looks at every place, in order of preference.
func Search(explicit string) []Place {
	return []Place{
		namedFile("the --onnxruntime flag", explicit),
		namedFile("the variable "+Variable, os.Getenv(Variable)),
		inFolders("lib/ beside the executable", besideExecutable()),
		cached(),
		inFolders("the system's loader", systemFolders()),
	}
}

func namedFile(name, path string) Place {
	p := Place{Name: name, named: path != ""}
	if path == "" {
		p.Why = "is not set"
		return p
	}
	return p.at(path)
}

// at puts the file into the place if it is a regular one.
func (p Place) at(path string) Place {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		p.Why = path + " does not exist"
	case err != nil:
		p.Why = err.Error()
	case !info.Mode().IsRegular():
		p.Why = path + " is not a file"
	default:
		p.Path = path
	}
	return p
}

// cached is the file that Install makes.
func cached() Place {
	p := Place{Name: "the user's cache"}
	path, err := CachePath()
	if err != nil {
		p.Why = err.Error()
		return p
	}
	return p.at(path)
}

// CachePath is where Install puts the library of this platform.
func CachePath() (string, error) {
	b, ok := builds[platform()]
	if !ok {
		return "", fmt.Errorf("no library is pinned for %s", platform())
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w; set one of them, or put the library into lib/ beside the executable", err)
	}
	return filepath.Join(cache, "molserve", "onnxruntime", Pinned, strings.ReplaceAll(platform(), "/", "-"), b.file), nil
}

// patterns are the names that a library may have, the best first.
func patterns() []string {
	if runtime.GOOS == "darwin" {
		return []string{"libonnxruntime." + Pinned + ".dylib", "libonnxruntime.dylib", "libonnxruntime.1*.dylib"}
	}
	return []string{"libonnxruntime.so." + Pinned, "libonnxruntime.so.1", "libonnxruntime.so", "libonnxruntime.so.1.*"}
}

func inFolders(name string, folders []string) Place {
	for _, pattern := range patterns() {
		for _, folder := range folders {
			found, _ := filepath.Glob(filepath.Join(folder, pattern)) // fails for a malformed pattern only
			for _, path := range slices.Backward(found) {
				if p := (Place{Name: name}).at(path); p.Path != "" {
					return p
				}
			}
		}
	}
	return Place{Name: name, Why: fmt.Sprintf("no %s in %s", patterns()[0], strings.Join(folders, ", "))}
}

func besideExecutable() []string {
	exe, err := os.Executable()
	if err != nil {
		return nil
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	dir := filepath.Dir(exe)
	return []string{filepath.Join(dir, "lib"), filepath.Join(dir, "..", "lib")}
}

// systemFolders are where the dynamic loader looks. The file is named to it by its path, so that what
// 'runtime doctor' shows is what runs.
func systemFolders() []string {
	variable, folders := "LD_LIBRARY_PATH", []string{"/usr/local/lib", "/usr/local/lib64", "/usr/lib64", "/usr/lib", "/lib64", "/lib"}
	switch platform() {
	case "linux/amd64":
		folders = append([]string{"/usr/lib/x86_64-linux-gnu"}, folders...)
	case "linux/arm64":
		folders = append([]string{"/usr/lib/aarch64-linux-gnu"}, folders...)
	case "darwin/arm64", "darwin/amd64":
		variable, folders = "DYLD_LIBRARY_PATH", []string{"/usr/local/lib"}
		if brew := os.Getenv("HOMEBREW_PREFIX"); brew != "" {
			folders = append([]string{filepath.Join(brew, "lib")}, folders...)
		}
	}
	return append(filepath.SplitList(os.Getenv(variable)), folders...)
}
