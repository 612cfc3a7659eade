"""golden.json: SMILES, the exact tensors made of them, what the network answers, and the value in units."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from export.data import Dataset
from export.features import featurize
from export.gate import reference
from export.recipe import Recipe
from export.train import Fitted

CASES: dict[str, list[str]] = {
    "a single atom": ["C"],
    "two atoms": ["CO"],
    "isolated ions: two fragments and no bond": ["[Na+].[Cl-]"],
    "mixed sizes": ["Oc1ccccc1", "C", "CCO", "CC(C)(C)c1cc(O)cc(C(C)(C)C)c1"],
    "charges, a salt, a zwitterion, a nitro group": [
        "[Na+].[O-]C(=O)c1ccccc1",
        "[NH3+]CC(=O)[O-]",
        "O=[N+]([O-])c1ccc(Cl)cc1",
    ],
    "stereo: centres of both hands, double bonds E and Z": [
        "C[C@H](N)C(=O)O",
        "C[C@@H](N)C(=O)O",
        "C/C=C/C(=O)O",
        "C/C=C\\C(=O)O",
    ],
    "hetero-aromatics and fused rings": [
        "c1ccc2[nH]ccc2c1",
        "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
        "c1ccc2c(c1)ccc1ccccc12",
        "c1ccsc1",
    ],
    "sulfur, phosphorus, halogens, silicon, triple bonds": [
        "CS(=O)(=O)Nc1ccc(N)cc1",
        "CCOP(=S)(OCC)Oc1nc(Cl)c(Cl)cc1Cl",
        "FC(F)(F)C(Cl)Br",
        "CI",
        "C[Si](C)(C)C",
        "CC#N",
    ],
    "the same molecule twice, and spelt from its other end": ["CCCCO", "C", "CCCCO", "OCCCC"],
    "a large one": [
        "C[C@]12CC[C@H](O)C[C@H]1CC[C@@H]1[C@@H]2C[C@@H](O)[C@]2(C)[C@@H](C3=CC(=O)OC3)CC[C@]12O",
        "OCC3OC(OCC2OC(OC(C#N)c1ccccc1)C(O)C(O)C2O)C(O)C(O)C3O",
    ],
}
PROBES = 560
LIBRARIES = ("rdkit", "chemprop", "torch", "torch-geometric", "numpy", "onnx", "onnxscript", "onnxruntime")


def golden(recipe: Recipe, fitted: Fitted, dataset: Dataset) -> dict[str, Any]:
    """The document of docs: cases with answers, and probes without."""
    distinct = dataset.distinct()
    batch = distinct[:: len(distinct) // 12][:12]
    cases = [case(recipe, fitted, smiles) for smiles in (*CASES.values(), batch)]
    versions = {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}
    probes = distinct[:: len(distinct) // PROBES][:PROBES]
    return {"golden": 1, "versions": versions, "cases": cases, "probe": [{"smiles": s} for s in probes]}


def case(recipe: Recipe, fitted: Fitted, smiles: Sequence[str]) -> dict[str, Any]:
    """One batch. outputs: float64 torch on the float32 tensors; values: the library itself, in units."""
    graphs = [featurize(s) for s in smiles]
    tensors = recipe.collate(graphs)
    exact = fitted.model.double().eval()
    y = reference(exact, tensors)
    values = recipe.library_values(exact, graphs, fitted.scale, fitted.shift).numpy()
    if not np.allclose(values, y[:, 0] * fitted.scale + fitted.shift, rtol=0, atol=1e-6):
        raise ValueError(f"{recipe.library} answers {values} for {smiles}, the exported network {y[:, 0]}")
    return {
        "records": [{"smiles": s} for s in smiles],
        "tensors": {name: tensor(t.numpy()) for name, t in tensors.items()},
        "outputs": {"y": tensor(y)},
        "values": [float(v) for v in values],
    }


def tensor(a: np.ndarray) -> dict[str, Any]:
    """Row-major; floats as the shortest decimals that read back as the same number, whole ones as integers."""
    return {"dtype": str(a.dtype), "shape": list(a.shape), "data": [plain(v) for v in a.ravel()]}


def plain(v: np.generic) -> int | float | bool:
    """A number whose JSON is short: 0.12011 for float32 0.12011, whose float64 repr has 17 digits."""
    if v.dtype.kind != "f":
        return v.item()
    if v == int(v) and not (v == 0 and np.signbit(v)):
        return int(v)
    short = float(str(v))
    if v.dtype.type(short) != v:
        raise ValueError(f"{v!r} does not survive its own decimals")
    return short
