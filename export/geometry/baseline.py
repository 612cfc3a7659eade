"""The linear model that the network must beat: ridge on the invariants that Go's own tensors hold."""

from collections.abc import Sequence

import numpy as np

from export.geometry.data import ELEMENTS, Labels, Structure
from export.geometry.features import BESSEL, equivariant

PENALTIES = 10.0 ** np.arange(-8, 3)


def invariants(structures: Sequence[Structure]) -> np.ndarray:
    """Atoms of each element; of each pair of elements Σ over edges of radial_basis × envelope: [M, 3 + 48]."""
    rows = []
    kinds = len(ELEMENTS)
    for k in range(0, len(structures), 100):
        t = {name: v.numpy() for name, v in equivariant(structures[k : k + 100]).items()}
        graphs, (src, dst) = len(t["graph_ones"]), t["edge_index"]
        a, b = np.sort(np.stack([t["species"][src], t["species"][dst]]), axis=0)
        sums = np.zeros((graphs, kinds, kinds, BESSEL))
        np.add.at(sums, (t["batch"][dst], a, b), t["radial_basis"].astype(float) * t["cutoff_envelope"][:, None])
        counts = np.zeros((graphs, kinds))
        np.add.at(counts, (t["batch"], t["species"]), 1.0)
        rows.append(np.concatenate([counts, sums[:, *np.triu_indices(kinds)].reshape(graphs, -1)], axis=1))
    return np.concatenate(rows)


def ridge(parts: dict[str, Labels]) -> np.ndarray:
    """Mean absolute errors on the test part, [2] eV; the penalty of each label is the one validation likes best."""
    x = {k: invariants(p.structures) for k, p in parts.items()}
    centre, spread = x["train"].mean(0), x["train"].std(0)
    x = {k: (v - centre) / np.where(spread > 1e-9, spread, 1) for k, v in x.items()}
    errors = []
    for column in range(parts["train"].values.shape[1]):
        y = {k: p.values[:, column] for k, p in parts.items()}
        shift = y["train"].mean()

        def solve(penalty: float, y: dict[str, np.ndarray] = y, shift: float = shift) -> np.ndarray:
            gram = x["train"].T @ x["train"] + penalty * len(x["train"]) * np.eye(x["train"].shape[1])
            return np.linalg.solve(gram, x["train"].T @ (y["train"] - shift))

        def off(w: np.ndarray, name: str, y: dict[str, np.ndarray] = y, shift: float = shift) -> float:
            return float(np.abs(x[name] @ w + shift - y[name]).mean())

        best = min((solve(p) for p in PENALTIES), key=lambda w: off(w, "validation"))
        errors.append(off(best, "test"))
    return np.array(errors)
