"""Compares canonical atom ranks with RDKit's CanonicalRankAtoms, with ties and with ties broken, atom by atom.

    python tests/parity/ranks.py smiles.txt               # SMILES, one a line; exits 1 when any rank differs
    python tests/parity/ranks.py smiles.txt --write N     # rewrites preprocess/smiles/testdata/ranks.jsonl from N of them

Run it in the root of the repository. Needs rdkit 2026.3.6 and go.
"""

import argparse
import json
import sys
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger

from driver import dumped

RDLogger.DisableLog("rdApp.*")
GOLDEN = Path("preprocess/smiles/testdata/ranks.jsonl")
EXAMPLES = 5


def wanted(smiles):
    """Both lists of ranks, or None where RDKit refuses."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return None
    return [list(Chem.CanonicalRankAtoms(mol, breakTies=broken)) for broken in (False, True)]


def write(lines, count):
    with open(GOLDEN, "w") as out:
        out.write(json.dumps({"rdkit": rdkit.__version__, "script": "tests/parity/ranks.py"}) + "\n")
        for smiles in lines[:: max(1, len(lines) // count)]:
            if (ranks := wanted(smiles)) is not None:
                out.write(json.dumps({"smiles": smiles, "tied": ranks[0], "broken": ranks[1]}, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("smiles")
    parser.add_argument("--write", type=int, default=0)
    args = parser.parse_args()
    lines = Path(args.smiles).read_text().splitlines()
    if args.write:
        write(lines, args.write)
        return 0
    counts = {"compared": 0, "refused": 0, "refused by one": 0, "tied differ": 0, "broken differ": 0}
    for smiles, got in zip(lines, dumped("TestDumpRanks", lines), strict=True):
        want = wanted(smiles)
        if want is None or got is None:
            counts["refused" if want is got else "refused by one"] += 1
            continue
        counts["compared"] += 1
        for name, a, b in zip(("tied differ", "broken differ"), want, got):
            counts[name] += a != b
            if a != b and counts[name] <= EXAMPLES:
                print(f"{name}: {smiles}\n  want {a}\n  got  {b}")
    print(counts)
    return int(any(counts[name] for name in ("refused by one", "tied differ", "broken differ")))


if __name__ == "__main__":
    sys.exit(main())
