package serve

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"molserve/serve/auth"
)

// admit lets a request pass, or says why not. It is asked before anything of the request is read or looked
// up. Who asks is in the request's context afterwards.
func (s *Server) admit(c *gin.Context, n *notes) error {
	if s.cfg.Clients == nil {
		return nil
	}
	client, byToken, err := s.cfg.Clients.Identify(c.Request.Header.Values("Authorization"), auth.Peer(c.Request.TLS))
	role, known := roleOf(c.Request.Method, c.FullPath())
	if known && role == open {
		if err == nil {
			c.Request = c.Request.WithContext(auth.With(c.Request.Context(), client))
		}
		return nil
	}
	if err != nil {
		return refuse(codeUnauthorized, "%s", err)
	}
	n.client = client.Name
	c.Request = c.Request.WithContext(auth.With(c.Request.Context(), client))
	if !byToken { // a browser shows a certificate of its own accord, whichever page asks
		if f := foreignSite(c.Request); f != nil {
			return f
		}
	}
	if err := mayAsk(client, role, known || c.FullPath() == ""); err != nil || c.FullPath() == "" {
		return err // nil: the answer is that there is no such route
	}
	model, _ := v2Name(c.Param("name"))
	return mayUse(client, role, model)
}

// mayAsk tells whether a client has the role of a route. A route without one is for nobody.
func mayAsk(client *auth.Client, role auth.Role, known bool) error {
	client.Usage.Requests.Add(1)
	switch {
	case !known:
		return noRole()
	case !client.May(role):
		return missing(client, role)
	}
	return nil
}

func missing(client *auth.Client, role auth.Role) *fault {
	return refuse(codeForbidden, "this needs the role %s, which %s has not", role, client.Name)
}

// mayUse tells whether a model, if one is named, is there for a client, and whether the client has paid
// for what it had.
func mayUse(client *auth.Client, role auth.Role, model string) error {
	if model != "" && !client.MayUse(model) {
		return unknownModel()
	}
	if role != auth.Infer {
		return nil
	}
	return pay(client, 0)
}

func noRole() *fault { return refuse(codeForbidden, "no role opens this route") }

// unknownModel is the answer of a model that is not there, or not for this client: it cannot tell which.
func unknownModel() *fault {
	return refuse(codeUnknownModel, "there is no model of this name; GET /v1/models lists them")
}

// foreign protects a server on a loopback address from the web pages that a browser on the same machine
// has open: from a name that was rebound to loopback, by Host, and from requests that other sites make, by
// Origin and Sec-Fetch-Site. A token, which no page has, satisfies it.
func (s *Server) foreign(r *http.Request) *fault {
	f := foreignSite(r)
	if !loopbackName(hostOf(r.Host)) {
		f = refuse(codeForeign, "Host must name this machine, as localhost or 127.0.0.1 do: the server listens on loopback")
	}
	if f == nil || s.cfg.Clients == nil {
		return f
	}
	if _, byToken, _ := s.cfg.Clients.Identify(r.Header.Values("Authorization"), nil); byToken {
		return nil
	}
	return f
}

// foreignSite refuses a request that a page of another site may have made.
func foreignSite(r *http.Request) *fault {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return refuse(codeForeign, "a page of another site made this request, and it has no token; none such is answered")
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return refuse(codeForeign, "a page of another origin made this request, and it has no token; none such is answered")
		}
	}
	return nil
}

// sees tells whether whoever asks may learn that a model exists.
func (s *Server) sees(client *auth.Client, model string) bool {
	if s.cfg.Clients != nil && client == nil {
		return false // an open route, without credentials
	}
	return client.MayUse(model)
}

// bodyFor is the body in the words of the protocol that was asked.
func (f *fault) bodyFor(path string) []byte {
	if isV2(path) {
		return f.bodyV2()
	}
	return f.body()
}

// isV2 tells the routes of the Open Inference Protocol.
func isV2(path string) bool { return strings.HasPrefix(path, "/v2") }

// accessHeaders are those of a refusal: how to say who asks, and when a debt is paid. What a client owes is
// known, so that the time is told however long it is.
func accessHeaders(h http.Header, f *fault) {
	switch f.code {
	case codeUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case codeRateLimited:
		h.Set("Retry-After", retryAfter(f))
	}
}
