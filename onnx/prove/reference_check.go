package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"molserve/preprocess/graph"
)

// probesAtGate bounds the probes of a geometric model that the gate compares with the reference, which
// takes some milliseconds a structure.
const probesAtGate = 48

// referred are the golden records and the probes that are compared with the reference, and put into company.
func (s *subject) referred() []*graph.Graph {
	all := s.all()
	if s.geometric && s.level == Gate {
		return all[:min(len(all), len(all)-len(s.probes)+probesAtGate)]
	}
	return all
}

// againstReference compares ONNX Runtime with the float64 network written from the paper, on every
// golden record and every probe.
func againstReference(ctx context.Context, s *subject) (outcome, error) {
	return s.compareWithTruth(ctx, s.referred(), "molecules")
}

func (s *subject) compareWithTruth(ctx context.Context, graphs []*graph.Graph, what string) (outcome, error) {
	got, want, err := s.gotAndWant(ctx, graphs)
	if err != nil {
		return outcome{}, err
	}
	var f finding
	s.close(got, want, "molecule", &f)
	return f.say("%d %s, %d numbers, %s in float64", len(graphs), what, f.compared, s.manifest.Architecture.Name), nil
}

// gotAndWant are the answers of the network and of the reference.
func (s *subject) gotAndWant(ctx context.Context, graphs []*graph.Graph) (got, want []answer, err error) {
	if s.networkErr != nil {
		return nil, nil, s.networkErr
	}
	if got, err = s.answers(ctx, graphs); err == nil {
		want, err = s.truth(ctx, graphs)
	}
	return got, want, err
}

// truth returns what the reference network says of each graph; it remembers. It fails unless the
// network speaks of every output tensor of the manifest and of no other.
func (s *subject) truth(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	fresh := unknown(s.truthOf, graphs)
	answers, errs := make([]answer, len(fresh)), make([]error, len(fresh))
	parallel(len(fresh), func(i int) {
		if ctx.Err() == nil {
			answers[i], errs[i] = s.forward(fresh[i])
		}
	})
	if err := cmp.Or(context.Cause(ctx), errors.Join(errs...)); err != nil {
		return nil, err
	}
	for i, g := range fresh {
		s.truthOf[g] = answers[i]
	}
	return lookUp(s.truthOf, graphs), nil
}

func (s *subject) forward(g *graph.Graph) (answer, error) {
	out, err := s.network.Forward(g)
	if err != nil {
		return nil, err
	}
	a := answer{}
	for name, v := range out {
		if _, ok := s.per[name]; !ok {
			return nil, fmt.Errorf("the reference has an output %s that the manifest does not name", name)
		}
		a[name] = v.Data
	}
	if s.gradient != "" { // by r(Src) − r(Dst), whatever the network reads
		for k := range a[s.gradient] {
			a[s.gradient][k] *= s.sign
		}
	}
	s.addForces(g, a)
	for name := range s.per {
		if _, ok := a[name]; !ok {
			return nil, fmt.Errorf("the reference has no output %s", name)
		}
	}
	return a, nil
}

// expected is the truth where there is a reference, else what the network says of each graph alone.
func (s *subject) expected(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	if s.network != nil {
		return s.truth(ctx, graphs)
	}
	return s.singles(ctx, graphs)
}

// singles returns what the network says of each graph alone.
func (s *subject) singles(ctx context.Context, graphs []*graph.Graph) ([]answer, error) {
	answers := make([]answer, len(graphs))
	for i, g := range graphs {
		said, err := s.run(ctx, []*graph.Graph{g}, graph.Padding{})
		if err != nil {
			return nil, err
		}
		answers[i] = said[0]
	}
	return answers, nil
}
