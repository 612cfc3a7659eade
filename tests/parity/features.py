"""Compares the rows of `molserve inspect --features NAME` with those that the libraries themselves make, in every number.

    python tests/parity/features.py --molserve bin/molserve [--features NAME ...] [--limit N] FILE ...

FILE holds SMILES: .csv with a column smiles, mol or neut-smiles, or .smi and .tsv with a SMILES first in each line; also
gzipped. Without --features all featurizers are compared. A record refused must be one that the library, or RDKit, raises
on, and the other way round. Needs what libraries.py names. Exits 1 if anything differs.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from rdkit import Chem, RDLogger

from libraries import ATOMS, TABLES, VERSIONS
from smiles_files import read_smiles

CHUNK = 1000
EXAMPLES = 5


def ours(binary: str, name: str, smiles: list[str], atoms: bool) -> list[dict]:
    """One record a molecule from molserve; without its edges if atoms alone are asked for."""
    text = "".join(s + "\n" for s in smiles).encode()
    out = subprocess.run([binary, "inspect", "--features", name, "-"], input=text, capture_output=True, check=True)
    lines = out.stdout.splitlines()
    if atoms:
        lines = [line.partition(b',"edge_index"')[0] + b"}" if line.startswith(b'{"features"') else line for line in lines]
    records = [json.loads(line) for line in lines]
    if len(records) != len(smiles):
        sys.exit(f"{len(smiles)} molecules in, {len(records)} records out")
    return records


def theirs(name: str, mol: Chem.Mol | None, atoms: bool):
    """The library's rows, or None where it or RDKit raises."""
    if mol is None:
        return None
    try:
        return ATOMS[name](mol) if atoms and name in ATOMS else TABLES[name](mol)[: 1 if atoms else 3]
    except (ValueError, AssertionError):
        return None


def difference(record: dict, want) -> str:
    """What differs; empty when every number is equal."""
    if "error" in record or want is None:
        return "" if "error" in record and want is None else f"refused: {record.get('error', 'by the library alone')}"
    for field, theirs_ in zip(("x", "edge_index", "edge_attr"), want):
        theirs_ = np.asarray(theirs_)
        mine = np.array(record[field], np.float32 if theirs_.dtype.kind == "f" else np.int64)
        theirs_ = theirs_.astype(mine.dtype)
        if mine.size == theirs_.size == 0:
            continue
        if mine.shape != theirs_.shape:
            return f"{field} is {mine.shape}, the library's is {theirs_.shape}"
        if not np.array_equal(mine, theirs_):
            at = np.argwhere(mine != theirs_)[0]
            return f"{field}{at.tolist()} is {mine[tuple(at)]}, the library's is {theirs_[tuple(at)]}"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molserve", required=True, help="the binary")
    parser.add_argument("--features", nargs="*", default=sorted(TABLES), choices=sorted(TABLES), metavar="NAME")
    parser.add_argument("--atoms", action="store_true", help="compare the rows of atoms alone")
    parser.add_argument("--limit", type=int, help="take this many of each file, evenly")
    parser.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args()
    RDLogger.DisableLog("rdApp.*")
    counts, refused, examples = Counter(), Counter(), defaultdict(list)
    total = 0
    for path in args.files:
        smiles = read_smiles(path, args.limit)
        total += len(smiles)
        for at in range(0, len(smiles), CHUNK):
            chunk = smiles[at : at + CHUNK]
            mols = [Chem.MolFromSmiles(s) for s in chunk]
            for name in args.features:
                for s, mol, record in zip(chunk, mols, ours(args.molserve, name, chunk, args.atoms), strict=True):
                    refused[name] += "error" in record
                    if d := difference(record, theirs(name, mol, args.atoms)):
                        counts[name] += 1
                        examples[name].append(f"    {s}: {d}")
        print(f"{path.name}: {len(smiles)} strings, {counts.total()} differences so far", file=sys.stderr, flush=True)
    print(" ".join(f"{k} {v}" for k, v in VERSIONS.items()))
    print(f"{'featurizer':28} {'strings':>8} {'refused':>8} {'differ':>8}")
    for name in args.features:
        print(f"{name:28} {total:8} {refused[name]:8} {counts[name]:8}")
        print("\n".join(examples[name][:EXAMPLES]), end="\n" if examples[name] else "")
    sys.exit(counts.total() > 0)


if __name__ == "__main__":
    main()
