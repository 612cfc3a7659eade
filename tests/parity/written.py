"""Checks the SMILES that molserve writes.

    python tests/parity/written.py smiles.txt [--rewrites COUNT]

Three laws, on SMILES one a line:
1. The text, canonical or not, is read back as the same record up to the order of atoms, and canonical text is written
   again as itself (checked by the Go test that answers).
2. For COUNT of the molecules, rewritten in other orders and forms by RDKit, the canonical text is the same, wherever
   RDKit's own canonical SMILES of the rewritten string is that of the original.
3. RDKit reads both texts as a molecule with the canonical SMILES that the original has in RDKit, wherever RDKit's own
   canonical SMILES is read back as itself.

Exits 1 when one does not hold. Run it in the root of the repository. Needs rdkit 2026.3.6 and go.
"""

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

from rdkit import Chem, RDLogger

from driver import dumped
from rewrites import rewrites

RDLogger.DisableLog("rdApp.*")
EXAMPLES = 5


def canonical(smiles):
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Chem.MolToSmiles(mol)


class Report:
    def __init__(self):
        self.counts = Counter()

    def check(self, law, holds, *example):
        self.counts[f"law {law}"] += 1
        if holds:
            return
        self.counts[f"law {law} broken"] += 1
        if self.counts[f"law {law} broken"] <= EXAMPLES:
            print(f"law {law}:", *example, sep="\n  ")


def first_and_third(lines, report):
    texts = {}
    for smiles, got in zip(lines, dumped("TestDumpWritten", lines), strict=True):
        want = canonical(smiles)
        if got is None or want is None:
            report.counts["refused"] += 1
            continue
        texts[smiles] = got[0]
        report.check(1, got[2] == "", smiles, *got)
        steady = canonical(want) == want
        report.counts["RDKit's own text is not read back"] += not steady
        for text in got[:2]:
            if steady or canonical(text) == want:
                report.check(3, canonical(text) == want, smiles, text, want, canonical(text))
    return texts


def second(texts, count, report):
    r = random.Random(2)
    chosen = r.sample(sorted(texts), min(count, len(texts)))
    rows = []
    for smiles in chosen:
        mol = Chem.MolFromSmiles(smiles)
        want = Chem.MolToSmiles(mol)
        for text in rewrites(mol, r):
            if canonical(text) == want:
                rows.append((smiles, text))
            else:
                report.counts["rewrites that RDKit reads as another"] += 1
    for (smiles, text), got in zip(rows, dumped("TestDumpCanonical", [text for _, text in rows]), strict=True):
        report.check(2, got == texts[smiles], smiles, text, texts[smiles], got)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("smiles")
    parser.add_argument("--rewrites", type=int, default=0)
    args = parser.parse_args()
    report = Report()
    texts = first_and_third(Path(args.smiles).read_text().splitlines(), report)
    second(texts, args.rewrites, report)
    print(dict(report.counts))
    return int(any(name.endswith("broken") for name in report.counts))


if __name__ == "__main__":
    sys.exit(main())
