//go:build race

package preprocess_test

// racing: the detector makes sync.Pool forget, so allocations are not counted.
const racing = true
