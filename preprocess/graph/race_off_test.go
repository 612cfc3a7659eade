//go:build !race

package graph_test

const racing = false
