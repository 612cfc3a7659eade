// Package serve answers HTTP requests with the predictions of model folders.
//
// A Server owns a registry and a gin engine. The registry scans the folder of models, proves each
// new version beside the one that serves, and flips to it; a request leases the version that it
// runs on, so that a version is closed only when nobody computes with it any more.
// The way of a request is body → records → lease → gate → graphs → batch → reply:
//
//	body.go, json.go, stream_*.go    bytes to records; strict about the envelope
//	registry.go, snapshot.go     name to version, leased
//	gate.go, tempo.go            what can be done in time is in, the rest are told to come back
//	ahead.go, compute.go, batch/ records to graphs to rows, in runs that requests share
//	reply.go, reply_csv.go       rows to bytes
//	errors.go                    every error to its status, in one place
//	v2_grpc_message.go           messages of gRPC to requests, paid for out of the memory of bodies
//	call.go, v2_grpc_observe.go  what is observed of a request or call: log, metrics, spans
//
// JSON is read whole. Other bodies are streams (stream.go): all steps of the way at the same time, a chunk
// of rows each, in constant memory.
//
// Before any of it access.go and roles.go say who may ask what, by the clients of package auth, and meter.go
// has them pay for it (docs/security.md).
//
// docs/http.md is the contract, package openapi the same for machines.
package serve
