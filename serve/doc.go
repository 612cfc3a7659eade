// Package serve answers HTTP requests with the predictions of model folders.
//
// A Server owns a registry and a gin engine. The registry scans the folder of models, proves each
// new version beside the one that serves, and flips to it; a request leases the version that it
// runs on, so that a version is closed only when nobody computes with it any more.
// The way of a request is body → records → lease → gate → run → reply:
//
//	body.go, json.go, stream_*.go    bytes to records; strict about the envelope
//	registry.go, snapshot.go     name to version, leased
//	gate.go                      so many run, so many wait, the rest are told to come back
//	reply.go, reply_csv.go       rows to bytes
//	errors.go                    every error to its status, in one place
//
// JSON is read whole. Other bodies are streams (stream.go): all steps of the way at the same time, a chunk
// of rows each, in constant memory.
//
// docs/http.md is the contract.
package serve
