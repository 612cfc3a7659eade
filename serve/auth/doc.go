// Package auth knows who may ask a server what: the tokens of a file, the names of client certificates,
// their roles, models and rates, and the keys of TLS. It knows no protocol: serve asks it for HTTP and gRPC alike.
//
//	client.go, bucket.go    who a client is, what it may do and how fast
//	parse.go, token.go      the file of clients; a token and its hash
//	keeper.go               from a request's credentials to its client
//	keys.go                 certificates of TLS
//	watch.go                files that are read again when they change
//
// docs/security.md is the contract.
package auth
