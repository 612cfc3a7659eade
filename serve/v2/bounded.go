package v2

import (
	"google.golang.org/protobuf/encoding/protowire"

	"molserve/serve/jsonread"
)

// Fields of ModelInferRequest that repeat messages, and the one of each that is a map.
const (
	parametersField = 4
	inputsField     = 5
	outputsField    = 6
	rawField        = 7
)

// most is how many of a field a message may have.
var most = map[protowire.Number]int{parametersField: jsonread.MaxKeys, inputsField: maxInputs, outputsField: maxOutputs, rawField: maxInputs}

// maps are the parameters of an input and of an output.
var maps = map[protowire.Number]protowire.Number{inputsField: 4, outputsField: 2}

// Bounded refuses the bytes of a ModelInferRequest that have more inputs, outputs or parameters than a request may
// have. In memory an empty one takes fifty times its bytes, so that this is asked before they are read. What is no
// message is left to who reads it.
func Bounded(message []byte) error {
	seen := map[protowire.Number]int{}
	return eachField(message, func(n protowire.Number, value []byte) error {
		if bound, ok := most[n]; ok {
			if seen[n]++; seen[n] > bound {
				return fault("more than %d of field %d of ModelInferRequest: inputs, outputs or parameters", bound, n)
			}
		}
		if _, ok := maps[n]; !ok {
			return nil
		}
		keys := 0
		return eachField(value, func(inner protowire.Number, _ []byte) error {
			if inner != maps[n] {
				return nil
			}
			if keys++; keys > jsonread.MaxKeys {
				return fault("more than %d parameters of an input or output", jsonread.MaxKeys)
			}
			return nil
		})
	})
}

// eachField calls do with the fields of a message that hold bytes, up to where it is none any more.
func eachField(message []byte, do func(protowire.Number, []byte) error) error {
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return nil
		}
		message = message[size:]
		if kind == protowire.BytesType {
			value, size := protowire.ConsumeBytes(message)
			if size < 0 {
				return nil
			}
			if err := do(n, value); err != nil {
				return err
			}
		}
		if size = protowire.ConsumeFieldValue(n, kind, message); size < 0 {
			return nil
		}
		message = message[size:]
	}
	return nil
}
