"""rMD17 ethanol and the C7H10O2 isomers of QM9, as extended XYZ; eV and Å from here on."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SYMBOLS = {"H": 1, "C": 6, "O": 8}
ELEMENTS = [1, 6, 8]  # `chemistry.elements` of both manifests; `species` is the index into it
KCAL_PER_MOL = 0.0433641153  # eV: 4184 J / (6.02214076e23 × 1.602176634e-19 C), CODATA 2018
HARTREE = 27.211386245988  # eV, CODATA 2018
ATOM_U0 = {1: -0.500273, 6: -37.846772, 8: -75.064579}  # hartree, B3LYP/6-31G(2df,p): QM9's own references

ETHANOL = "rmd17_ethanol.extxyz.gz"
ISOMERS = "qm9_c7h10o2.extxyz.gz"


@dataclass(frozen=True)
class Structure:
    """Atoms in the caller's order, with whatever labels the file has."""

    numbers: np.ndarray  # [n] int64
    positions: np.ndarray  # [n,3] Å, float64
    cell: np.ndarray | None = None  # [3,3] Å, rows are vectors
    pbc: tuple[bool, bool, bool] = (False, False, False)
    forces: np.ndarray | None = None  # [n,3], the file's unit
    info: dict[str, str] | None = None

    def record(self) -> dict[str, Any]:
        """The item of a request's `molecules`."""
        cell = None if self.cell is None else self.cell.tolist()
        atoms = {"numbers": self.numbers.tolist(), "positions": self.positions.tolist(), "cell": cell}
        return {"atoms": atoms | {"pbc": list(self.pbc)}}

    @staticmethod
    def of(record: dict[str, Any]) -> "Structure":
        a = record["atoms"]
        cell = None if a["cell"] is None else np.array(a["cell"], dtype=np.float64)
        positions = np.array(a["positions"], dtype=np.float64).reshape(-1, 3)
        return Structure(np.array(a["numbers"], dtype=np.int64), positions, cell, tuple(a["pbc"]))


def species(s: Structure) -> np.ndarray:
    """[n] int64, the index into ELEMENTS."""
    index = {z: k for k, z in enumerate(ELEMENTS)}
    return np.array([index[int(z)] for z in s.numbers], dtype=np.int64)


def read(folder: Path, name: str) -> list[Structure]:
    """All frames of folder/**/name, whose columns are species, pos and maybe forces."""
    found = sorted(folder.rglob(name))
    if not found:
        raise FileNotFoundError(f"{name} is not under {folder}")
    with gzip.open(found[0], "rt") as f:
        return list(_frames(f))


def _frames(lines: Iterator[str]) -> Iterator[Structure]:
    for count in lines:
        comment = next(lines)
        info = {k: a or b for k, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|(\S+))', comment)}
        rows = [next(lines).split() for _ in range(int(count))]
        columns = np.array([r[1:] for r in rows], dtype=np.float64)  # [n,3] or [n,6]
        numbers = np.array([SYMBOLS[r[0]] for r in rows], dtype=np.int64)
        forces = columns[:, 3:6] if columns.shape[1] == 6 else None
        yield Structure(numbers, columns[:, :3], forces=forces, info=info)


@dataclass(frozen=True)
class Labels:
    """Structures with their labels: energy and forces, or a column for each property. eV, Å."""

    structures: list[Structure]
    values: np.ndarray  # [M] energies, or [M,2] atomisation energy and gap; eV
    forces: np.ndarray | None = None  # [M,n,3] eV/Å


def ethanol(folder: Path) -> dict[str, Labels]:
    """The first published split: train01 cut into 950 to train and 50 to validate (seed 0), and test01 whole."""
    frames = read(folder, ETHANOL)
    published = {k: [f for f in frames if f"{k}01" in f.info["splits"].split(",")] for k in ("train", "test")}
    order = np.random.default_rng(0).permutation(len(published["train"]))
    parts = {
        "train": [published["train"][i] for i in order[50:]],
        "validation": [published["train"][i] for i in order[:50]],
        "test": published["test"],
    }
    return {
        name: Labels(
            part,
            np.array([float(f.info["energy"]) for f in part]) * KCAL_PER_MOL,
            np.stack([f.forces for f in part]) * KCAL_PER_MOL,
        )
        for name, part in parts.items()
    }


def isomers(folder: Path) -> dict[str, Labels]:
    """5,000 / 500 / 595 at random, seed 0; atomisation energy (U0 less its atoms) and HOMO-LUMO gap in eV."""
    frames = read(folder, ISOMERS)
    values = np.array([[_atomisation(f), float(f.info["gap"])] for f in frames]) * HARTREE
    order = np.random.default_rng(0).permutation(len(frames))
    parts = dict(zip(("train", "validation", "test"), np.split(order, [5000, 5500]), strict=True))
    return {k: Labels([frames[i] for i in rows], values[rows]) for k, rows in parts.items()}


def _atomisation(f: Structure) -> float:
    return float(f.info["energy"]) - sum(ATOM_U0[int(z)] for z in f.numbers)
