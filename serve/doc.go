// Package serve answers HTTP requests with the predictions of model folders.
//
// A Server owns a registry and a gin engine. The registry scans the folder of models, proves each
// new version beside the one that serves, and flips to it; a request leases the version that it
// runs on, so that a version is closed only when nobody computes with it any more.
// The way of a request is body → records → lease → gate → graphs → batch → reply:
//
//	body.go, json.go, text.go    bytes to records; strict about the envelope
//	registry.go, snapshot.go     name to version, leased
//	gate.go                      so many are in, the rest are told to come back
//	compute.go, batch/           records to graphs to rows, in runs that requests share
//	reply.go, reply_csv.go       rows to bytes
//	errors.go                    every error to its status, in one place
//
// docs/http.md is the contract.
package serve
