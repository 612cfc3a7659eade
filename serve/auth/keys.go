package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// KeyFiles are the PEM files of TLS.
type KeyFiles struct {
	Certificate, Key string // of the server, its chain behind it
	ClientCA         string // authorities of clients' certificates; empty: none is asked for
	Optional         bool   // a client may come without a certificate, and is known by its token then
}

// Keys are a server's certificate and the authorities of its clients.
type Keys struct {
	*watch
	files   KeyFiles
	config  atomic.Pointer[tls.Config]
	expires atomic.Int64 // Unix seconds
}

// OpenKeys reads the files. Run reads them again when they change.
func OpenKeys(f KeyFiles, log *slog.Logger) (*Keys, error) {
	k := &Keys{files: f}
	k.watch = &watch{what: "the certificate of TLS", paths: []string{f.Certificate, f.Key}, secrets: []string{f.Key}, load: k.read, log: log}
	if f.ClientCA != "" {
		k.watch.paths = append(k.watch.paths, f.ClientCA)
	}
	return k, k.open()
}

// read makes a configuration of the files' bytes.
func (k *Keys) read(files [][]byte) error {
	pair, err := tls.X509KeyPair(files[0], files[1])
	if err != nil {
		return fmt.Errorf("%s, %s: %w", k.files.Certificate, k.files.Key, err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	if len(files) > 2 {
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(files[2]) {
			return fmt.Errorf("%s: %w", k.files.ClientCA, errNoAuthority)
		}
		c.ClientAuth = tls.RequireAndVerifyClientCert
		if k.files.Optional {
			c.ClientAuth = tls.VerifyClientCertIfGiven
		}
		c.SessionTicketsDisabled = true // a session must not outlive the authority that vouched for it
	}
	if until := pair.Leaf.NotAfter; time.Now().After(until) {
		k.log.Warn("the certificate of TLS is too old; clients will refuse it", "file", k.files.Certificate, "valid_until", until)
	}
	k.expires.Store(pair.Leaf.NotAfter.Unix())
	k.config.Store(c)
	return nil
}

var errNoAuthority = errors.New("holds no certificate in PEM")

// Config is for listeners: every handshake has the files as they were last read.
func (k *Keys) Config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return k.config.Load(), nil }}
}

// Expires returns when the server's certificate does.
func (k *Keys) Expires() time.Time { return time.Unix(k.expires.Load(), 0) }

// Peer returns the certificate that a client has proved to be its own, nil for none.
func Peer(s *tls.ConnectionState) *x509.Certificate {
	if s == nil || len(s.VerifiedChains) == 0 {
		return nil
	}
	return s.VerifiedChains[0][0]
}
