package serve_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	"molserve/serve"
	"molserve/serve/auth"
)

// reflect opens a stream of reflection, and has it answered.
func reflect(t *testing.T, conn *grpc.ClientConn) (st reflection.ServerReflection_ServerReflectionInfoClient, ask func() error) {
	t.Helper()
	st, err := reflection.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask = func() error {
		st.Send(&reflection.ServerReflectionRequest{MessageRequest: &reflection.ServerReflectionRequest_ListServices{}})
		_, err := st.Recv()
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	return st, ask
}

func TestReflectionEndsWithItsToken(t *testing.T) {
	l, path := listenLocal(t), tokenFile(t, "gone sha256="+auth.Hash("gone")+" roles=read")
	k, err := auth.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, serve.Config{Clients: k, GRPC: l})
	_, ask := reflect(t, dial(t, l.Addr().String(), "gone"))
	if err := os.Rename(tokenFile(t), path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the token is gone", func() bool { return w.do("GET", "/v1/models", "", bearer("gone")...).status == 401 })
	if err := ask(); status.Code(err) != codes.Unauthenticated {
		t.Errorf("%v", err)
	}
}

// A client that leaves a stream of reflection open does not take the grace of the others.
func TestReflectionEndsWithTheServer(t *testing.T) {
	l := listenLocal(t)
	w := start(t, serve.Config{GRPC: l, Grace: time.Minute})
	st, _ := reflect(t, dial(t, l.Addr().String(), ""))
	w.stop()
	if _, err := st.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("%v", err)
	}
}
