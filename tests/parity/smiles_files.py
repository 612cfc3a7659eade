"""Reads files of SMILES: .csv with a column smiles, mol or neut-smiles; .smi and .tsv with a SMILES first in each line; gzipped or not."""

import csv
import gzip
import io
from pathlib import Path

COLUMNS = ("smiles", "neut-smiles", "mol")


def read_smiles(path: Path, limit: int | None = None) -> list[str]:
    """The SMILES of a file, stripped of blanks; empty ones are left out. With a limit about so many, evenly."""
    with (gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="")) as f:
        text = f.read()
    if ".csv" in path.suffixes:
        rows = list(csv.DictReader(io.StringIO(text)))
        column = next(c for c in COLUMNS if c in rows[0])
        found = [row[column].strip() for row in rows]
    else:
        found = [(line.split() or [""])[0] for line in text.splitlines()]
    found = [s for s in found if s]
    return found[:: max(1, len(found) // limit)] if limit else found
