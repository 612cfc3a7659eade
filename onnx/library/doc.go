// Package library finds, installs and explains the ONNX Runtime library file.
//
// The program is built without ONNX Runtime and loads it when it starts. Find looks, in this order, at
// the file the user named, ONNXRUNTIME_SHARED_LIBRARY_PATH, lib/ beside the executable, the user's
// cache, and the folders of the system's loader. Install fills the cache with the pinned version,
// through pip or npm, and checks its SHA-256.
package library
