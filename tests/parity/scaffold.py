"""Compares Bemis-Murcko scaffolds with RDKit's: the atoms that are kept, and every field of the record of what is left.

    python tests/parity/scaffold.py [--limit N] FILE ...

FILE as for features.py. Exits 1 if anything differs.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem.Scaffolds import MurckoScaffold

from compare import differences
from driver import answers
from dump_rdkit import record
from smiles_files import read_smiles


def theirs(smiles: str):
    """Atoms kept and the record of the scaffold; None where RDKit refuses."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return None
    for a in mol.GetAtoms():
        a.SetIntProp("index", a.GetIdx())
    try:
        scaffold = MurckoScaffold.GetScaffoldForMol(mol)
    except Chem.AtomValenceException:
        return None
    return [a.GetIntProp("index") for a in scaffold.GetAtoms()], json.loads(json.dumps(record(scaffold)))


def differs(got: dict, want) -> set[str]:
    if want is None or got["record"] is None:
        return set() if want is None and got["record"] is None else {"refused"}
    atoms, rows = want
    return ({"atoms"} if (got["atoms"] or []) != atoms else set()) | differences(rows, got["record"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="take this many of each file, evenly")
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    RDLogger.DisableLog("rdApp.*")
    smiles = [s for path in args.files for s in read_smiles(path, args.limit)]
    bad, fields = 0, Counter()
    for s, got in zip(smiles, answers("scaffold", "TestScaffoldDriver", "SCAFFOLD_DRIVER", smiles), strict=True):
        if found := differs(got, theirs(s)):
            bad += 1
            fields.update(found)
            print(f"    {s}: {sorted(found)}" if bad <= 8 else "", end="\n" if bad <= 8 else "")
    print(f"rdkit {rdkit.__version__}: {len(smiles)} strings, {bad} differ {dict(fields) or ''}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
