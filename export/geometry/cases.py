"""Structures that every model must answer for: lone atoms, mixed sizes, small cells, far fragments."""

from typing import Any

import numpy as np

from export.geometry.data import Structure

PERIODIC = (True, True, True)


def structure(
    numbers: list[int], positions: Any, cell: Any = None, pbc: tuple[bool, bool, bool] = (False, False, False)
) -> Structure:
    """Positions and cell with five decimals, as golden.json writes them."""
    lattice = None if cell is None else np.round(np.array(cell, dtype=np.float64), 5)
    return Structure(
        np.array(numbers, dtype=np.int64), np.round(np.array(positions, dtype=np.float64), 5), lattice, pbc
    )


def short(s: Structure) -> Structure:
    """s with its coordinates to five decimals, without labels."""
    return structure(s.numbers.tolist(), s.positions, s.cell, s.pbc)


def boxed(s: Structure, cell: Any, pbc: tuple[bool, bool, bool] = PERIODIC) -> Structure:
    return structure(s.numbers.tolist(), s.positions, cell, pbc)


def permuted(s: Structure, order: np.ndarray) -> Structure:
    return Structure(s.numbers[order], s.positions[order], s.cell, s.pbc)


def together(a: Structure, b: Structure, apart: list[float]) -> Structure:
    """One record that holds a, and b moved by apart."""
    positions = np.concatenate([a.positions, b.positions + np.array(apart)])
    return structure([*a.numbers.tolist(), *b.numbers.tolist()], positions)


def water() -> Structure:
    return structure([8, 1, 1], [[0, 0, 0.1173], [0, 0.7572, -0.4692], [0, -0.7572, -0.4692]])


def cases(molecules: list[Structure]) -> dict[str, list[Structure]]:
    """Batches from at least six molecules of a test part."""
    a, b, c, d, e, f = (short(m) for m in molecules[:6])
    rng = np.random.default_rng(0)
    shuffled = permuted(b, rng.permutation(len(b.numbers)))
    swapped = structure(a.numbers[::-1].tolist(), a.positions)
    crowd = structure([6, 1, 8, 1], [[0.1, 0.2, 0.3], [1.3, 0.9, -0.2], [2.4, 2.2, 1.9], [3.1, 4.4, 0.7]])
    left = [[0, 5.5, 0], [5.2, 0, 0], [0, 0, 5.9]]
    skew = [[4.1, 0.0, 0.0], [1.3, 3.9, 0.0], [-0.7, 0.9, 5.2]]
    return {
        "a single atom": [structure([8], [[0.3, -0.2, 7.0]])],
        "one molecule": [a],
        "no edges: two lone atoms, and two further apart than the cutoff": [
            structure([6], [[0, 0, 0]]),
            structure([1, 8], [[0, 0, 0], [3, 4, 0.01]]),
        ],
        "mixed sizes": [c, structure([1], [[0, 0, 0]]), structure([1, 1], [[0, 0, 0], [0, 0, 0.74]]), water(), d],
        "permuted atoms, and elements permuted over the same places": [b, shuffled, swapped],
        "periodic: a box with neighbours in other cells": [boxed(e, [[8.5, 0, 0], [0, 8.0, 0], [0.6, -0.4, 9.0]])],
        "periodic: a cell smaller than the cutoff, atoms with their own images": [
            structure([6], [[0.2, 0.1, -0.3]], [[3.1, 0, 0], [0.4, 3.3, 0], [0, 0, 3.6]], PERIODIC),
            boxed(crowd, skew),
        ],
        "mixed boundaries: a wire, a slab, and isolated beside periodic": [
            boxed(crowd, skew, (True, False, False)),
            boxed(water(), [[4.5, 0, 0], [0, 4.8, 0], [0, 0, 20]], (True, True, False)),
            water(),
        ],
        "a left-handed cell, and positions outside of it": [
            structure([8, 1, 1], water().positions + np.array([11.0, -9.0, 23.5]), left, PERIODIC),
        ],
        "two fragments far apart, and each alone": [together(water(), f, [40, 0, 0]), water(), f],
        "pairs just inside and just outside the cutoff": [
            structure([6, 8], [[0, 0, 0], [0, 3, 3.9999]]),
            structure([6, 8], [[0, 0, 0], [0, 3, 4.0]]),
        ],
    }
