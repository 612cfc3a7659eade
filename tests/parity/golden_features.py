"""Writes preprocess/featurize/testdata/chemprop_v2.json: chemprop's own rows of a few molecules.

    python tests/parity/golden_features.py > preprocess/featurize/testdata/chemprop_v2.json

Rows are sparse: the indices that are 1, and for atoms the last number, the mass/100, as it is.
"""

import json
import sys

import chemprop
import rdkit
from chemprop.featurizers import MultiHotAtomFeaturizer, SimpleMoleculeMolGraphFeaturizer
from rdkit import Chem

MOLECULES = [
    "C",
    "[H][H]",
    "[2H]O",
    "[Na+].[Cl-]",
    "CC(=O)Oc1ccccc1C(=O)O",
    "Fc1cccc(C2(c3nnc(Cc4cccc5ccccc45)o3)CCOCC2)c1",
    "O=C(NCc1ccc(Cn2ccccc2=O)cc1)c1ccccc1CCc1ccccc1",
    "C[C@H](O)c1cc[nH]c1",
    "C[C@@H](N)C(=O)[O-]",
    "F/C=C/F",
    "F/C=C\\Cl",
    "CC(C)=NO",
    "C1=CC=CC=CC=C1",
    "c1ccc2ccccc2c1",
    "C[N+](C)(C)CC(=O)[O-]",
    "CS(=O)(=O)c1ccccc1",
    "OP(O)(O)=O",
    "FS(F)(F)(F)(F)F",
    "C#N",
    "[C-]#[O+]",
    "I[Si](C)(C)C",
    "[U]",
    "*CC",
    "[CH3]",
    "[O][O]",
    "N->[Pt](Cl)(Cl)<-N",
    "C1CC1",
    "C[C@H]1CC[C@@H](C)CC1",
    "O=c1cc[nH]cc1",
    "OC3OC(OC2OC(O)C(O)C(O)C2O)C(O)C(O)C3O",
]


def sparse(row) -> list[int]:
    """The columns that are 1."""
    return [i for i, v in enumerate(row) if v == 1]


def molecule(smiles: str) -> dict:
    """One molecule's rows."""
    graph = SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.v2())(Chem.MolFromSmiles(smiles))
    return {
        "smiles": smiles,
        "atoms": [[*sparse(row[:-1]), float(row[-1])] for row in graph.V],
        "bonds": [sparse(row) for row in graph.E],
        "src": graph.edge_index[0].tolist(),
        "dst": graph.edge_index[1].tolist(),
    }


def main() -> None:
    versions = {"chemprop": chemprop.__version__, "rdkit": rdkit.__version__, "python": sys.version.split()[0]}
    rows = ",\n".join(json.dumps(molecule(s), separators=(",", ":")) for s in MOLECULES)
    print(f'{{"versions":{json.dumps(versions)},"molecules":[\n{rows}\n]}}')


if __name__ == "__main__":
    main()
