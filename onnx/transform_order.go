package onnx

import (
	"bytes"
	"encoding/json"
	"slices"
)

// step is one key of a transform.
type step uint8

const (
	stepScale step = iota
	stepShift
	stepSigmoid
	stepSoftmax
	stepEnergies
)

// stepKeys are the keys of the steps, in the order of the fields.
var stepKeys = []string{"scale", "shift", "sigmoid", "softmax", "atom_energies"}

var allSteps = []step{stepScale, stepShift, stepSigmoid, stepSoftmax, stepEnergies}

// steps are all steps in the order in which they are applied. Those that the manifest does not have change nothing.
func (t *Transform) steps() []step {
	if t.order == nil {
		return allSteps
	}
	return t.order
}

// ordered notes the order of the keys of a transform's object.
func (t *Transform) ordered(n node) {
	t.order = make([]step, 0, len(allSteps))
	add := func(key string) {
		if i := slices.Index(stepKeys, key); i >= 0 && !slices.Contains(t.order, step(i)) {
			t.order = append(t.order, step(i))
		}
	}
	for _, m := range n.members {
		add(m.key)
	}
	for _, key := range stepKeys {
		add(key)
	}
}

// MarshalJSON writes the steps that change something, in their order.
func (t Transform) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for _, s := range t.steps() {
		value, there := t.valueOf(s)
		if !there {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		lead := byte(',')
		if b.Len() == 0 {
			lead = '{'
		}
		b.WriteByte(lead)
		b.WriteString(`"` + stepKeys[s] + `":`)
		b.Write(text)
	}
	if b.Len() == 0 {
		return []byte("{}"), nil
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// valueOf is the value of a step's key, and whether it differs from that of an absent one. A scale of 0 is that
// of the zero Transform.
func (t *Transform) valueOf(s step) (value any, there bool) {
	switch s {
	case stepScale:
		return t.Scale, t.Scale != 1 && t.Scale != 0
	case stepShift:
		return t.Shift, t.Shift != 0
	case stepSigmoid:
		return t.Sigmoid, t.Sigmoid
	case stepSoftmax:
		return t.Softmax, t.Softmax
	}
	return t.AtomEnergies, t.AtomEnergies != nil
}
