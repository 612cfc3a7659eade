package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"molserve/onnx/proto"
	"molserve/onnx/rewrite"
	"molserve/onnx/scan"
	"molserve/preprocess/graph"
)

// Preparation is how a network comes to run: what is done to the bytes of its file before ONNX Runtime gets
// them, and which execution providers compute it. The zero value scans, rewrites and computes on the CPU.
type Preparation struct {
	KeepNetwork bool       `json:"keep_network"`        // scanned, but not rewritten
	Providers   []Provider `json:"providers,omitempty"` // in the order of preference; the CPU computes what none of them takes
}

// OnCPU tells that no other provider than the CPU's computes.
func (p Preparation) OnCPU() bool { return len(beyondCPU(p.Providers)) == 0 }

// options are those of the session.
func (p Preparation) options() SessionOptions {
	o := cpuOptions()
	o.Providers = beyondCPU(p.Providers)
	return o
}

// Computing says in a line how a network comes to run: the execution providers with their options, the
// session's options, and whether it is rewritten. What is computed hangs on nothing else that is set.
func (p Preparation) Computing() string {
	o := p.options()
	var words []string
	for _, provider := range o.Providers {
		words = append(words, provider.String())
	}
	rewriter := "rewriter " + Rewriter
	if p.KeepNetwork {
		rewriter = "not rewritten"
	}
	return fmt.Sprintf("%s; %d thread inside an operator, %d operator at a time, spinning %t, parallel %t; %s",
		strings.Join(append(words, cpu), " > "), o.IntraOpThreads, o.InterOpThreads, o.Spinning, o.Parallel, rewriter)
}

// Check makes a session of the smallest network there is, so that a provider that does not work here is an
// error now, and not of the first model. Start must have been called.
func (p Preparation) Check() error {
	if err := CheckProviders(p.Providers); err != nil || p.OnCPU() {
		return err
	}
	s, err := newSession(proto.Smallest(), p.options())
	if err != nil {
		return err
	}
	return s.Close()
}

// Rewriting says how a network differs from its file.
type Rewriting struct {
	SHA256  string           `json:"sha256"` // of the bytes that run, 64 hexadecimal digits
	Changes []rewrite.Change `json:"changes"`
}

// prepared is a network that ONNX Runtime gets.
type prepared struct {
	bytes     []byte
	rewriting *Rewriting       // nil: the bytes are those of the file
	left      []rewrite.Change // what rewriting saw and left as it is
}

// network scans the bytes of an ONNX file, holds what it declares against the manifest, and rewrites it. Its error
// has everything that is wrong with the file, or else everything that does not match.
func (p Preparation) network(m *Manifest, data []byte) (*prepared, error) {
	model, err := scan.Scan(data, scan.Options{Operators: m.Operators, NeverEmpty: m.neverEmpty(), Einsum: !p.KeepNetwork})
	if err == nil {
		if err := matchFile(m, model.Graph); err != nil {
			return nil, mismatch(err)
		}
	}
	if err == nil && p.KeepNetwork {
		return &prepared{bytes: data}, nil
	}
	var result rewrite.Result
	if model != nil && !p.KeepNetwork {
		var more error
		result, more = rewrite.Network(model)
		err = errors.Join(err, more)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is refused:\n%w", modelFile, err)
	}
	if result.Bytes == nil {
		return &prepared{bytes: data, left: result.Left}, nil
	}
	sum := sha256.Sum256(result.Bytes)
	return &prepared{result.Bytes, &Rewriting{SHA256: hex.EncodeToString(sum[:]), Changes: result.Changes}, result.Left}, nil
}

// mismatch is the error of a network that is another than the manifest says.
func mismatch(err error) error {
	return fmt.Errorf("%s does not match the manifest:\n%w", modelFile, err)
}

// Rewritten says how the network that runs differs from model.onnx, or returns nil. It must not be
// changed.
func (m *Model) Rewritten() *Rewriting { return m.made.rewriting }

// Left lists what rewriting saw in model.onnx and left as it is, and why. It must not be changed.
func (m *Model) Left() []rewrite.Change { return m.made.left }

// Preparation returns how the network came to run. It must not be changed.
func (m *Model) Preparation() Preparation { return m.preparation }

// Placement says which execution provider computes what, or returns nil: all is the CPU's. It must not be
// changed.
func (m *Model) Placement() *Placement {
	if s, ok := m.session.(*ortSession); ok {
		return s.placement
	}
	return nil
}

// Concurrency is how many runs of the model are worth having under way: as many as cores on the CPU, one
// with another provider, which has one stream. More of them wait.
func (m *Model) Concurrency() int { return m.preparation.options().concurrency() }

// onCPU tells that nothing but the CPU was asked for.
func (m *Model) onCPU() bool { return len(beyondCPU(m.preparation.options().Providers)) == 0 }

// Original opens model.onnx as it is, unless it was forgotten. The caller closes it. Only operands that
// have elements should be run: it may hold what was rewritten because ONNX Runtime dies of empty ones.
func (m *Model) Original() (*Model, error) {
	data := m.File(modelFile)
	if data == nil {
		return nil, errors.New("open the original network: its bytes were let go")
	}
	session, err := newSession(data, m.preparation.options())
	if err != nil {
		return nil, fmt.Errorf("open the original network: %w", err)
	}
	original, err := newModel(m.manifest, session)
	if err != nil {
		session.Close()
		return nil, fmt.Errorf("open the original network: %w", err)
	}
	original.preparation, original.made = m.preparation, &prepared{}
	return original, nil
}

// Again opens the model once more, unless its bytes were forgotten: another session of the same network. The
// caller closes it.
func (m *Model) Again() (*Model, error) {
	files := m.files.Load()
	if files == nil {
		return nil, errors.New("open the model again: its bytes were let go")
	}
	return m.preparation.OpenBundle(&Bundle{manifest: m.manifest, files: *files})
}

// someInEachBatch are symbols of fields of which every batch has at least one: atoms, graphs, and slots
// of a padded graph.
var someInEachBatch = []string{"N", "G", "B", "n"}

// neverEmpty says by input tensor which of its dimensions are at least 1 in every batch.
func (m *Manifest) neverEmpty() map[string][]bool {
	out := map[string][]bool{}
	for i := range m.Inputs {
		info, err := graph.Describe(m.Layout, m.Inputs[i].Field)
		if err != nil {
			continue
		}
		for _, symbol := range info.Shape {
			out[m.Inputs[i].Tensor] = append(out[m.Inputs[i].Tensor], slices.Contains(someInEachBatch, symbol))
		}
	}
	return out
}
