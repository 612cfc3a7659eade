package serve

import (
	"crypto/rand"
	"encoding/hex"
)

// requestIDHeader is what a client calls its request, and what the answer and the log call it; over gRPC it is metadata.
const requestIDHeader = "X-Request-Id"

// longestRequestID bounds what a client can write into every line of its request.
const longestRequestID = 128

// requestID is the name that a client gave its request, if it is 1 to 128 visible ASCII characters, else 128
// random bits, in hexadecimal.
func requestID(given string) string {
	if nameable(given) {
		return given
	}
	var bits [16]byte
	rand.Read(bits[:]) // never fails
	return hex.EncodeToString(bits[:])
}

func nameable(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return id != "" && len(id) <= longestRequestID
}
