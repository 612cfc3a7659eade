package onnx

import (
	"molserve/preprocess/geometry"
	"molserve/preprocess/graph"
)

// Manifest is exported_models/<name>/<version>/manifest.json (docs/manifest.schema.json).
// In its tags omitempty marks a key that may be absent, null:"yes" a value that may be null, preset is the value of
// an absent number that is not 0, and zero:"no" marks a number whose 0 stands for an absent key.
type Manifest struct {
	Manifest     int             `json:"manifest"` // version of this format: 1
	Name         string          `json:"name"`
	Version      string          `json:"version"` // a positive integer
	Description  string          `json:"description"`
	Architecture *Architecture   `json:"architecture" null:"yes"` // null: nobody wrote a reference for it
	Task         Task            `json:"task"`
	Accepts      []string        `json:"accepts"` // keys of a request: smiles, sdf, xyz, atoms, graph
	Symmetry     Symmetry        `json:"symmetry"`
	Chemistry    Chemistry       `json:"chemistry"`
	Graph        GraphSpec       `json:"graph"`
	Layout       graph.Layout    `json:"layout"`
	Inputs       []Input         `json:"inputs"`
	Outputs      []Output        `json:"outputs"`
	Batch        *BatchLimits    `json:"batch,omitempty"`     // of one run; absent: measured when the model is loaded
	Operators    []string        `json:"operators,omitempty"` // of the network beyond the usual: If, Loop, Scan, random ones
	Tolerance    Tolerance       `json:"tolerance"`
	Files        map[string]File `json:"files"`
	Lineage      Lineage         `json:"lineage"`
}

// Architecture names a file of reference/ and its constants.
type Architecture struct {
	Name            string         `json:"name"`
	Hyperparameters map[string]any `json:"hyperparameters"`
}

// Task says what is predicted.
type Task struct {
	Level string `json:"level"` // graph, node, edge, pair, forces, embedding
	Kind  string `json:"kind"`  // regression, classification
}

// Symmetry is what the gate proves.
type Symmetry struct {
	Group string `json:"group"` // E(3), SE(3), permutation
}

// Chemistry says how molecules are perceived and which are taken.
type Chemistry struct {
	Perception string   `json:"perception"`          // rdkit-2026.03.6
	Hydrogens  string   `json:"hydrogens"`           // implicit, keep, explicit
	Stereo     string   `json:"stereo"`              // legacy
	Elements   []string `json:"elements" null:"yes"` // symbols; null: all
	MaxAtoms   int      `json:"max_atoms"`
}

// GraphSpec says how edges are drawn.
type GraphSpec struct {
	Edges     string   `json:"edges"`            // bonds, radius, complete, knn
	Cutoff    *float64 `json:"cutoff,omitempty"` // of radius: Å
	K         *int     `json:"k,omitempty"`      // of knn: senders of each atom
	SelfLoops bool     `json:"self_loops"`       // an edge i → i for each node, behind the others

	// What the features of self-loops are; by default zeros.
	LoopFeatures string    `json:"loop_features,omitempty"` // zeros, ones, mean
	LoopRow      []float64 `json:"loop_row,omitempty"`      // [D], in place of a rule
}

// Input binds one tensor of the ONNX graph to a field of the batch.
type Input struct {
	Tensor        string             `json:"tensor"`
	Field         string             `json:"field"`
	Featurizer    string             `json:"featurizer,omitempty"`
	Order         string             `json:"order,omitempty"`         // such as src_dst
	Normalisation string             `json:"normalisation,omitempty"` // such as gcn_sym
	SelfLoops     bool               `json:"self_loops,omitempty"`
	Sign          string             `json:"sign,omitempty"`     // of directions: src_minus_dst (default), dst_minus_src
	Basis         *geometry.Basis    `json:"basis,omitempty"`    // of radial_basis
	Envelope      *geometry.Envelope `json:"envelope,omitempty"` // of cutoff_envelope
	LMax          *int               `json:"lmax,omitempty"`     // of spherical_harmonics
	Size          *int               `json:"size,omitempty"`     // of encodings: columns
	From          []Source           `json:"from,omitempty"`     // of auxiliary: whose answers its numbers are when none are sent
	DType         graph.DType        `json:"dtype"`
	Shape         []Dim              `json:"shape"`
}

// Source is an output per graph of another model, in units.
type Source struct {
	Model   string `json:"model"`
	Version string `json:"version"` // a positive integer: numbers of another version would be others
	Output  string `json:"output"`
}

// Output names a column of an output tensor and what it means.
type Output struct {
	Tensor    string     `json:"tensor"`
	Column    *int       `json:"column,omitempty"` // of a tensor [·,columns]; absent: the whole row
	Name      string     `json:"name"`
	Unit      string     `json:"unit"`
	Per       string     `json:"per"`                 // graph, atom, edge, pair, batch
	Symmetry  string     `json:"symmetry"`            // invariant, pseudoscalar, vector, or irreps such as 1x0e+1x1o
	Role      string     `json:"role"`                // value, embedding, variance, logit, probability, edge_force, …
	Of        string     `json:"of,omitempty"`        // of edge_force: the name of its energy
	Extensive bool       `json:"extensive,omitempty"` // two far fragments add up
	Transform *Transform `json:"transform,omitempty"`
}

// Transform takes the network's numbers y to units, in float64, by its keys in the order in which the manifest
// writes them; one that was not read from text has the order of these fields.
type Transform struct {
	Scale        float64            `json:"scale,omitempty" preset:"1"` // × scale
	Shift        float64            `json:"shift,omitempty"`            // + shift
	Sigmoid      bool               `json:"sigmoid,omitempty"`          // 1 / (1 + exp(−y))
	Softmax      bool               `json:"softmax,omitempty"`          // exp(y) ÷ Σ exp(y) over the row
	AtomEnergies map[string]float64 `json:"atom_energies,omitempty"`    // + e(Z) of each atom that the value is of, by element, in the unit that y has then

	order []step // all steps, those that the text has first; nil: that of the fields
}

// Tolerance bounds |a − b| / max(1, |b|) on tensors as ONNX Runtime returns them, before transform.
type Tolerance struct {
	Golden    float64 `json:"golden"`
	Reference float64 `json:"reference"`
	Symmetry  float64 `json:"symmetry"`
}

// File is the fingerprint of a file of the folder.
type File struct {
	SHA256 string `json:"sha256"` // 64 lower-case hex digits
	Bytes  int64  `json:"bytes"`
}

// Lineage says where a model comes from. Its inner objects are free for people to read.
type Lineage struct {
	Data      string         `json:"data"`
	Split     string         `json:"split"`
	Metrics   map[string]any `json:"metrics"`
	Published map[string]any `json:"published" null:"yes"`
	Baseline  map[string]any `json:"baseline" null:"yes"`
	BaseModel *string        `json:"base_model" null:"yes"`
	Frozen    []string       `json:"frozen"`
}

// FileNames lists the files, sorted.
func (m *Manifest) FileNames() []string { return sortedKeys(m.Files) }
