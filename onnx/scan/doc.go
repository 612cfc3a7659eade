// Package scan looks at an ONNX file before ONNX Runtime does: untrusted bytes, from which nothing but
// a network of known operators over its own weights is to be made. It reports everything that is wrong
// at once, each with the node, the operator and a cure, and takes time linear in the file.
package scan
