package serve

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"molserve/serve/auth"
)

// keepAccess reads tokens and keys again when their files change, until ctx ends.
func (s *Server) keepAccess(ctx context.Context, owned *sync.WaitGroup) {
	if s.cfg.Clients != nil {
		owned.Go(func() { s.cfg.Clients.Run(ctx) })
	}
	if s.cfg.Keys != nil {
		owned.Go(func() { s.cfg.Keys.Run(ctx) })
	}
}

// serveHTTP serves on l, with TLS and HTTP/2 when there are keys.
func (s *Server) serveHTTP(h *http.Server, l net.Listener) error {
	if s.cfg.Keys == nil {
		return h.Serve(l)
	}
	h.TLSConfig = s.cfg.Keys.Config()
	return h.ServeTLS(l, "", "")
}

// accessGauges tell what each client of the file had, and how long the certificate of TLS is good. Names
// come from the file alone.
type accessGauges struct {
	clients *auth.Keeper
	keys    *auth.Keys
}

var (
	descClientRequests  = prometheus.NewDesc("molserve_client_requests_total", "Requests with a client's credentials, whatever became of them.", []string{"client"}, nil)
	descClientMolecules = prometheus.NewDesc("molserve_client_molecules_total", "Molecules that a client paid for.", []string{"client"}, nil)
	descClientAtoms     = prometheus.NewDesc("molserve_client_atoms_total", "Atoms that a client paid for.", []string{"client"}, nil)
	descClientLimited   = prometheus.NewDesc("molserve_client_limited_total", "Requests of a client beyond its rate.", []string{"client"}, nil)
	descKeysExpire      = prometheus.NewDesc("molserve_tls_certificate_expires_seconds", "When the certificate of TLS expires, in Unix time; 0 without TLS.", nil, nil)
)

// Describe implements prometheus.Collector.
func (accessGauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descClientRequests, descClientMolecules, descClientAtoms, descClientLimited, descKeysExpire} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (g accessGauges) Collect(to chan<- prometheus.Metric) {
	expires := 0.0
	if g.keys != nil {
		expires = float64(g.keys.Expires().Unix())
	}
	to <- prometheus.MustNewConstMetric(descKeysExpire, prometheus.GaugeValue, expires)
	if g.clients == nil {
		return
	}
	for _, c := range g.clients.Clients() {
		for d, n := range map[*prometheus.Desc]int64{descClientRequests: c.Usage.Requests.Load(), descClientMolecules: c.Usage.Molecules.Load(),
			descClientAtoms: c.Usage.Atoms.Load(), descClientLimited: c.Usage.Limited.Load()} {
			to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), c.Name)
		}
	}
}
