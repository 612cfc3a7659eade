"""Compares Morgan fingerprints with RDKit's: counts of radius 2, 2,048 bits and of radius 3, 1,024 bits.

    python tests/parity/fingerprint.py [--limit N] FILE ...

FILE as for features.py. Exits 1 if anything differs.
"""

import argparse
import sys
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import rdFingerprintGenerator

from driver import answers
from smiles_files import read_smiles

GENERATORS = [rdFingerprintGenerator.GetMorganGenerator(radius=r, fpSize=n) for r, n in ((2, 2048), (3, 1024))]


def theirs(smiles: str) -> list[dict] | None:
    """Counts by bit; None where RDKit refuses."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return None
    found = []
    for g in GENERATORS:
        counts = g.GetCountFingerprint(mol).GetNonzeroElements()
        if sorted(counts) != sorted(g.GetFingerprint(mol).GetOnBits()):
            sys.exit(f"{smiles}: RDKit's bits are not those of its counts")
        found.append({str(bit): n for bit, n in counts.items()})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="take this many of each file, evenly")
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    RDLogger.DisableLog("rdApp.*")
    smiles = [s for path in args.files for s in read_smiles(path, args.limit)]
    bad = 0
    for s, got in zip(smiles, answers("fingerprint", "TestFingerprintDriver", "FINGERPRINT_DRIVER", smiles), strict=True):
        if got != theirs(s):
            bad += 1
            print(f"    {s}" if bad <= 5 else "", end="\n" if bad <= 5 else "")
    print(f"rdkit {rdkit.__version__}: {len(smiles)} strings, {bad} differ")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
