// Package graph holds a structure as arrays, and batches of them as the tensors that a model binds.
//
// Graph is one structure: rows of features or coordinates, and directed edges. Src sends, Dst receives.
// Collate joins graphs into a Batch in one of two layouts:
//
//	packed  disjoint union: node rows [N,F], edge rows [E,D], indices offset per graph
//	padded  one slot a node: [B,n,F], pair arrays [B,n,n], a mask that is false in padding
//
// A field of the manifest (docs: "Fields an input can bind") names one array of a Batch; the table in
// fields.go is the only place that knows them. Batch.Split gives the rows of an output back.
//
// A file for each step:
//
//	graph.go, raw.go            one structure; a graph that the caller has featurized
//	batch.go, padding.go        graphs side by side, and the ghost that takes the padding of a bucket
//	ladder.go                   sizes of buckets
//	fields.go, describe.go      the vocabulary, and what a field's options may be
//	loops.go                    edges from nodes to themselves
//	fill.go                     each graph writes its rows of a field: rows.go, rows_geometry.go, rows_graph.go,
//	                            topology.go, lines.go, spectrum.go, paths.go
//	split.go                    rows of an output to their owners
//
// Reset and FillField use the memory of the last batch again; in the steady state they allocate nothing
// (gonum does for the eigenvalues of a Laplacian).
package graph
