package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// Key is what a certificate holds for.
type Key struct {
	Manifest  string            `json:"manifest"`  // SHA-256 of its text
	Files     map[string]string `json:"files"`     // SHA-256 by name
	Level     string            `json:"level"`     // what was proved
	Program   string            `json:"program"`   // SHA-256 of the executable
	Library   string            `json:"library"`   // SHA-256 of the ONNX Runtime library, with what it links to beside it
	Search    string            `json:"search"`    // where libraries that are opened by name are looked for: LD_LIBRARY_PATH
	Computing string            `json:"computing"` // execution providers, session options, rewriter
	Devices   string            `json:"devices"`   // SHA-256 over the files and devices of other providers than the CPU's; empty: none computes
	Processor string            `json:"processor"` // its model and features, by which kernels are chosen
}

// KeyOf is the key of a model that comes to run so on this machine, in this program. onnx.Start must have been
// called.
func KeyOf(b *onnx.Bundle, level prove.Level, how onnx.Preparation) (Key, error) {
	p, err := program()
	if err != nil {
		return Key{}, err
	}
	library, err := hashLinked(onnx.Library())
	if err != nil {
		return Key{}, err
	}
	devices, err := accelerator(how)
	if err != nil {
		return Key{}, err
	}
	k := Key{Manifest: b.SHA256(), Files: map[string]string{}, Level: level.String(), Program: p, Library: library, Search: os.Getenv("LD_LIBRARY_PATH"),
		Computing: how.Computing(), Devices: devices, Processor: processor()}
	for name, f := range b.Manifest().Files {
		k.Files[name] = f.SHA256
	}
	return k, nil
}

// String returns the SHA-256 of the key, 64 hexadecimal digits.
func (k Key) String() string {
	text, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Program is the SHA-256 of the executable that runs, in hexadecimal.
func Program() (string, error) { return program() }

var program = sync.OnceValues(func() (string, error) {
	path := "/proc/self/exe" // also of a file that was replaced since
	if runtime.GOOS != "linux" {
		var err error
		if path, err = os.Executable(); err != nil {
			return "", err
		}
	}
	return hashFile(path)
})

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// features are the lines of /proc/cpuinfo that say what a processor can do, on x86 and on ARM.
var features = []string{"vendor_id", "cpu family", "model", "model name", "stepping", "flags", "CPU implementer", "CPU part", "CPU variant", "Features"}

// processor is the first processor's model and features, or the architecture where nothing more is known.
var processor = sync.OnceValue(func() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOOS + "/" + runtime.GOARCH
	}
	defer f.Close()
	h, lines := sha256.New(), bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && lines.Text() != "" { // an empty line ends a processor
		for _, name := range features {
			if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
				fmt.Fprintf(h, "%s:%s\n", name, value)
			}
		}
	}
	return runtime.GOOS + "/" + runtime.GOARCH + " " + hex.EncodeToString(h.Sum(nil))
})
