// Package store keeps certificates, so that a model that was proved is not proved again at every start.
//
// A certificate is found by its Key: everything that its figures hang on. Another manifest, file,
// program, ONNX Runtime, way to compute or processor is another key. Certificates lie in a folder of
// the program's own state, or in memory alone; never in the folder of a model, which comes from
// elsewhere. A file that is damaged, foreign or open to others counts as none.
package store
