"""Compares `molserve inspect --standardize STEP` with rdMolStandardize, every field of every record.

    python standardize.py --molserve BIN FILE.smi[.gz] … [--limit N]

Exit status 1 when anything differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import rdkit
from dump_rdkit import read, record
from compare import differences
from rdkit import Chem, RDLogger
from rdkit.Chem.MolStandardize import rdMolStandardize
from smiles_files import read_smiles

RDLogger.DisableLog("rdApp.*")

STEPS = {
    "largest_fragment": lambda m: rdMolStandardize.LargestFragmentChooser().choose(m),
    "neutralize": lambda m: rdMolStandardize.Uncharger().uncharge(m),
    "strip_isotopes": lambda m: rdMolStandardize.IsotopeParent(m, skipStandardize=True),
    "strip_stereo": lambda m: rdMolStandardize.StereoParent(m, skipStandardize=True),
}
ALL = ",".join(STEPS)


def changed(smiles, steps):
    mol, code = read(smiles, "implicit")
    if code is not None:
        return {"error": {"code": code}}
    try:
        for step in steps:
            mol = STEPS[step](mol)
    except Chem.MolSanitizeException as error:
        return {"error": {"code": type(error).__name__}}
    return record(mol)


def ours(molserve, texts, steps):
    with tempfile.NamedTemporaryFile("w", suffix=".smi") as lines:
        lines.write("".join(t + "\n" for t in texts))
        lines.flush()
        out = subprocess.run([molserve, "inspect", "--standardize", steps, lines.name], check=True, capture_output=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--molserve", required=True)
    parser.add_argument("--limit", type=int, default=0, help="strings of each file, spread over it; default all")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    print("RDKit", rdkit.__version__)
    texts = [t for name in options.files for t in read_smiles(name, options.limit or None)]
    bad = 0
    for steps in [*STEPS, ALL]:
        counts, first, altered = Counter(), {}, 0
        for text, got in zip(texts, ours(options.molserve, texts, steps), strict=True):
            altered += bool(got.pop("changes", None))
            for field in differences(changed(text, steps.split(",")), got):
                counts[field] += 1
                first.setdefault(field, []).append(text)
        bad += sum(counts.values())
        print(f"{steps}: {len(texts)} strings, {altered} changed, differences {dict(counts)}")
        for field, examples in first.items():
            print("  ", field, *examples[:3])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
