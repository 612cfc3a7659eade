// Package rewrite changes networks as their exporters wrote them into ones that compute the same faster,
// or without ending the process: sums over expanded indices into sums over rows, Einsum into MatMul,
// weights too small to be normal numbers into 0. Every change is reported; what is not understood is left.
package rewrite
