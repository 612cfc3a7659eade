"""Write preprocess/molfile/testdata/stereo.jsonl: what RDKit makes of the stereo of drawn molecules.

    python tests/parity/golden_molfile_stereo.py > preprocess/molfile/testdata/stereo.jsonl

One object a line: the versions first, then why a block is hard, the block, which hydrogens are atoms, chiral
tags, permutation numbers and CIP codes per atom, all hydrogens per atom, elements, and [begin, end, stereo]
per bond. Hand-made blocks come first, then some of each kind of sdf_marks.py.
"""

import json
import platform
import random

import rdkit
from rdkit import Chem, RDLogger

import sdf_marks

WEDGE, DASH, CROSSED, WAVY = 1, 6, 3, 4


def drawn(symbols, places, bonds, label="2D"):
    """Atoms of symbols without charge, at places on paper or in space."""
    atoms = [(s, 0, *p, *([0] * (3 - len(p)))) for s, p in zip(symbols.split(), places)]
    return sdf_marks.block(atoms, bonds, label).replace("$$$$\n", "")


CROSS = [(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)]
THREE = [(0, 0), (0, 1), (0.87, -0.5), (-0.87, -0.5)]
TEE = [(0, 0), (0, 1), (1, 0), (-1, 0)]
ZIGZAG = [(0, 0), (0.87, 0.5), (1.73, 0), (2.6, 0.5)]


def centre(symbols, places, marks, swapped=()):
    bonds = [(k + 1, 0, 1, m) if k in swapped else (0, k + 1, 1, m) for k, m in enumerate(marks)]
    return drawn(symbols, places, bonds)


def chain(symbols, orders, marks, places=ZIGZAG):
    return drawn(symbols, places, [(k, k + 1, o, m) for k, (o, m) in enumerate(zip(orders, marks))])


CASES = [
    ("solid wedge, implicit hydrogen", centre("C F Cl Br", THREE, [WEDGE, 0, 0])),
    ("hashed wedge", centre("C F Cl Br", THREE, [DASH, 0, 0])),
    ("the wide end of a wedge says nothing", centre("C F Cl Br", THREE, [WEDGE, 0, 0], swapped=[0])),
    ("two wedges that agree", centre("C F Cl Br", THREE, [WEDGE, WEDGE, 0])),
    ("wedges against each other", centre("C F Cl Br", THREE, [WEDGE, DASH, 0])),
    ("three wedges alike", centre("C F Cl Br", THREE, [WEDGE, WEDGE, WEDGE])),
    ("wavy and wedged", centre("C F Cl Br", THREE, [WAVY, WEDGE, 0])),
    ("wedged, then wavy", centre("C F Cl Br", THREE, [WEDGE, 0, WAVY])),
    ("T, the stem wedged", centre("C F Cl Br", TEE, [WEDGE, 0, 0])),
    ("T, an arm wedged", centre("C F Cl Br", TEE, [0, WEDGE, 0])),
    ("T, arms wedged against each other", centre("C F Cl Br", TEE, [0, WEDGE, DASH])),
    ("cross, one wedge", centre("C F Cl Br I", CROSS, [WEDGE, 0, 0, 0])),
    ("cross, two opposite wedges", centre("C F Cl Br I", CROSS, [WEDGE, 0, WEDGE, 0])),
    ("cross, neighbours up and down", centre("C F Cl Br I", CROSS, [WEDGE, DASH, 0, 0])),
    ("cross, opposite up and down", centre("C F Cl Br I", CROSS, [WEDGE, 0, DASH, 0])),
    ("drawn hydrogen with the wedge", centre("C F Cl Br H", CROSS, [0, 0, 0, DASH])),
    ("drawn hydrogen in the middle of the list", centre("C F H Br I", CROSS, [0, WEDGE, 0, 0])),
    ("deuterium", centre("C F Cl Br D", CROSS, [0, 0, WEDGE, 0])),
    ("two equal ligands", centre("C F Cl F I", CROSS, [WEDGE, 0, 0, 0])),
    ("three bonds on one side", drawn("C F Cl Br", [(0, 0), (1, 0), (0.87, 0.5), (0.87, -0.5)], [(0, 1, 1, WEDGE), (0, 2, 1, 0), (0, 3, 1, 0)])),
    ("overlapping neighbours", drawn("C F Cl Br", [(0, 0), (1, 0), (0, 1), (0, 1.01)], [(0, 1, 1, WEDGE), (0, 2, 1, 0), (0, 3, 1, 0)])),
    ("sulfoxide", drawn("S O C Cl", THREE, [(0, 1, 2, 0), (0, 2, 1, WEDGE), (0, 3, 1, 0)])),
    ("five bonds", drawn("P F Cl Br I O", [*CROSS, (0.7, 0.7)], [(0, 1, 1, WEDGE)] + [(0, k, 1, 0) for k in range(2, 6)])),
    ("E from coordinates", chain("F C C Cl", [1, 2, 1], [0, 0, 0])),
    ("Z from coordinates", chain("F C C Cl", [1, 2, 1], [0, 0, 0], [(0, 1), (0.87, 0.5), (1.73, 0.5), (2.6, 1)])),
    ("crossed double bond", chain("F C C Cl", [1, 2, 1], [0, CROSSED, 0])),
    ("wavy bond beside a double bond", chain("F C C Cl", [1, 2, 1], [WAVY, 0, 0])),
    ("wavy bond that ends at a double bond", chain("F C C Cl", [1, 2, 1], [0, 0, WAVY])),
    ("linear", chain("F C C Cl", [1, 2, 1], [0, 0, 0], [(0, 0), (1, 0), (2, 0), (3, 0)])),
    ("linear at one end", chain("F C C Cl", [1, 2, 1], [0, 0, 0], [(0, 0), (1, 0), (2, 0), (2.5, 0.87)])),
    ("imine with its hydrogen", chain("H N C C", [1, 2, 1], [0, 0, 0])),
    ("imine without", chain("N C C C", [2, 1, 1], [CROSSED, 0, 0])),
    ("crossed single bond", chain("F C C Cl", [1, 1, 1], [0, CROSSED, 0])),
    ("wavy double bond", chain("F C C Cl", [1, 2, 1], [0, WAVY, 0])),
    ("allene", chain("F C C C Cl", [1, 2, 2, 1], [0, 0, 0, WEDGE], [(0, 0), (1, 0.5), (2, 0.5), (3, 0.5), (4, 0)])),
    ("cumulene", chain("F C C C C Cl", [1, 2, 2, 2, 1], [0] * 5, [(0, 0), (1, 0.5), (2, 0.5), (3, 0.5), (4, 0.5), (5, 1)])),
    ("diene", chain("F C C C C Cl", [1, 2, 1, 2, 1], [0] * 5, [(0, 0), (0.87, 0.5), (1.73, 0), (2.6, 0.5), (3.5, 0), (3.5, -1)])),
    ("nitro drawn with five bonds", drawn("C N O O C F", [(0, 0), (1, 0), (1.5, 0.87), (1.5, -0.87), (-0.5, 0.87), (-1.5, 0.87)],
                                          [(0, 1, 1, 0), (1, 2, 2, 0), (1, 3, 2, 0), (0, 4, 2, 0), (4, 5, 1, 0)])),
    ("flat in space", drawn("C F Cl Br I", [(0, 0, 0), (1, 0, 0), (-0.3, 0.95, 0), (-0.3, -0.48, 0.82), (-0.3, -0.48, -0.82)], [(0, k, 1, 0) for k in range(1, 5)], "3D")),
    ("a hydrogen in space", drawn("C F H Br I", [(0, 0, 0), (1, 0, 0), (-0.3, 0.95, 0), (-0.3, -0.48, 0.82), (-0.3, -0.48, -0.82)], [(0, k, 1, 0) for k in range(1, 5)], "3D")),
    ("wavy in space", drawn("C F Cl Br I", [(0, 0, 0), (1, 0, 0), (-0.3, 0.95, 0), (-0.3, -0.48, 0.82), (-0.3, -0.48, -0.82)], [(0, k, 1, WAVY if k == 1 else 0) for k in range(1, 5)], "3D")),
]


def ring(size, marks, turn=1):
    """Cyclooctene and its kin, trans by an arm across."""
    import math

    places = [(1.5 * math.cos(2 * math.pi * i / size), 1.5 * math.sin(2 * math.pi * i / size)) for i in range(size)]
    return drawn("C " * size, places, [(i, (i + 1) % size, 2 if i == 0 else 1, marks if i == turn else 0) for i in range(size)])


CASES += [(f"double bond in a ring of {n}", ring(n, 0)) for n in (7, 8, 9)]
CASES += [(f"wavy bond beside the double bond of a ring of {n}", ring(n, WAVY)) for n in (7, 8)]


def record(why, block, keep):
    mol = Chem.MolFromMolBlock(block, removeHs=not keep)
    if mol is None:
        return None
    atoms, bonds = list(mol.GetAtoms()), list(mol.GetBonds())
    return {
        "why": why,
        "block": block,
        "keep": keep,
        "z": [a.GetAtomicNum() for a in atoms],
        "chi": [int(a.GetChiralTag()) for a in atoms],
        "permutation": [a.GetIntProp("_chiralPermutation") if a.HasProp("_chiralPermutation") else 0 for a in atoms],
        "cip": [a.GetProp("_CIPCode") if a.HasProp("_CIPCode") else "" for a in atoms],
        "h": [a.GetTotalNumHs() for a in atoms],
        "bonds": [[b.GetBeginAtomIdx(), b.GetEndAtomIdx(), b.GetStereo().name.removeprefix("STEREO")] for b in bonds],
    }


def main():
    RDLogger.DisableLog("rdApp.*")
    print(json.dumps({"rdkit": rdkit.__version__, "python": platform.python_version()}))
    for why, block in CASES:
        print(json.dumps(record(why, block, False), separators=(",", ":")))
    for kind, make in sdf_marks.KINDS.items():
        rng, written = random.Random(20), 0
        while written < 30:
            row = record(f"{kind} {written}", make(rng).replace("$$$$\n", ""), written % 5 == 4)
            if row and (any(row["chi"]) or any(b[2] != "NONE" for b in row["bonds"])):
                print(json.dumps(row, separators=(",", ":")))
                written += 1


if __name__ == "__main__":
    main()
