"""Compares the rows of `molserve inspect --features chemprop_v2` with chemprop's own, in every number.

    python tests/parity/features.py --molserve bin/molserve --data DIR

DIR holds delaney-processed.csv (ESOL), SAMPL.csv (FreeSolv) and Lipophilicity.csv. Needs
chemprop 2.3.1 and rdkit 2026.3.6 (export/requirements.txt). Exits 1 if anything differs.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

import chemprop
import numpy as np
import rdkit
from chemprop.featurizers import MultiHotAtomFeaturizer, SimpleMoleculeMolGraphFeaturizer
from rdkit import Chem, RDLogger

SETS = {"ESOL": "delaney-processed.csv", "FreeSolv": "SAMPL.csv", "Lipophilicity": "Lipophilicity.csv"}


def read_smiles(path: Path) -> list[str]:
    """The SMILES column, stripped of blanks."""
    with path.open(newline="") as f:
        return [row["smiles"].strip() for row in csv.DictReader(f)]


def ours(binary: str, smiles: list[str]) -> list[dict]:
    """One record a molecule from molserve."""
    text = "".join(s + "\n" for s in smiles).encode()
    out = subprocess.run([binary, "inspect", "--features", "chemprop_v2", "-"], input=text, capture_output=True, check=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def differences(record: dict, featurizer: SimpleMoleculeMolGraphFeaturizer, smiles: str) -> list[str]:
    """What differs from chemprop's MolGraph; empty when every number is equal."""
    if "error" in record:
        return [f"refused: {record['error']}"]
    want = featurizer(Chem.MolFromSmiles(smiles))
    got = {
        "V": np.array(record["x"], np.float32).reshape(-1, 72),
        "E": np.array(record["edge_attr"], np.float32).reshape(-1, 14),
        "edge_index": np.array(record["edge_index"], np.int64).reshape(2, -1),
    }
    found = []
    for name, mine in got.items():
        theirs = np.asarray(getattr(want, name)).astype(mine.dtype)
        if mine.shape != theirs.shape:
            found.append(f"{name} is {mine.shape}, chemprop's is {theirs.shape}")
        elif not np.array_equal(mine, theirs):
            at = np.argwhere(mine != theirs)[0]
            found.append(f"{name}{at.tolist()} is {mine[tuple(at)]}, chemprop's is {theirs[tuple(at)]}")
    return found


def compare(name: str, smiles: list[str], binary: str) -> int:
    """Prints one row of the table and the first differences; returns how many molecules differ."""
    featurizer = SimpleMoleculeMolGraphFeaturizer(atom_featurizer=MultiHotAtomFeaturizer.v2())
    records = ours(binary, smiles)
    if len(records) != len(smiles):
        sys.exit(f"{name}: {len(smiles)} molecules in, {len(records)} records out")
    bad = [(s, d) for s, r in zip(smiles, records, strict=True) if (d := differences(r, featurizer, s))]
    print(f"{name:14} {len(smiles):6} {len(smiles) - len(bad):6} {len(bad):6}")
    for s, d in bad[:20]:
        print(f"    {s}: {'; '.join(d)}")
    return len(bad)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molserve", required=True, help="the binary")
    parser.add_argument("--data", required=True, type=Path, help="folder of the three CSV files")
    args = parser.parse_args()
    RDLogger.DisableLog("rdApp.*")
    print(f"chemprop {chemprop.__version__}, rdkit {rdkit.__version__}")
    print(f"{'set':14} {'rows':>6} {'exact':>6} {'differ':>6}")
    sets = {name: read_smiles(args.data / file) for name, file in SETS.items()}
    bad = sum(compare(name, smiles, args.molserve) for name, smiles in sets.items())
    total = sum(map(len, sets.values()))
    print(f"{'all':14} {total:6} {total - bad:6} {bad:6}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
