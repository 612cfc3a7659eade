"""The rows and edges that each library itself makes of a molecule, by the names of `molserve inspect --features`.

TABLES[name](mol) returns (x, edge_index, edge_attr), or raises what the library raises. mol is what
Chem.MolFromSmiles gave. Needs chemprop 2.3.1, torch-geometric 2.8.1, ogb 1.3.6 and dgllife 0.3.2
(pip install --no-deps ogb==1.3.6 dgllife==0.3.2; dgl itself is not needed).
"""

import importlib.metadata
import importlib.util
import sys
import types
from functools import partial
from pathlib import Path

import numpy as np
import torch
from chemprop.featurizers import MultiHotAtomFeaturizer, SimpleMoleculeMolGraphFeaturizer
from chemprop.featurizers.atom import RIGRAtomFeaturizer
from chemprop.featurizers.bond import RIGRBondFeaturizer
from ogb.utils.features import atom_to_feature_vector, bond_to_feature_vector
from rdkit import Chem
from torch_geometric.utils.smiles import from_rdmol

torch.set_num_threads(1)  # rows are small
VERSIONS = {p: importlib.metadata.version(p) for p in ("rdkit", "chemprop", "torch-geometric", "ogb", "dgllife")}


def dgllife_featurizers() -> types.ModuleType:
    """dgllife/utils/featurizers.py alone: of dgl it uses one function."""
    dgl, backend = types.ModuleType("dgl"), types.ModuleType("dgl.backend")
    backend.zerocopy_from_numpy = torch.from_numpy
    dgl.backend = backend
    sys.modules.setdefault("dgl", dgl)
    sys.modules.setdefault("dgl.backend", backend)
    root = Path(importlib.util.find_spec("dgllife").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location("dgllife_featurizers", root / "utils" / "featurizers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def both_ways(mol: Chem.Mol) -> np.ndarray:
    """Edges 2k (begin to end) and 2k+1 (end to begin) of bond k, as mol_to_bigraph and smiles2graph have them."""
    ends = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in mol.GetBonds()]
    return np.array([p for i, j in ends for p in ((i, j), (j, i))], np.int64).reshape(-1, 2).T


def chemprop_table(featurizer: SimpleMoleculeMolGraphFeaturizer, mol: Chem.Mol):
    graph = featurizer(mol)
    return graph.V, graph.edge_index, graph.E


def ogb_table(mol: Chem.Mol):
    """smiles2graph of a molecule that was read already."""
    x = np.array([atom_to_feature_vector(a) for a in mol.GetAtoms()], np.int64)
    rows = [bond_to_feature_vector(b) for b in mol.GetBonds() for _ in range(2)]
    return x, both_ways(mol), np.array(rows, np.int64).reshape(-1, 3)


def pyg_table(mol: Chem.Mol):
    data = from_rdmol(mol)
    return data.x.numpy(), data.edge_index.numpy(), data.edge_attr.numpy()


def last(f):
    """f, which remembers its answer to the last molecule: tables that differ in edges alone share their atoms."""
    kept = [None, None]

    def answer(mol):
        if kept[0] is not mol:
            kept[:] = mol, f(mol)
        return kept[1]

    return answer


def dgl_table(atoms, bonds, loops: bool, mol: Chem.Mol):
    """mol_to_bigraph(canonical_atom_order=False): rows of all fields beside each other, loops last."""
    edges = both_ways(mol)
    if loops:
        edges = np.concatenate([edges, np.tile(np.arange(mol.GetNumAtoms()), (2, 1))], axis=1)
    node, edge = (np.stack([t.numpy() for t in f(mol).values()], axis=-1) for f in (atoms, bonds))
    return node.reshape(mol.GetNumAtoms(), -1), edges, edge.reshape(edges.shape[1], -1)


def weave_table(atoms, bonds, mol: Chem.Mol):
    """mol_to_complete_graph(add_self_loop=True, canonical_atom_order=False)."""
    n = mol.GetNumAtoms()
    pairs = np.array([(i, j) for i in range(n) for j in range(n)], np.int64).T
    return atoms(mol)["h"].numpy(), pairs, bonds(mol)["e"].numpy()


def last_if_unknown(value, choices: list) -> list[int]:
    """One-hot of the multi-fidelity work: a value outside the list counts as the last one."""
    at = choices.index(value) if value in choices else len(choices) - 1
    return [int(i == at) for i in range(len(choices))]


@last
def multifidelity_rows(mol: Chem.Mol):
    """What does not hang on the number of elements: atomic numbers, the other columns of atoms, edges, rows of bonds."""
    mol = Chem.Mol(mol)
    Chem.RemoveStereochemistry(mol)
    hybridizations = [int(getattr(Chem.HybridizationType, h)) for h in ("SP", "SP2", "SP3", "SP3D", "SP3D2")]
    rows = []
    for a in mol.GetAtoms():
        row = last_if_unknown(a.GetTotalDegree(), list(range(6))) + last_if_unknown(a.GetFormalCharge(), [-1, -2, 1, 2, 0])
        row += last_if_unknown(int(a.GetChiralTag()), list(range(4))) + last_if_unknown(a.GetTotalNumHs(), list(range(5)))
        row += last_if_unknown(int(a.GetHybridization()), hybridizations)
        rows.append([*row, int(a.GetIsAromatic()), a.GetMass() * 0.01])
    edges = torch.nonzero(torch.from_numpy(Chem.GetAdjacencyMatrix(mol))).T.numpy()
    kinds = [getattr(Chem.BondType, t) for t in ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC")]
    bonds = []
    for i, j in edges.T.tolist():
        b = mol.GetBondBetweenAtoms(i, j)
        row = [0, *(int(b.GetBondType() == k) for k in kinds), int(b.GetIsConjugated()), int(b.IsInRing())]
        bonds.append(row + last_if_unknown(int(b.GetStereo()), list(range(6))))
    return [a.GetAtomicNum() for a in mol.GetAtoms()], rows, edges, torch.Tensor(bonds).numpy().reshape(-1, 13)


def multifidelity_table(elements: int, mol: Chem.Mol):
    """atom_features and bond_features of github.com/davidbuterez/multi-fidelity-gnns-for-drug-discovery-and-quantum-mechanics
    (commit 2d65e0f, multifidelity_gnn/src) after its remove_smiles_stereo, atoms in input order, edges of the adjacency matrix."""
    numbers, rest, edges, bonds = multifidelity_rows(mol)
    rows = [last_if_unknown(z, list(range(elements))) + row for z, row in zip(numbers, rest)]
    return torch.Tensor(rows).numpy(), edges, bonds


def tables() -> dict:
    f = dgllife_featurizers()
    named = {
        "chemprop_v2": partial(chemprop_table, SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.v2())),
        "chemprop_v1": partial(chemprop_table, SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.v1())),
        "chemprop_organic": partial(chemprop_table, SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.organic())),
        "chemprop_rigr": partial(chemprop_table, SimpleMoleculeMolGraphFeaturizer(RIGRAtomFeaturizer(), RIGRBondFeaturizer())),
        "ogb": ogb_table,
        "pyg": pyg_table,
        "dgllife_weave": partial(weave_table, f.WeaveAtomFeaturizer(), f.WeaveEdgeFeaturizer()),
        "multifidelity": partial(multifidelity_table, 80),
        "multifidelity_53": partial(multifidelity_table, 53),
        "multifidelity_35": partial(multifidelity_table, 35),
    }
    canonical, attentivefp, pretrain = last(f.CanonicalAtomFeaturizer()), last(f.AttentiveFPAtomFeaturizer()), last(f.PretrainAtomFeaturizer())
    for loops in (False, True):
        suffix = "_loops" if loops else ""
        named["dgllife_canonical" + suffix] = partial(dgl_float, canonical, f.CanonicalBondFeaturizer(self_loop=loops), loops)
        named["dgllife_attentivefp" + suffix] = partial(dgl_float, attentivefp, f.AttentiveFPBondFeaturizer(self_loop=loops), loops)
        named["dgllife_pretrain" + suffix] = partial(dgl_table, pretrain, f.PretrainBondFeaturizer(self_loop=loops), loops)
    return named


def dgl_float(atoms, bonds, loops: bool, mol: Chem.Mol):
    """As dgl_table, of featurizers that have one field, and no field for a molecule without bonds."""
    edges = both_ways(mol)
    if loops:
        edges = np.concatenate([edges, np.tile(np.arange(mol.GetNumAtoms()), (2, 1))], axis=1)
    edge = bonds(mol)
    return atoms(mol)["h"].numpy(), edges, edge["e"].numpy() if edge else np.zeros((0, 0), np.float32)


TABLES = tables()
ATOMS = {"dgllife_weave": lambda mol: (TABLES["dgllife_weave"].args[0](mol)["h"].numpy(),)}  # where edges take most of the time
