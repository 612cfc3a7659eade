package onnx

import (
	"slices"
	"sync"
	"sync/atomic"

	"molserve/preprocess"
	"molserve/preprocess/graph"
)

// Model is an opened model folder. It is safe for concurrent use.
type Model struct {
	manifest *Manifest
	spec     preprocess.Spec
	session  Session
	order    []int                             // session input j is input order[j] of the manifest
	outputs  []string                          // tensor names of the session
	fields   []graph.Field                     // of the manifest's inputs
	served   []Output                          // manifest.Served()
	readers  []reader                          // of served
	files    atomic.Pointer[map[string][]byte] // nil after Forget
	batch    BatchLimits
	beside   int // graphs; 0: not measured
	network  *network
	made     *prepared // without its bytes
	pool     sync.Pool // *[]graph.Tensor: the inputs of one run

	preparation Preparation // how the session was made
}

// Open opens a model folder: ReadBundle, then its Open. Start must have been called.
func Open(dir string) (*Model, error) { return Preparation{}.Open(dir) }

// Open is the Open of the package with another preparation.
func (p Preparation) Open(dir string) (*Model, error) {
	b, err := ReadBundle(dir)
	if err != nil {
		return nil, err
	}
	return p.OpenBundle(b)
}

// newModel joins a manifest and a session that fits it.
func newModel(manifest *Manifest, session Session) (*Model, error) {
	in, out := session.Signature()
	if err := matchSignature(manifest, in, out); err != nil {
		return nil, err
	}
	m := &Model{manifest: manifest, made: &prepared{}, batch: DefaultBatch(), spec: manifest.Spec(), session: session, outputs: names(out), served: manifest.Served(), readers: manifest.readers()}
	for i := range manifest.Inputs {
		m.fields = append(m.fields, manifest.Field(i))
	}
	for _, t := range in {
		m.order = append(m.order, slices.IndexFunc(manifest.Inputs, func(i Input) bool { return i.Tensor == t.Name }))
	}
	if manifest.Batch != nil {
		m.batch = *manifest.Batch
	}
	if manifest.Alone() {
		m.batch.Graphs = 1
	}
	m.network = newNetwork(m)
	m.pool.New = func() any { s := make([]graph.Tensor, len(manifest.Inputs)); return &s }
	return m, nil
}

// Manifest returns what the model says of itself. It must not be changed.
func (m *Model) Manifest() *Manifest { return m.manifest }

// Spec returns how the model's graphs are built. It must not be changed.
func (m *Model) Spec() *preprocess.Spec { return &m.spec }

// Outputs lists what a prediction has, in the order of a row's values. It must not be changed.
func (m *Model) Outputs() []Output { return m.served }

// File returns the bytes of a file that the manifest lists, as they were hashed, or nil after Forget.
// They must not be changed.
func (m *Model) File(name string) []byte {
	files := m.files.Load()
	if files == nil {
		return nil
	}
	return (*files)[name]
}

// Forget lets go of the files' bytes, which only the proof needs.
func (m *Model) Forget() { m.files.Store(nil) }

// Close waits for the runs under way and frees the session. It may be called again.
func (m *Model) Close() error {
	m.Forget()
	return m.session.Close()
}
