// Package pb is the Open Inference Protocol's messages and service, generated from inference.proto by
// make proto.
package pb
