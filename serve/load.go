package serve

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"molserve/onnx"
	"molserve/onnx/prove"
)

// Loader opens a version and proves it. On an error there is no Predictor, and a
// certificate when it was the proof that failed.
type Loader func(ctx context.Context, f onnx.Folder) (Predictor, *prove.Certificate, error)

// failure tells the checks that do not hold.
func failure(c *prove.Certificate) error {
	var failed []error
	for _, k := range c.Failed() {
		text := strings.TrimRight(k.Detail+"; "+k.Worst, "; ")
		failed = append(failed, fmt.Errorf("check %q failed: measured %.3g, bound %.3g: %s", k.Name, k.Measured, k.Bound, text))
	}
	return errors.Join(failed...)
}

// loadGuarded makes a panic of the loader the error of this one version.
func loadGuarded(ctx context.Context, load Loader, f onnx.Folder) (m Predictor, c *prove.Certificate, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, &panicError{value: p, stack: debug.Stack()}
		}
	}()
	return load(ctx, f)
}
