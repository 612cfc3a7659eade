//go:build !race

package preprocess_test

const racing = false
