package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"molserve/onnx"
)

// sources are the versions that a model takes auxiliary numbers from, and those that they take theirs from: the
// SHA-256 of each one's manifest by name@version, "" of one that is not there.
type sources map[string]string

// sourcesOf finds the sources of a model among the folders under --models. One that is not there, or whose manifest
// cannot be read, is no error: a run in which every record brings its numbers asks none.
func sourcesOf(cmd *cobra.Command, m *onnx.Manifest) sources {
	var found sources
	next := []*onnx.Manifest{m}
	for len(next) > 0 {
		in := next[0].Chained()
		next = next[1:]
		if in == nil {
			continue
		}
		for _, s := range in.From {
			ref := s.Model + "@" + s.Version
			if _, known := found[ref]; known {
				continue
			}
			if found == nil {
				found = sources{}
			}
			text, _ := manifestText(cmd, ref) // nil: it has no hash
			found[ref] = hashOf(text)
			if m, err := onnx.ReadManifest(text); err == nil {
				next = append(next, m)
			}
		}
	}
	return found
}

// changes names every source that is another one now.
func (was sources) changes(now sources) []string {
	both := maps.Clone(was)
	if both == nil {
		both = sources{}
	}
	maps.Copy(both, now)
	var faults []string
	for _, ref := range slices.Sorted(maps.Keys(both)) {
		if a, b := was.says(ref), now.says(ref); a != b {
			faults = append(faults, fmt.Sprintf("of the models that it takes numbers from, %s had %s and has %s", ref, a, b))
		}
	}
	return faults
}

// says words what is known of a source.
func (s sources) says(ref string) string {
	switch hash, asked := s[ref]; {
	case !asked:
		return "no part in it"
	case hash == "":
		return "no manifest"
	default:
		return "the manifest " + hash
	}
}

// manifestText is the text of the manifest of the model that ref names.
func manifestText(cmd *cobra.Command, ref string) ([]byte, error) {
	folder, err := findModel(cmd, ref)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder.Dir, manifestName))
}

// hashOf is the SHA-256 of a text in hexadecimal digits, "" of none.
func hashOf(text []byte) string {
	if text == nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
