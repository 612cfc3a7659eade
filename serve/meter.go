package serve

import (
	"context"
	"errors"
	"time"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/serve/auth"
	v2 "molserve/serve/v2"
)

// predictRows is paidRows, and the client pays the molecules, or is refused.
func (s *Server) predictRows(ctx context.Context, e *entry, snap *snapshot, recs []preprocess.Record, w wants) ([]onnx.Row, spent, error) {
	if err := pay(auth.From(ctx), len(recs)); err != nil {
		return nil, spent{}, err
	}
	return s.paidRows(ctx, e, snap, recs, w)
}

// paidRows is chainRows of molecules that are paid. Their atoms are paid after, when they are known.
func (s *Server) paidRows(ctx context.Context, e *entry, snap *snapshot, recs []preprocess.Record, w wants) ([]onnx.Row, spent, error) {
	client := auth.From(ctx)
	rows, t, err := s.chainRows(ctx, e, snap, recs, w)
	atoms := 0
	for i := range rows {
		atoms += rows[i].Atoms
	}
	settle(client, len(recs), atoms, err)
	return rows, t, err
}

// settle ends what pay began: atoms are paid, and what was turned away by a full queue is given back.
func settle(client *auth.Client, molecules, atoms int, err error) {
	var f *fault
	if errors.As(err, &f) && f.code == codeQueueFull {
		client.GiveBack(molecules)
		return
	}
	client.Spend(molecules, atoms)
}

// pay takes the graphs of raw tensors from the client's rate, and keeps what to settle.
func (i *inference) pay(ctx context.Context, load onnx.Load) error {
	i.graphs, i.atoms = load.Graphs, load.Atoms
	err := pay(auth.From(ctx), i.graphs)
	if err != nil {
		i.graphs, i.atoms = 0, 0
	}
	return err
}

// paidTensors is inferTensors, and the client pays; padding is paid too.
func (s *Server) paidTensors(ctx context.Context, i *inference, q *v2.Request) ([]v2.Tensor, error) {
	out, err := s.inferTensors(ctx, i, q)
	settle(auth.From(ctx), i.graphs, i.atoms, err)
	return out, err
}

// pay takes molecules from a client's rate, or refuses with the time until its debts are paid.
func pay(client *auth.Client, molecules int) error {
	wait := client.Take(molecules)
	if wait == 0 {
		return nil
	}
	return limited(client, wait)
}

func limited(client *auth.Client, wait time.Duration) *fault {
	client.Usage.Limited.Add(1)
	f := refuse(codeRateLimited, "%s has had what its rate allows; come back in %s", client.Name, wait.Round(time.Millisecond))
	f.retry = wait
	return f
}
