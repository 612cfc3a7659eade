package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"molserve/onnx/rewrite"
	"molserve/onnx/scan"
	"molserve/preprocess/graph"
)

// Preparation is what is done to the bytes of an ONNX file before ONNX Runtime gets them. The zero value
// scans and rewrites.
type Preparation struct {
	KeepNetwork bool // scanned, but not rewritten
}

// Rewriting says how a network differs from its file.
type Rewriting struct {
	SHA256  string           `json:"sha256"` // of the bytes that run, 64 hexadecimal digits
	Changes []rewrite.Change `json:"changes"`
}

// network scans the bytes of an ONNX file and returns those that ONNX Runtime gets; rewriting is nil where
// they are the same. Its error has everything that is wrong with the file.
func (p Preparation) network(m *Manifest, data []byte) ([]byte, *Rewriting, error) {
	model, err := scan.Scan(data, scan.Options{Operators: m.Operators, NeverEmpty: m.neverEmpty(), Einsum: !p.KeepNetwork})
	if model == nil || p.KeepNetwork {
		return data, nil, err
	}
	result, more := rewrite.Network(model)
	if err := errors.Join(err, more); err != nil {
		return nil, nil, err
	}
	if result.Bytes == nil {
		return data, nil, nil
	}
	sum := sha256.Sum256(result.Bytes)
	return result.Bytes, &Rewriting{SHA256: hex.EncodeToString(sum[:]), Changes: result.Changes}, nil
}

// Rewritten says how the network that runs differs from model.onnx, or returns nil. It must not be
// changed.
func (m *Model) Rewritten() *Rewriting { return m.rewritten }

// Original opens model.onnx as it is, unless it was forgotten. The caller closes it. Only operands that
// have elements should be run: it may hold what was rewritten because ONNX Runtime dies of empty ones.
func (m *Model) Original() (*Model, error) {
	data := m.File(modelFile)
	if data == nil {
		return nil, errors.New("open the original network: its bytes were let go")
	}
	session, err := NewSession(data)
	if err != nil {
		return nil, fmt.Errorf("open the original network: %w", err)
	}
	original, err := newModel(m.manifest, session)
	if err != nil {
		session.Close()
		return nil, fmt.Errorf("open the original network: %w", err)
	}
	return original, nil
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
