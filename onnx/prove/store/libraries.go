package store

import (
	"errors"
	"fmt"
	"path/filepath"

	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

func pathsOf(c *prove.Certificate) []string {
	paths := make([]string, len(c.Libraries))
	for i, l := range c.Libraries {
		paths[i] = l.Path
	}
	return paths
}

// checkLibraries wants the files of a certificate's libraries to be what they were, in the places where they were, and
// notes the places. Files are read once in a process, as long as they do not change.
func checkLibraries(c *prove.Certificate, paths []string) error {
	if len(paths) != len(c.Libraries) {
		return errors.New("its libraries have other places than names")
	}
	if err := (mapped.Report{There: paths}).Check(); err != nil {
		return err
	}
	for i := range c.Libraries {
		l := &c.Libraries[i]
		l.Path = paths[i]
		if filepath.Base(l.Path) != l.Name {
			return fmt.Errorf("library %.80s does not lie in %.80q", l.Name, l.Path)
		}
		sum, err := mapped.Sum(l.Path)
		if err != nil {
			return fmt.Errorf("its library is not there any more: %w", err)
		}
		if sum != l.SHA256 {
			return fmt.Errorf("its library %s is another now", l.Path)
		}
	}
	return nil
}
