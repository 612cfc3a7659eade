"""Writes other SMILES of the same molecules: shuffled order of atoms, Kekulé form, all bonds explicit, all hydrogens
explicit, hydrogens as atoms, and mixtures. `make parity-records` compares how they are read.

    python tests/parity/rewrites.py smiles.txt COUNT [SEED] > rewrites.smi     # COUNT of the molecules, about six each

Needs rdkit 2026.3.6.
"""

import random
import sys

from rdkit import Chem, RDLogger, rdBase

RDLogger.DisableLog("rdApp.*")
FORMS = [
    {"doRandom": True, "canonical": False},
    {"doRandom": True, "canonical": False, "kekuleSmiles": True},
    {"doRandom": True, "canonical": False, "allBondsExplicit": True},
    {"doRandom": True, "canonical": False, "allHsExplicit": True},
    {"doRandom": True, "canonical": False, "kekuleSmiles": True, "allBondsExplicit": True, "allHsExplicit": True},
]


def rewrites(mol, r):
    """Different SMILES of a molecule."""
    out = []
    for form in FORMS:
        copy = Chem.Mol(mol)
        if form.get("kekuleSmiles"):
            try:
                Chem.Kekulize(copy)
            except Chem.KekulizeException:
                continue
        rdBase.SeedRandomNumberGenerator(r.randrange(1 << 30))
        out.append(Chem.MolToSmiles(copy, **form))
    order = list(range(mol.GetNumAtoms()))
    r.shuffle(order)
    out.append(Chem.MolToSmiles(Chem.RenumberAtoms(mol, order), canonical=False))
    if mol.GetNumAtoms() < 60:
        out.append(Chem.MolToSmiles(Chem.AddHs(mol), doRandom=True, canonical=False))
    return list(dict.fromkeys(out))


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        smiles = lines.read().split("\n")
    r = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    r.shuffle(smiles)
    for text in smiles[: int(sys.argv[2])]:
        mol = Chem.MolFromSmiles(text)
        if mol is not None and mol.GetNumAtoms():
            print(*rewrites(mol, r), sep="\n")


if __name__ == "__main__":
    main()
