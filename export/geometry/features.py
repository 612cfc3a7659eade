"""Structures to the packed tensors of each model: geometry in float64, rounded to the model's precision once."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from export.geometry.data import Structure, species
from export.geometry.neighbours import radius_graph

CUTOFF = 5.0  # Å
BESSEL = 8
ENVELOPE_P = 6
LMAX = 2


def edge_vectors(structures: Sequence[Structure], dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Contract A: species, edge_index, edge_vectors, batch, graph_ones, in this order."""
    p, vectors = pack(structures)
    return {
        "species": p["species"],
        "edge_index": p["edge_index"],
        "edge_vectors": torch.from_numpy(vectors).to(dtype),
        "batch": p["batch"],
        "graph_ones": p["graph_ones"].to(dtype),
    }


def equivariant(structures: Sequence[Structure], dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """Contract B: species, edge_index, radial_basis, cutoff_envelope, spherical_harmonics, batch, graph_ones."""
    p, v = pack(structures)
    d = np.sqrt((v * v).sum(1))  # [E] Å
    return {
        "species": p["species"],
        "edge_index": p["edge_index"],
        "radial_basis": torch.from_numpy(bessel(d)).to(dtype),
        "cutoff_envelope": torch.from_numpy(envelope(d)).to(dtype),
        "spherical_harmonics": torch.from_numpy(harmonics(v / d[:, None])).to(dtype),
        "batch": p["batch"],
        "graph_ones": p["graph_ones"].to(dtype),
    }


def pack(structures: Sequence[Structure]) -> tuple[dict[str, Tensor], np.ndarray]:
    """The disjoint union of radius graphs, and its edge vectors [E,3] in Å, float64."""
    graphs = [radius_graph(s, CUTOFF) for s in structures]
    sizes = [len(s.numbers) for s in structures]
    offsets = np.cumsum([0, *sizes[:-1]])
    index = [np.stack([g.src, g.dst]) + o for g, o in zip(graphs, offsets, strict=True)]
    tensors = {
        "species": torch.from_numpy(np.concatenate([species(s) for s in structures])),
        "edge_index": torch.from_numpy(np.concatenate(index, axis=1)),
        "batch": torch.from_numpy(np.repeat(np.arange(len(sizes)), sizes)),
        "graph_ones": torch.ones(len(sizes)),
    }
    return tensors, np.concatenate([g.vectors for g in graphs])


def bessel(d: np.ndarray) -> np.ndarray:
    """√(2/rc) sin(kπd/rc)/d for k = 1 … 8: [E,8]."""
    k = np.arange(1, BESSEL + 1)
    return math.sqrt(2 / CUTOFF) * np.sin(k * math.pi * d[:, None] / CUTOFF) / d[:, None]


def envelope(d: np.ndarray) -> np.ndarray:
    """Polynomial cutoff, p = 6: [E]."""
    x, p = d / CUTOFF, ENVELOPE_P
    value = 1 - (p + 1) * (p + 2) / 2 * x**p + p * (p + 2) * x ** (p + 1) - p * (p + 1) / 2 * x ** (p + 2)
    return np.where(x < 1, value, 0.0)


def harmonics(unit: np.ndarray) -> np.ndarray:
    """Real spherical harmonics to l = 2 in e3nn's order, component normalisation (|Y_l|² = 2l + 1): [E,9]."""
    x, y, z = unit.T
    r3, r5, r15 = math.sqrt(3), math.sqrt(5), math.sqrt(15)
    first = [np.ones_like(x), r3 * x, r3 * y, r3 * z]
    second = [r15 * x * z, r15 * x * y, r5 * (y * y - (x * x + z * z) / 2), r15 * y * z, r15 / 2 * (z * z - x * x)]
    return np.stack(first + second, axis=1)
