package main

import (
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"molserve/serve"
	"molserve/serve/auth"
)

// accessOptions are the flags of serve that say who may ask.
type accessOptions struct {
	tokens     string
	keys       auth.KeyFiles
	clientAuth string
	insecure   bool
}

func accessFlags(c *cobra.Command, o *accessOptions) {
	f := c.Flags()
	f.StringVar(&o.tokens, "tokens", "", "file of tokens and client certificates, with the roles of each, of which every\nrequest must show one; 'molserve token new' makes an entry (default: nobody is asked, on loopback)")
	f.StringVar(&o.keys.Certificate, "tls-cert", "", "PEM file of the server's certificate and its chain; every listener speaks TLS then")
	f.StringVar(&o.keys.Key, "tls-key", "", "PEM file of its key")
	f.StringVar(&o.keys.ClientCA, "tls-client-ca", "", "PEM file of the authorities whose certificates clients must show")
	f.StringVar(&o.clientAuth, "tls-client-auth", "require", "require a certificate of every client, or optional: by a certificate or by a token")
	f.BoolVar(&o.insecure, "insecure", false, "let --addr and --grpc-addr be other than loopback though nobody is asked who asks")
}

// scheme is of every listener's address.
func (o *accessOptions) scheme() string {
	if o.keys.Certificate != "" {
		return "https"
	}
	return "http"
}

// curl begins a command that asks the server.
func (o *accessOptions) curl(addr net.Addr) string {
	token := ""
	if o.tokens != "" {
		token = `-H "Authorization: Bearer $TOKEN" `
	}
	return "curl -s " + token + o.scheme() + "://" + addr.String()
}

// asks tells whether clients must say who they are.
func (o *accessOptions) asks() bool { return o.tokens != "" || o.keys.ClientCA != "" }

// check refuses what does not go together, before anything is opened.
func (o *accessOptions) check() error {
	switch {
	case (o.keys.Certificate == "") != (o.keys.Key == ""):
		return usagef("--tls-cert and --tls-key go together")
	case o.keys.ClientCA != "" && o.keys.Certificate == "":
		return usagef("--tls-client-ca needs --tls-cert and --tls-key")
	case o.clientAuth != "require" && o.clientAuth != "optional":
		return usagef("--tls-client-auth %q: require or optional", o.clientAuth)
	case o.clientAuth == "optional" && o.keys.ClientCA == "":
		return usagef("--tls-client-auth optional needs --tls-client-ca")
	case o.insecure && o.asks():
		return usagef("--insecure asks nobody; --tokens and --tls-client-ca ask everybody: choose")
	}
	return nil
}

// checkAccess checks the flags that say who may ask, and where.
func (o *serveOptions) checkAccess() error {
	if err := o.access.check(); err != nil {
		return err
	}
	for _, l := range [][2]string{{"addr", o.addr}, {adminFlag, o.adminAddr}, {"grpc-addr", o.grpcAddr}} {
		if err := o.access.checkAddress(l[0], l[1]); err != nil {
			return err
		}
	}
	return nil
}

// checkAddress wants an address on loopback when nobody is asked who asks.
func (o *accessOptions) checkAddress(flag, addr string) error {
	if addr == "off" {
		return nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usagef("--%s: %w; give ADDR:PORT", flag, err)
	}
	if o.asks() || isLoopback(host) {
		return nil
	}
	if flag == adminFlag {
		return usagef("--admin-addr %s: without --tokens the admin listener asks nobody who asks and must be on loopback, such as 127.0.0.1:8081, or off", addr)
	}
	if o.insecure {
		return nil
	}
	return usagef("--%s %s: other machines could use the server without saying who they are; give --tokens FILE ('molserve token new' makes an entry), "+
		"or --tls-client-ca FILE, or an address on loopback, such as 127.0.0.1:8080; --insecure asks nobody all the same", flag, addr)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// settle opens the files into a server's configuration.
func (o *accessOptions) settle(c *serve.Config, addrs ...string) (err error) {
	if o.keys.Certificate != "" {
		o.keys.Optional = o.clientAuth == "optional"
		if c.Keys, err = auth.OpenKeys(o.keys, c.Log); err != nil {
			return usagef("--tls-cert, --tls-key, --tls-client-ca: %w", err)
		}
	}
	switch {
	case o.tokens != "":
		if c.Clients, err = auth.Open(o.tokens, c.Log); err != nil {
			return usagef("--tokens: %w", err)
		}
	case o.keys.ClientCA != "":
		c.Clients = auth.OpenCertificates(c.Log)
	}
	o.warn(c.Log, c.Clients, addrs)
	return nil
}

// warn tells of settings that do what they say and may not be what is wanted.
func (o *accessOptions) warn(log *slog.Logger, clients *auth.Keeper, addrs []string) {
	for _, addr := range addrs {
		host, _, err := net.SplitHostPort(addr)
		if err != nil || isLoopback(host) {
			continue
		}
		if o.insecure {
			log.Warn("nobody is asked who asks (--insecure)", "addr", addr)
		}
		if o.tokens != "" && o.keys.Certificate == "" {
			log.Warn("tokens cross the network in clear; give --tls-cert and --tls-key, or put a proxy that speaks TLS before the server", "addr", addr)
		}
	}
	if o.tokens == "" || o.keys.ClientCA != "" {
		return
	}
	for _, c := range clients.Clients() {
		if c.Certificate != "" {
			log.Warn("a client is known by its certificate, and none is asked for; give --tls-client-ca", "client", c.Name)
		}
	}
}
