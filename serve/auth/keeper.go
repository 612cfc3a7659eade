package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Why somebody is not let in. The messages are for whoever asked.
var (
	ErrNone        = errors.New("the server wants to know who asks: send the header Authorization: Bearer TOKEN")
	ErrMalformed   = errors.New("the header Authorization must stand once and be: Bearer TOKEN")
	ErrUnknown     = errors.New("the token is not one of this server's")
	ErrCertificate = errors.New("the client certificate is valid, and its names are none of this server's clients")
	ErrExpired     = errors.New("the time of this token or certificate is over")
)

// Keeper knows the clients of a server. Methods may be called at any time by anybody.
type Keeper struct {
	*watch
	set atomic.Pointer[Set]
}

// Open reads a file of clients; what is wrong with it are Faults in the error. Run reads it again when it changes.
func Open(path string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{}
	k.watch = &watch{what: "the file of tokens", paths: []string{path}, secrets: []string{path}, log: log, load: func(files [][]byte) error {
		set, err := Parse(files[0])
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		k.turn(set)
		return nil
	}}
	return k, k.open()
}

// OpenCertificates returns the keeper of a server that has no file of clients: whoever has a certificate of
// the server's authority may infer and read.
func OpenCertificates(log *slog.Logger) *Keeper {
	k := &Keeper{watch: &watch{log: log, load: func([][]byte) error { return nil }}}
	k.open() // no file
	k.turn(&Set{[]*Client{{Name: "certificate", Certificate: anyCertificate, Roles: Infer | Read, Usage: &Usage{}}}})
	return k
}

// anyCertificate is the name of an entry for certificates that no other entry names.
const anyCertificate = "*"

// turn puts a set in the place of another. A client of the same name keeps its debts and counts.
func (k *Keeper) turn(set *Set) {
	if old := k.set.Load(); old != nil {
		for _, c := range set.Clients {
			if i := slices.IndexFunc(old.Clients, func(o *Client) bool { return o.Name == c.Name }); i >= 0 {
				c.adopt(old.Clients[i])
			}
		}
	}
	k.set.Store(set)
}

// Clients lists who is known now.
func (k *Keeper) Clients() []*Client { return k.set.Load().Clients }

// Identify finds who asks: by the values of the header Authorization when it was sent, otherwise by the
// certificate that TLS verified, nil for none. byToken tells which it was.
func (k *Keeper) Identify(authorization []string, certificate *x509.Certificate) (c *Client, byToken bool, err error) {
	switch {
	case len(authorization) > 0:
		c, err = k.byToken(authorization)
		byToken = err == nil
	case certificate != nil:
		c, err = k.byCertificate(certificate)
	default:
		err = ErrNone
	}
	if err == nil && !c.Expires.IsZero() && !time.Now().Before(c.Expires) {
		return nil, false, ErrExpired
	}
	return c, byToken, err
}

// byToken compares with every client's hash, in the same time whatever is found.
func (k *Keeper) byToken(authorization []string) (found *Client, err error) {
	scheme, token, ok := strings.Cut(authorization[0], " ")
	if !ok || len(authorization) > 1 || !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return nil, ErrMalformed
	}
	hash := sha256.Sum256([]byte(strings.TrimSpace(token)))
	for _, c := range k.Clients() {
		if c.Certificate == "" && subtle.ConstantTimeCompare(hash[:], c.hash[:]) == 1 {
			found = c
		}
	}
	if found == nil {
		return nil, ErrUnknown
	}
	return found, nil
}

// byCertificate takes the first entry that names the certificate, and one for any certificate last. A
// connection may outlive the certificate that began it.
func (k *Keeper) byCertificate(leaf *x509.Certificate) (*Client, error) {
	if time.Now().After(leaf.NotAfter) {
		return nil, ErrExpired
	}
	names := Names(leaf)
	var others *Client
	for _, c := range k.Clients() {
		switch {
		case c.Certificate == anyCertificate:
			others = c
		case c.Certificate != "" && slices.Contains(names, c.Certificate):
			return c, nil
		}
	}
	if others == nil {
		return nil, ErrCertificate
	}
	return others, nil
}

// Names are the names that a certificate is of: its common name, and its DNS names, addresses of mail and URIs.
func Names(leaf *x509.Certificate) []string {
	names := slices.Concat(leaf.DNSNames, leaf.EmailAddresses)
	if leaf.Subject.CommonName != "" {
		names = append(names, leaf.Subject.CommonName)
	}
	for _, u := range leaf.URIs {
		names = append(names, u.String())
	}
	return names
}
