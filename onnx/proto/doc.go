// Package proto reads ONNX's protobuf (onnx.proto, IR 3 to 13) out of untrusted bytes, and writes it again.
// It knows the parts of a file that molserve looks at or changes; all other fields are kept byte for byte.
//
// Nothing is copied: names and data are slices of the bytes that were parsed. What is parsed is bounded
// before it is kept: graphs within graphs, and the number of things of any kind.
package proto
