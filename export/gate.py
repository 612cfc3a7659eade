"""What an ONNX file must satisfy before it becomes a model folder; `export.verify` asks the same of a folder."""

import collections
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from chemprop.data.molgraph import MolGraph
from torch import Tensor, nn

from export.features import featurize
from export.recipe import Recipe
from export.runtime import error, open_session, run, survives
from export.to_onnx import OPSET, dims

TOLERANCE = 1e-5  # float32 sums over a molecule lose about two of seven digits
DTYPES = {"float32": onnx.TensorProto.FLOAT, "int64": onnx.TensorProto.INT64, "bool": onnx.TensorProto.BOOL}
# Shapes that depend on data, and kernels of ONNX Runtime that abort the process on empty operands.
FORBIDDEN = {"Einsum", "NonZero", "Loop", "If", "Scan", "Compress", "Unique", "GRU", "LSTM", "RNN"}

SETS: dict[str, list[str]] = {
    "one atom": ["C"],
    "no bonds, several graphs": ["C", "[Na+].[Cl-]", "[He]", "O"],
    "one graph": ["CCC(C)C1NC(=O)C(Cc2ccccc2)NC(=O)CNC(=O)C(CCCCN)NC1=O"],
    "mixed": ["CC(=O)Oc1ccccc1C(=O)O", "C", "[Na+].[Cl-]", "CCO", "C1CCCCC1Br", "O=C(O)c1ccccc1", "N#Cc1ccncc1"],
}


@dataclass(frozen=True)
class Check:
    """One row of the gate's table."""

    name: str
    measured: float | str
    bound: float | str
    holds: bool

    def __str__(self) -> str:
        figure = f"{self.measured:.3g}" if isinstance(self.measured, float) else self.measured
        if not self.holds:
            return f"FAIL  {self.name:<46} {figure}, wanted {self.bound}"
        return f"ok    {self.name:<46} {figure}" + (f" ≤ {self.bound}" if isinstance(self.bound, float) else "")


def within(name: str, measured: float, bound: float = TOLERANCE) -> Check:
    return Check(name, float(measured), bound, measured <= bound)


def equal(name: str, measured: object, expected: object) -> Check:
    return Check(name, str(measured), str(expected), measured == expected)


def report(checks: Sequence[Check]) -> bool:
    """Prints the table on stderr and says whether all hold."""
    for c in checks:
        print(c, file=sys.stderr)
    return all(c.holds for c in checks)


def structure(recipe: Recipe, proto: onnx.ModelProto) -> list[Check]:
    """Opset, names, types, free dimensions, operators, weights inside, no trace of this machine."""
    graph = proto.graph
    ops = collections.Counter(n.op_type for n in graph.node)
    loose = [
        n.op_type
        for n in graph.node
        if n.op_type.startswith("Scatter") and not any(a.name == "reduction" and a.s == b"add" for a in n.attribute)
    ]
    external = [t.name for t in graph.initializer if t.data_location == onnx.TensorProto.EXTERNAL]
    signature = [(v.name, v.type.tensor_type.elem_type, shape(v)) for v in graph.input]
    declared = [(i["tensor"], DTYPES[i["dtype"]], i["shape"]) for i in recipe.inputs]
    raw = proto.SerializeToString()
    folders = [str(f) for f in (Path.home(), Path.cwd(), Path(sys.prefix)) if len(f.parts) > 1]
    paths = [text for text in (".py", *folders) if text.encode() in raw]
    return [
        equal("opset", {o.domain: o.version for o in proto.opset_import}, {"": OPSET}),
        equal("IR version", proto.ir_version, 10),
        equal("inputs: names, types, shapes", signature, declared),
        equal("outputs", [(v.name, shape(v)) for v in graph.output], [("y", [recipe.graphs, 1])]),
        equal("operators with data-dependent shapes", sorted(FORBIDDEN & set(ops)), []),
        equal("scatters without add", loose, []),
        equal("ScatterElements", ops["ScatterElements"], 0),
        equal("external data", external, []),
        equal("local functions", len(proto.functions), 0),
        equal("paths in the file", paths, []),
        Check("operators", ", ".join(f"{k} {v}" for k, v in sorted(ops.items())), "-", True),
    ]


def shape(value: onnx.ValueInfoProto) -> list[int | str]:
    return [d.dim_param or d.dim_value for d in dims(value)]


def weights(proto: onnx.ModelProto, state: dict[str, np.ndarray]) -> Check:
    """Every parameter stands in the file with the same bits, as it is or transposed."""
    held = [onnx.numpy_helper.to_array(t) for t in proto.graph.initializer]
    lost = [k for k, w in state.items() if not any(np.array_equal(h, v) for h in held for v in (w, w.T))]
    return equal("weights of the file = state_dict, to the bit", lost, [])


def parity(recipe: Recipe, raw: bytes, model: nn.Module) -> list[Check]:
    """ONNX Runtime against float64 torch, on sizes unlike the traced ones."""
    session = open_session(raw)
    exact = model.double().eval()
    checks = []
    for name, smiles in SETS.items():
        tensors = recipe.collate([featurize(s) for s in smiles])
        worst = error(run(session, tensors), reference(exact, tensors))
        checks.append(within(f"against float64 torch: {name}", worst))
    return checks


def laws(recipe: Recipe, raw: bytes) -> list[Check]:
    """What must hold whatever the weights: no bonds, batch mates, order, padding."""
    session = open_session(raw)
    lone = recipe.collate([featurize("C")])
    checks = [equal("no edges, in a child process: exit code", survives(raw, lone), 0)]
    batch = [featurize(s) for s in (*SETS["mixed"], *SETS["one graph"])]
    y = run(session, recipe.collate(batch))
    singles = np.concatenate([run(session, recipe.collate([g])) for g in batch])
    checks.append(within("batch of k against k singles", error(y, singles)))
    backwards = run(session, recipe.collate(batch[::-1]))[::-1]
    checks.append(within("order of the batch", error(backwards, y)))
    moved = run(session, recipe.collate([permute(g) for g in batch]))
    checks.append(within("permuted atoms and bonds", error(moved, y)))
    return checks + (padding if recipe.layout == "padded" else ghost)(recipe, session, batch)


def padding(recipe: Recipe, session: onnxruntime.InferenceSession, batch: Sequence[MolGraph]) -> list[Check]:
    """How far a batch is padded does not matter, nor what the padding holds."""
    narrow = run(session, recipe.collate(batch))
    tensors = recipe.collate(batch, 61)
    wide = run(session, tensors)
    atom = tensors["atom_mask"].unsqueeze(2)  # [B,n,1]
    pair = atom & tensors["atom_mask"].unsqueeze(1)  # [B,n,n]
    checks = [within("padded to 61 atoms", error(wide, narrow))]
    for filler in (float("nan"), float("inf"), -1e30):
        dirty = tensors | {
            "x": torch.where(atom, tensors["x"], filler),
            "adjacency": torch.where(pair, tensors["adjacency"], filler),
        }
        checks.append(equal(f"padding of {filler}: same bits", np.array_equal(run(session, dirty), wide), True))
    return checks


def ghost(recipe: Recipe, session: onnxruntime.InferenceSession, batch: Sequence[MolGraph]) -> list[Check]:
    """A packed batch is padded by one more graph (two atoms, a bond both ways); what it holds does not matter."""
    clean = featurize("CC")
    dirty = MolGraph(clean.V * np.float32("nan"), clean.E * np.nan, clean.edge_index, clean.rev_edge_index)
    beside = run(session, recipe.collate([*batch, clean]))[:-1]
    same = np.array_equal(run(session, recipe.collate([*batch, dirty]))[:-1], beside)
    return [
        within("beside a ghost graph", error(beside, run(session, recipe.collate(batch)))),
        equal("ghost graph of nan: same bits", same, True),
    ]


def permute(g: MolGraph) -> MolGraph:
    """The same molecule with its atoms and its directed bonds in another order."""
    rng = np.random.default_rng(len(g.V))
    atoms, edges = rng.permutation(len(g.V)), rng.permutation(len(g.E))
    place_atom, place_edge = np.argsort(atoms), np.argsort(edges)
    ends = place_atom[g.edge_index.reshape(2, -1)[:, edges].astype(int)]
    return MolGraph(g.V[atoms], g.E[edges], ends, place_edge[g.rev_edge_index[edges].astype(int)])


def reference(model: nn.Module, tensors: dict[str, Tensor]) -> np.ndarray:
    """y [G,1] in float64: the model's weights and the float32 features cast up."""
    cast = [t.double() if t.is_floating_point() else t for t in tensors.values()]
    with torch.no_grad():
        return model(*cast).numpy()
