"""SMILES to tensors, by chemprop's own featurizer. What molserve builds in Go must equal this to the bit."""

from collections.abc import Sequence

import numpy as np
import torch
from chemprop.data.collate import BatchMolGraph
from chemprop.data.molgraph import MolGraph
from chemprop.featurizers import MultiHotAtomFeaturizer, SimpleMoleculeMolGraphFeaturizer
from chemprop.utils import make_mol
from torch import Tensor

NAME = "chemprop_v2"
ATOM_WIDTH = 72
BOND_WIDTH = 14

_featurizer = SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.v2())
assert _featurizer.shape == (ATOM_WIDTH, BOND_WIDTH)


def featurize(smiles: str) -> MolGraph:
    """Implicit hydrogens, RDKit's default perception; all fragments in one graph."""
    return _featurizer(make_mol(smiles))


def pack(graphs: Sequence[MolGraph]) -> dict[str, Tensor]:
    """The disjoint union, as chemprop's BatchMolGraph concatenates it."""
    b = BatchMolGraph(graphs)
    return {
        "V": b.V,  # [N,72] float32
        "E": b.E,  # [E,14] float32
        "edge_index": b.edge_index.reshape(2, -1),  # [2,E] int64, sources over destinations
        "rev_edge_index": b.rev_edge_index,  # [E] int64
        "batch": b.batch,  # [N] int64
        "graph_ones": torch.ones(len(b)),  # [G] float32, only its length is used
    }


def pad(graphs: Sequence[MolGraph], slots: int = 0) -> dict[str, Tensor]:
    """One row of `slots` atoms a graph (at least as many as the largest has); the rest zero, masked."""
    slots = max(slots, *(len(g.V) for g in graphs))
    x = np.zeros((len(graphs), slots, ATOM_WIDTH), np.float32)  # [B,n,72]
    adjacency = np.zeros((len(graphs), slots, slots), np.float32)  # [B,n,n] receiver, sender
    mask = np.zeros((len(graphs), slots), bool)  # [B,n]
    for row, g in enumerate(graphs):
        n = len(g.V)
        x[row, :n] = g.V
        adjacency[row, :n, :n] = gcn_sym(g)
        mask[row, :n] = True
    return {"x": torch.from_numpy(x), "adjacency": torch.from_numpy(adjacency), "atom_mask": torch.from_numpy(mask)}


def gcn_sym(graph: MolGraph) -> np.ndarray:
    """D^-½ (A + I) D^-½ (Kipf & Welling 2017, eq. 2): [n,n], in float64; the caller rounds once."""
    n = len(graph.V)
    src, dst = graph.edge_index.reshape(2, -1)
    a = np.eye(n)
    a[dst, src] = 1.0
    scale = 1.0 / np.sqrt(a.sum(axis=1))
    return a * (scale[:, None] * scale[None, :])
