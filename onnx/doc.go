// Package onnx turns a model folder into predictions.
//
// A Manifest says what a model takes and gives; ReadManifest decodes it strictly and reports every
// fault with its JSON pointer. A Model is a manifest with its Session: Build makes a record's graph,
// Bind fills the input tensors that the manifest names, Run computes, Predict adds units.
// No model's name, width or tensor name stands in this code.
//
// ONNX Runtime is reached through the Session interface; ort.go is the only file that imports its binding.
package onnx
