//go:build !linux

package prove

import "errors"

// What a process holds is not looked up here.

func resident() int64 { return 0 }

func peak() int64 { return 0 }

func forgetPeak() error { return errors.ErrUnsupported }
