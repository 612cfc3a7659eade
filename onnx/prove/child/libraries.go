package child

import (
	"fmt"
	"path/filepath"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// addLibraries notes in a certificate which libraries a child that began then had mapped. The files are read here: a
// child says where they are and no more. One that has changed leaves a certificate that is not to be kept. A child
// that computed without ONNX Runtime did not compute.
func addLibraries(c *prove.Certificate, r mapped.Report, began time.Time) error {
	libraries, err := r.Sum(began)
	if err != nil {
		c.Passing = fmt.Errorf("a library of the proof: %w", err)
		return nil
	}
	if mapped.Known && !r.Has(onnx.Library()) {
		return fmt.Errorf("%w: it has not loaded %s", ErrReply, filepath.Base(onnx.Library()))
	}
	for _, l := range libraries {
		c.Libraries = append(c.Libraries, prove.Library{Path: l.Path, Name: filepath.Base(l.Path), SHA256: l.SHA256})
	}
	return nil
}
