package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molserve/onnx"
	"molserve/onnx/prove/child"
)

// accelerator hashes what a provider other than the CPU's computes with besides the library: the files of
// providers with what they link to beside them, the driver and cards of NVIDIA, and the variables that choose among devices. "": the CPU alone
// computes.
func accelerator(p onnx.Preparation) (string, error) {
	if p.OnCPU() {
		return "", nil
	}
	h := sha256.New()
	for _, path := range providerFiles() {
		sum, err := hashLinked(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s\n", filepath.Base(path), sum)
	}
	for _, name := range child.DeviceVariables {
		fmt.Fprintf(h, "%s=%q\n", name, os.Getenv(name))
	}
	for _, path := range append(cards(), "/proc/driver/nvidia/version") {
		text, _ := os.ReadFile(path) // without the driver there is none
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "IRQ") {
				fmt.Fprint(h, line)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// providerFiles are the libraries that were registered and those that ONNX Runtime looks for beside itself.
func providerFiles() []string {
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(onnx.Library()), "libonnxruntime_providers_*")) // the pattern is one
	return append(onnx.ProviderLibraries(), slices.Sorted(slices.Values(beside))...)
}

func cards() []string {
	paths, _ := filepath.Glob("/proc/driver/nvidia/gpus/*/information") // the pattern is one
	return paths
}
