package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// tokenPrefix makes tokens findable where they should not be, and keeps them from being taken for names.
const tokenPrefix = "molserve_"

// NewToken returns a token of 256 random bits. The system's randomness does not fail.
func NewToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// Hash returns what a file of clients has in place of a token: its SHA-256 in hexadecimal. A fast hash is
// enough for a token that nobody can guess.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
