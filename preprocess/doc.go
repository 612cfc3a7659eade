// Package preprocess turns one input record into the arrays that a model was trained on.
//
//	Record → molecule.Molecule → graph.Graph → graph.Batch → tensors
//
// Its sub-packages are the steps: smiles reads, molecule perceives, featurize writes feature rows,
// graph holds the arrays and joins them. Build is the way from a Record to a Graph.
// Nothing here knows of HTTP, ONNX or cgo.
package preprocess
