"""ESOL: aqueous solubility of 1,128 compounds (Delaney 2004), as MoleculeNet distributes it."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rdkit import Chem

FILE = "delaney-processed.csv"
LABEL = "measured log solubility in mols per litre"


@dataclass(frozen=True)
class Dataset:
    """SMILES as written, their labels, and which rows are the same molecule."""

    smiles: list[str]  # [M]
    labels: np.ndarray  # [M] float64, log10(mol/L)
    molecule: np.ndarray  # [M] int64, equal for rows with equal canonical SMILES

    def distinct(self) -> list[str]:
        """The first spelling of each molecule, in the order of the file."""
        _, first = np.unique(self.molecule, return_index=True)
        return [self.smiles[i] for i in sorted(first)]


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts; no molecule is in two of them."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def load(folder: Path) -> Dataset:
    """Reads delaney-processed.csv from folder or a folder below it."""
    found = sorted(folder.rglob(FILE))
    if not found:
        raise FileNotFoundError(f"{FILE} is not under {folder}")
    with found[0].open(newline="") as f:
        rows = list(csv.DictReader(f))
    smiles = [row["smiles"].strip() for row in rows]
    canonical = [Chem.CanonSmiles(s) for s in smiles]
    _, molecule = np.unique(canonical, return_inverse=True)
    return Dataset(smiles, np.array([float(row[LABEL]) for row in rows]), molecule)


def split(dataset: Dataset, seed: int) -> Split:
    """Random 80/10/10 over molecules: the eleven compounds measured twice stay on one side."""
    order = np.random.default_rng(seed).permutation(dataset.molecule.max() + 1)
    tenth = round(len(order) / 10)
    test, validation, train = np.split(order, [tenth, 2 * tenth])
    return Split(*(np.flatnonzero(np.isin(dataset.molecule, part)) for part in (train, validation, test)))
