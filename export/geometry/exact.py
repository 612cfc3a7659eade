"""A trained network in float64: on golden tensors, and on structures by another way than the exported graph's.

Energies and forces: autograd on positions, so that neither the sign of edge vectors nor the scatter is taken on trust.
Properties: harmonics by e3nn.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from e3nn import o3
from torch import nn

from export.geometry import features
from export.geometry.data import Structure
from export.geometry.neighbours import radius_graph
from export.geometry.recipe import Recipe, in_units
from export.geometry.train import forces_of

Values = dict[str, np.ndarray]  # of one structure, by name, in units


def outputs(recipe: Recipe, exact: nn.Module, tensors: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """What the ONNX file should answer: float64 torch on these tensors, before transform."""
    wide = [torch.as_tensor(np.asarray(t)) for t in tensors.values()]
    answers = recipe.answer(exact, *(t.double() if t.is_floating_point() else t for t in wide))
    return {o["tensor"]: a.detach().numpy() for o, a in zip(recipe.outputs, answers, strict=True)}


def values(recipe: Recipe, exact: nn.Module, transforms: dict[str, Any], s: Structure) -> Values:
    """What a caller should get for one structure."""
    raw = potential(exact, s) if "edge_vectors" in {i["tensor"] for i in recipe.inputs} else properties(exact, s)
    for o in recipe.outputs:
        if o["tensor"] in transforms:
            raw[o["tensor"]] = in_units(transforms[o["tensor"]], raw[o["tensor"]], [s], o["per"])
    names = {o["tensor"]: o["name"] for o in recipe.outputs}
    per_graph = {o["tensor"] for o in recipe.outputs if o["per"] == "graph"}
    return {names.get(k, k): v[0] if k in per_graph else v for k, v in raw.items()}


def potential(exact: nn.Module, s: Structure) -> Values:
    """energy [1], node_energy [n], forces [n,3] = −dE/dr, and with a cell virial [3,3] = −dE/dε."""
    g = radius_graph(s, features.CUTOFF)
    src, dst = torch.from_numpy(g.src), torch.from_numpy(g.dst)
    positions = torch.tensor(s.positions, requires_grad=True)
    strain = torch.zeros(3, 3, dtype=torch.float64, requires_grad=True)
    cell = torch.zeros(3, 3, dtype=torch.float64) if s.cell is None else torch.tensor(s.cell)
    vectors = positions[src] - positions[dst] + torch.from_numpy(g.shift).double() @ cell
    vectors = vectors + vectors @ strain
    t = features.edge_vectors([s], torch.float64)
    energy, each = exact(t["species"], t["edge_index"], vectors, t["batch"], t["graph_ones"])
    slopes = torch.autograd.grad(energy.sum(), [positions, strain], allow_unused=True, materialize_grads=True)
    out = {"energy": energy.detach(), "node_energy": each.detach(), "forces": -slopes[0]}
    if s.cell is not None:
        out["virial"] = -slopes[1]
    return {k: v.numpy() for k, v in out.items()}


def properties(exact: nn.Module, s: Structure) -> Values:
    """energy [1] and gap [1], standardised, and features [n, 9 C]."""
    t = features.equivariant([s], torch.float64)
    vectors = torch.from_numpy(radius_graph(s, features.CUTOFF).vectors)
    ls = list(range(features.LMAX + 1))
    with double():
        t["spherical_harmonics"] = o3.spherical_harmonics(ls, vectors, normalize=True, normalization="component")
    with torch.no_grad():
        energy, gap, rows = exact(*t.values())
    return {"energy": energy.numpy(), "gap": gap.numpy(), "features": rows.numpy()}


def scattered(gradient: np.ndarray, tensors: Mapping[str, Any], n: int) -> np.ndarray:
    """Forces [N,3] as Go makes them of the network's edge gradient."""
    return forces_of(torch.as_tensor(gradient), torch.as_tensor(np.asarray(tensors["edge_index"])), n).numpy()


def moved(s: Structure, rotation: np.ndarray, shift: np.ndarray) -> Structure:
    """s turned (rows r → r Rᵀ) and translated; its cell turns with it."""
    cell = None if s.cell is None else s.cell @ rotation.T
    return dataclasses.replace(s, positions=s.positions @ rotation.T + shift, cell=cell)


def rotations(count: int, reflect: bool) -> Sequence[np.ndarray]:
    """Random orthogonal matrices of determinant 1 or −1."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return [o3.rand_matrix(dtype=torch.float64).numpy() * (-1 if reflect else 1) for _ in range(count)]


def wigner(irreps: str, rotation: np.ndarray) -> np.ndarray:
    """D of features in e3nn's layout: rows turn as f → f Dᵀ."""
    with double():
        return o3.Irreps(irreps).D_from_matrix(torch.from_numpy(rotation)).numpy()


@contextlib.contextmanager
def double() -> Iterator[None]:
    """e3nn makes constants in torch's default type, whatever its arguments have: D is wrong by 1e-6 in float32."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def central(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-4) -> np.ndarray:
    """∂f/∂x by central differences of fourth order, in the shape of x."""
    out = np.zeros_like(x)
    for k in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[k] = h
        out[k] = (8 * (f(x + step) - f(x - step)) - f(x + 2 * step) + f(x - 2 * step)) / (12 * h)
    return out
