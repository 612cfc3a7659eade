package onnx

import (
	"fmt"
	"slices"

	"molserve/onnx/proto"
	"molserve/preprocess/graph"
)

// elementTypes are the numbers of ONNX's TensorProto.DataType for what the tensors of a batch hold.
var elementTypes = map[int64]graph.DType{1: graph.Float32, 7: graph.Int64, 9: graph.Bool, 11: graph.Float64}

// matchFile holds what a file says that its network takes and gives against the manifest, before anything is
// done with the network. Where the file leaves a type or a rank open the session tells it later (matchSignature).
func matchFile(m *Manifest, g *proto.Graph) error {
	var f Faults
	in, allIn := declared(slices.DeleteFunc(slices.Clone(g.Inputs), func(v proto.Value) bool {
		return slices.ContainsFunc(g.Initializers, func(t *proto.Tensor) bool { return t.Name == v.Name }) // a weight that old files list
	}))
	out, allOut := declared(g.Outputs)
	if allIn && allOut {
		f = signatureFaults(m, in, out)
	}
	matchSymbols(m, g, &f)
	return f.err()
}

// declared are tensors as a session would list them; all is false when one is left open, or is of a type or rank
// that no session is opened with.
func declared(values []proto.Value) (infos []TensorInfo, all bool) {
	all = true
	for _, v := range values {
		t := TensorInfo{Name: v.Name, DType: elementTypes[v.DType]}
		for _, d := range v.Dims {
			t.Shape = append(t.Shape, d.Size)
		}
		all = all && t.DType != "" && v.Known && len(t.Shape) > 0
		infos = append(infos, t)
	}
	return infos, all
}

// named is a size of the manifest that the network has a symbol for.
type named struct {
	dim Dim
	at  string // JSON pointer
}

// matchSymbols wants a symbol of the network to stand for one size of the manifest. ONNX Runtime takes what has
// one symbol for equal, and puts the one into the memory of the other: a run of other sizes then fails.
func matchSymbols(m *Manifest, g *proto.Graph, f *Faults) {
	seen := map[string]named{}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		for k, symbol := range symbolsOf(g.Inputs, in.Tensor, len(in.Shape)) {
			here := named{in.Shape[k], fmt.Sprintf("/inputs/%d/shape/%d", i, k)}
			first, ok := seen[symbol]
			switch {
			case symbol == "":
			case !ok:
				seen[symbol] = here
			case first.dim != here.dim:
				f.add(here.at, "is %s, and %s is %s; the network calls both %q: export with a name for each", here.dim, first.at, first.dim, symbol)
			}
		}
	}
	for j := range m.Outputs {
		o := &m.Outputs[j]
		owners := o.owners(m.Layout)
		for k, symbol := range symbolsOf(g.Outputs, o.Tensor, -1) {
			if first, ok := seen[symbol]; ok && k < len(owners) && first.dim.Symbol != owners[k] {
				f.add(fmt.Sprintf("/outputs/%d/per", j), "is %s, and dimension %d of %q is %q in the network, which is %s at %s, not %s", o.Per, k, o.Tensor, symbol, first.dim, first.at, owners[k])
			}
		}
	}
}

// symbolsOf are the symbols of a tensor's dimensions, "" where there is none; nil when there is no such tensor of
// that rank (negative: of any).
func symbolsOf(values []proto.Value, tensor string, rank int) []string {
	i := slices.IndexFunc(values, func(v proto.Value) bool { return v.Name == tensor })
	if i < 0 || rank >= 0 && len(values[i].Dims) != rank {
		return nil
	}
	symbols := make([]string, len(values[i].Dims))
	for k, d := range values[i].Dims {
		symbols[k] = d.Symbol
	}
	return symbols
}

// owners are the manifest's symbols of the dimensions that name the owner of the output's rows.
func (o *Output) owners(l graph.Layout) []string {
	switch {
	case l != graph.Padded && rowsOf[o.Per] != "":
		return []string{rowsOf[o.Per]}
	case l == graph.Padded && o.Per != graph.PerBatch:
		return []string{"B", "n"}[:o.leading(l)]
	}
	return nil
}
