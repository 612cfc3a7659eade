"""Edges within a cutoff, every periodic image included, by brute force in float64."""

import itertools
from dataclasses import dataclass

import numpy as np

from export.geometry.data import Structure


@dataclass(frozen=True)
class Edges:
    """Directed, both ways, sorted by receiver, sender, shift; vector = r(src) + shift · cell − r(dst)."""

    src: np.ndarray  # [E] int64
    dst: np.ndarray  # [E] int64
    shift: np.ndarray  # [E,3] int64
    vectors: np.ndarray  # [E,3] Å, float64


def radius_graph(s: Structure, cutoff: float) -> Edges:
    """Pairs at a distance below cutoff (strict); an atom and itself only through a shift."""
    shifts = np.array(list(itertools.product(*(range(-k, k + 1) for k in _images(s, cutoff)))))  # [S,3]
    cell = np.zeros((3, 3)) if s.cell is None else s.cell
    moved = s.positions[:, None, :] + shifts @ cell  # [n,S,3], senders
    vectors = moved[None] - s.positions[:, None, None, :]  # [dst,src,S,3]
    near = (vectors**2).sum(-1) < cutoff**2
    itself = np.eye(len(s.positions), dtype=bool)[:, :, None] & (shifts == 0).all(1)
    dst, src, k = np.nonzero(near & ~itself)  # row-major: sorted by dst, src, shift
    return Edges(src, dst, shifts[k], vectors[dst, src, k])


def _images(s: Structure, cutoff: float) -> list[int]:
    """Cells to look at on each side: the cutoff over the distance of lattice planes, and the spread of atoms."""
    if s.cell is None or not any(s.pbc):
        return [0, 0, 0]
    heights = 1 / np.linalg.norm(np.linalg.inv(s.cell), axis=0)  # [3] Å
    spread = np.ptp(s.positions @ np.linalg.inv(s.cell), axis=0)  # [3] cells
    return [int(np.ceil(cutoff / h + w)) if p else 0 for h, w, p in zip(heights, spread, s.pbc, strict=True)]
