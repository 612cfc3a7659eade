// Package graph holds a molecule as the arrays of its featurizer, and batches of them as the
// tensors that a model binds.
//
// Graph is one structure. Collate joins graphs into a Batch in one of two layouts:
//
//	packed  disjoint union: node rows [N,F], edge rows [E,D], indices offset per graph
//	padded  one slot a node: [B,n,F], pair arrays [B,n,n], a mask that is false in padding
//
// A field of the manifest (docs: "Fields an input can bind") names one array of a Batch; the table
// in fields.go is the only place that knows them. Src sends, Dst receives.
package graph
