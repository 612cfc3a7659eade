package onnx_test

import (
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/preprocess/geometry"
)

// Of a model that Go gives edge vectors.
var badPotentials = []bad{
	{"no cutoff", `"cutoff": 5.0,`, ``, "/graph/cutoff", `is missing; edges "radius" needs it`},
	{"cutoff", `"cutoff": 5.0,`, `"cutoff": 0,`, "/graph/cutoff", "0 Å is not positive"},
	{"k of radius", `"cutoff": 5.0,`, `"cutoff": 5.0, "k": 3,`, "/graph/k", `is no option of edges "radius"`},
	{"cutoff of knn", `"edges": "radius"`, `"edges": "knn", "k": 3`, "/graph/cutoff", `is no option of edges "knn"`},
	{"no k", `"edges": "radius"`, `"edges": "knn"`, "/graph/k", `is missing; edges "knn" needs it`},
	{"k", `"edges": "radius"`, `"edges": "knn", "k": 0`, "/graph/k", "0 is not positive"},
	{"smiles", `"atoms"`, `"smiles"`, "/accepts/1", `"smiles" has no coordinates; edges "radius" needs them`},
	{"raw graph", `"atoms"`, `"graph"`, "/accepts/1", `"graph" has no coordinates`},
	{"group", `"group": "E(3)"`, `"group": "E(2)"`, "/symmetry/group", `"E(2)" is none of "E(3)", "SE(3)", "permutation"`},
	{"species of all", "\"elements\": [\n   \"H\",\n   \"C\",\n   \"O\"\n  ]", `"elements": null`, "/inputs/0/field", "species are places in /chemistry/elements"},
	{"energies of all", "\"elements\": [\n   \"H\",\n   \"C\",\n   \"O\"\n  ]", `"elements": null`, "/outputs/0/transform/atom_energies", "it is null"},
	{"sign", `"sign": "src_minus_dst"`, `"sign": "dst_minus_dst"`, "/inputs/2/sign", `is none of "src_minus_dst", "dst_minus_src"`},
	{"loops of vectors", `"self_loops": false`, `"self_loops": true`, "/inputs/2/field", "edge_vectors has no value on the self-loops"},
	{"basis of another field", `"sign": "src_minus_dst"`, `"basis": {"kind": "bessel", "n": 8, "cutoff": 5}`, "/inputs/2/basis", "is no option of field edge_vectors"},
	{"envelope of another field", `"sign": "src_minus_dst"`, `"envelope": {"kind": "cosine", "cutoff": 5}`, "/inputs/2/envelope", "is no option"},
	{"lmax of another field", `"sign": "src_minus_dst"`, `"lmax": 2`, "/inputs/2/lmax", "is no option of field edge_vectors"},
	{"width of vectors", "\"E\",\n    3", "\"E\",\n    4", "/inputs/2/shape/1", "is 4, field edge_vectors has 3"},
	{"gradient of nothing", `"field": "edge_vectors"`, `"field": "edge_unit_vectors"`, "/inputs", "0 have field edge_vectors"},
	{"gradient that misses", `"field": "graph_ones"`, `"field": "edge_lengths"`, "/inputs/4/field", "the edge force would miss it"},
	{"energy that is missing", `"atom_energies": {`, `"atom_energies": {}, "x": {`, "/outputs/0/transform/atom_energies/H", "is missing; the model takes this element"},
	{"energy of another element", `"H": -13.6`, `"H": -13.6, "N": 0`, "/outputs/0/transform/atom_energies/N", "the model does not take"},
	{"energy of no element", `"H": -13.6`, `"H": -13.6, "Hx": 0`, "/outputs/0/transform/atom_energies/Hx", "is no element's symbol"},
	{"energy in words", `"H": -13.6`, `"H": "-13.6"`, "/outputs/0/transform/atom_energies/H", "is a string, not a number"},
	{"scale", `"scale": 2.0,`, `"scale": 0,`, "/outputs/0/transform/scale", "is 0"},
	{"sigmoid of an energy", `"scale": 2.0,`, `"scale": 2.0, "sigmoid": true,`, "/outputs/0/transform/sigmoid", "is for invariants that are no energies"},
	{"shift of an extensive energy", `"scale": 2.0,`, `"scale": 2.0, "shift": 1,`, "/outputs/0/transform/shift", "two far fragments"},
	{"extensive atoms", `"per": "atom",`, `"per": "atom", "extensive": true,`, "/outputs/1/extensive", "is for outputs per graph"},
	{"gradient without energy", `"of": "energy"`, `"of": "power"`, "/outputs/2/of", `"power" names no output`},
	{"gradient without of", ",\n   \"of\": \"energy\"", ``, "/outputs/2/of", `"" names no output`},
	{"gradient of itself", `"of": "energy"`, `"of": "gradient"`, "/outputs/2/of", "is not an energy"},
	{"gradient of atoms", `"of": "energy"`, `"of": "atom_energy"`, "/outputs/2/of", "is not an energy"},
	{"of without gradient", `"role": "edge_force"`, `"role": "value"`, "/outputs/2/of", `is for outputs of role "edge_force"`},
	{"gradient per atom", `"per": "edge"`, `"per": "atom"`, "/outputs/2/role", "an edge force is per edge, a vector"},
	{"gradient in another unit", `"unit": "eV/Å"`, `"unit": "kcal/mol/Å"`, "/outputs/2/unit", `the gradient of energy is in "eV/Å"`},
	{"gradient with a scale", `"of": "energy"`, `"of": "energy", "transform": {"scale": 2}`, "/outputs/2/transform", "takes the scale of its energy"},
	{"two gradients", `"role": "embedding"`, `"role": "edge_force"`, "/outputs/3/role", "a second edge force"},
	{"name of the forces", `"name": "features"`, `"name": "forces"`, "/outputs/3/name", "is what is made from the edge force"},
	{"name of the virial", `"name": "features"`, `"name": "virial"`, "/outputs/3/name", "is what is made from the edge force"},
	{"irreps", `1x0e+1x1o`, `1x0e+1x1p`, "/outputs/3/symmetry", "offset"},
	{"symmetry of the virial", `1x0e+1x1o`, `tensor`, "/outputs/3/symmetry", `"tensor" is none of`},
	{"no irreps", `1x0e+1x1o`, ``, "/outputs/3/symmetry", "it is empty"},
	{"irreps of nothing", `1x0e+1x1o`, `0x0e`, "/outputs/3/symmetry", "has no columns"},
	{"column of irreps", `"tensor": "features",`, `"tensor": "features", "column": 0,`, "/outputs/3/symmetry", "does not fit the one number of a column"},
	{"shift of irreps", `"role": "embedding"`, `"role": "embedding", "transform": {"shift": 1}`, "/outputs/3/transform/shift", "cannot be shifted"},
	{"softmax of irreps", `"role": "embedding"`, `"role": "embedding", "transform": {"softmax": true}`, "/outputs/3/transform/softmax", "is for invariants"},
	{"edges of padding", `"layout": "packed"`, `"layout": "padded"`, "/outputs/2/per", "have no place in layout"},
}

// Of a model that Go gives radial functions and harmonics.
var badTensors = []bad{
	{"no basis", `"basis": {`, `"bases": {`, "/inputs/2/basis", "is missing; field radial_basis needs it"},
	{"basis kind", `"kind": "bessel"`, `"kind": "hankel"`, "/inputs/2/basis/kind", `"hankel" is none of`},
	{"basis key", `"kind": "bessel"`, `"kind": "bessel", "m": 1`, "/inputs/2/basis/m", "is an unknown key"},
	{"basis width", `"n": 8`, `"n": 0`, "/inputs/2/basis/n", "0 is not in 1..1024"},
	{"basis prefactor", `"sqrt(2/rc)"`, `"rc"`, "/inputs/2/basis/prefactor", `"rc" of a bessel basis is none of`},
	{"alpha of bessel", `"n": 8`, `"n": 8, "alpha": 1`, "/inputs/2/basis/alpha", "a bessel basis has none"},
	{"basis beyond", "\"n\": 8,\n    \"cutoff\": 5.0", `"n": 8, "cutoff": 6`, "/inputs/2/basis/cutoff", "6 Å reaches beyond the edges, which end at 5 Å"},
	{"shape of basis", "\"E\",\n    8", "\"E\",\n    7", "/inputs/2/shape/1", "is 7, field radial_basis has 8"},
	{"no envelope", `"envelope": {`, `"envelop": {`, "/inputs/3/envelope", "is missing; field cutoff_envelope needs it"},
	{"envelope kind", `"kind": "polynomial"`, `"kind": "linear"`, "/inputs/3/envelope/kind", "is none of"},
	{"p of cosine", `"kind": "polynomial"`, `"kind": "cosine"`, "/inputs/3/envelope/p", "a cosine envelope has none"},
	{"p", `"p": 6`, `"p": 65`, "/inputs/3/envelope/p", "65 is not in 1..64"},
	{"envelope beyond", "\"p\": 6,\n    \"cutoff\": 5.0", `"p": 6, "cutoff": 5.01`, "/inputs/3/envelope/cutoff", "reaches beyond"},
	{"envelope without end", "\"p\": 6,\n    \"cutoff\": 5.0", `"p": 6, "cutoff": 0`, "/inputs/3/envelope/cutoff", "0 Å is not in (0, 1000]"},
	{"no lmax", `"lmax": 2,`, ``, "/inputs/4/lmax", "is missing; field spherical_harmonics needs it"},
	{"lmax", `"lmax": 2`, `"lmax": 7`, "/inputs/4/lmax", "7 is not in 0..6"},
	{"shape of harmonics", `"lmax": 2`, `"lmax": 3`, "/inputs/4/shape/1", "is 9, field spherical_harmonics has 16"},
	{"normalisation", `"component"`, `"components"`, "/inputs/4/normalisation", `"components" is none of "component", "norm", "integral"`},
	{"order of harmonics", `"e3nn"`, `"xyz"`, "/inputs/4/order", `"xyz" is none of "e3nn"`},
	{"order of edges for harmonics", `"e3nn"`, `"src_dst"`, "/inputs/4/order", `"src_dst" is none of "e3nn"`},
}

func TestNearestNeighboursHaveNoReverse(t *testing.T) {
	text := strings.NewReplacer(`"edges": "radius"`, `"edges": "knn"`, `"cutoff": 5.0`, `"k": 3`, `"field": "graph_index"`, `"field": "reverse_edge"`).
		Replace(exampleOf(t, "potential"))
	if _, err := onnx.ReadManifest([]byte(text)); err == nil || !strings.Contains(err.Error(), "/inputs/3/field: reverse_edge needs edges in both directions") {
		t.Errorf("got %v", err)
	}
}

func TestSpecOfAGeometricModel(t *testing.T) {
	m, err := onnx.ReadManifest([]byte(exampleOf(t, "tensors")))
	if err != nil {
		t.Fatal(err)
	}
	s := m.Spec()
	if s.Edges.Kind != preprocess.Radius || s.Edges.Cutoff != 5 || string(s.Elements) != "\x01\x06\x08" || s.Featurizer != "" {
		t.Errorf("spec %+v", s)
	}
	species, radial, envelope, sphere := m.Field(0), m.Field(2), m.Field(3), m.Field(4)
	if string(species.Elements) != "\x01\x06\x08" || *radial.Basis != (geometry.Basis{Kind: geometry.Bessel, N: 8, Cutoff: 5, Prefactor: geometry.PrefactorSqrt}) ||
		*envelope.Envelope != (geometry.Envelope{Kind: geometry.Polynomial, P: 6, Cutoff: 5}) || sphere.LMax != 2 || sphere.Normalisation != "component" {
		t.Errorf("fields %+v %+v %+v %+v", species, radial, envelope, sphere)
	}
}
