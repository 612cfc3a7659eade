package serve

import (
	"context"
	"net/http"
	"time"

	"molserve/serve/auth"
)

// longestDoze is how long a stream that waits for its rate does not look whether it may go on, and whether its client
// is still there.
const longestDoze = time.Second

// longestDebt is how long a stream waits for its rate at most.
const longestDebt = time.Hour

// payOrWait pays for molecules and returns ctx with who asked for them. A stream may outlive its token, or be given
// another rate: who asks is found anew each time. A debt is waited for, unless the body has failed meanwhile.
func (st *streaming) payOrWait(ctx context.Context, molecules int) (context.Context, error) {
	for {
		client, err := st.s.identify(st.out.c.Request, st.snap.name)
		if err != nil {
			return ctx, err
		}
		wait := client.Take(molecules)
		switch {
		case wait == 0:
			return auth.With(ctx, client), nil
		case wait > longestDebt:
			return ctx, limited(client, wait)
		case hasLeft(st.out.c.Request):
			return ctx, errLeft
		}
		select {
		case <-time.After(min(wait, longestDoze)):
		case <-st.failed:
			return ctx, st.readErr
		case <-ctx.Done():
			return ctx, context.Cause(ctx)
		}
	}
}

// errLeft ends what is computed for nobody.
var errLeft = refuse(codeClientGone, "the client closed the connection")

// identify finds who makes a request for predictions of a model now, and whether that is still allowed. It is nil
// where nobody is asked.
func (s *Server) identify(r *http.Request, model string) (*auth.Client, error) {
	if s.cfg.Clients == nil {
		return nil, nil
	}
	client, _, err := s.cfg.Clients.Identify(r.Header.Values("Authorization"), auth.Peer(r.TLS))
	switch {
	case err != nil:
		return nil, refuse(codeUnauthorized, "%s", err)
	case !client.May(auth.Infer):
		return nil, missing(client, auth.Infer)
	case !client.MayUse(model):
		return nil, unknownModel()
	}
	return client, nil
}
