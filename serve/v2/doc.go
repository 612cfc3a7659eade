// Package v2 reads requests and writes responses of the Open Inference Protocol V2: JSON, JSON with binary
// tensors behind it, and gRPC's messages. What comes in is untrusted; an *Error says what is wrong with it.
package v2
