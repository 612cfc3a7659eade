"""Compares how molserve and RDKit 2026.03.6 read molfiles, all fields of `molserve inspect --input sdf`.

    python sdf.py make smiles.smi[.gz] blocks.sdf [--limit N] [--skip K] [--dim 2|3] [--v3000] [--no-kekulize]
    python sdf.py damage blocks.sdf damaged.sdf [--limit N] [--seed S]
    python sdf.py compare MOLSERVE blocks.sdf [more.sdf or .mol …] [--hydrogens implicit|keep|explicit]
        [--standardize STEP,…] [--ignore FIELD,…]

make draws (2D) or embeds (3D) molecules and writes their blocks with data items; damage changes bytes of
blocks at random; compare reads every record with both, standardizes it where steps are named, and counts
the fields that differ. A record that holds what only a query can say must be refused as unsupported by molserve though RDKit reads it.
"""

import argparse
import gzip
import json
import math
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem, rdDepictor

import compare
import dump_rdkit
import standardize

RDLogger.DisableLog("rdApp.*")


def lines(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as source:
        yield from source


def placed(smiles, dim, seed):
    """The molecule with coordinates, or None."""
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or mol.GetNumAtoms() == 0 or mol.GetNumAtoms() > 400:
        return None
    if dim == 3:
        mol = Chem.AddHs(mol)
        params = AllChem.ETKDGv3()
        params.randomSeed, params.maxIterations = seed, 5
        return mol if AllChem.EmbedMolecule(mol, params) == 0 else None
    rdDepictor.Compute2DCoords(mol)
    return mol


def make(args):
    done = 0
    with open(args.target, "w", encoding="utf-8") as out:
        for number, line in enumerate(lines(args.source)):
            parts = line.split()
            if number < args.skip or not parts:
                continue
            if done >= args.limit:
                break
            mol = placed(parts[0], args.dim, number)
            if mol is None:
                continue
            mol.SetProp("_Name", " ".join(parts[1:]))
            try:
                block = Chem.MolToMolBlock(mol, kekulize=not args.no_kekulize, forceV3000=args.v3000)
            except Exception:
                continue
            out.write(f"{block}>  <SMILES>  ({number})\n{parts[0]}\n\n> <note>\nline {number}\n  second \n\n$$$$\n")
            done += 1
    print(f"{done} records")


def records(path):
    """The texts of the records, split as molserve splits them."""
    with open(path, "rb") as source:
        data = source.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    parts = re.split(r"(?m)^\$\$\$\$[^\n]*(?:\n|\Z)", text)
    if parts and not parts[-1].strip(" \t\n\v\f\r"):
        parts.pop()
    return parts


def damage(args):
    """Changes a few bytes, swaps or drops lines, cuts ends."""
    rng = random.Random(args.seed)
    kinds = "0123456789 +-.\nACHNOXQRL*#()=\"M V30\t\r"
    with open(args.target, "wb") as out:
        for text in records(args.source)[: args.limit]:
            rows = text.split("\n")
            for _ in range(rng.choice([1, 1, 1, 2, 3])):
                at = rng.randrange(len(rows))
                if rng.random() < 0.7 and rows[at]:
                    column = rng.randrange(len(rows[at]))
                    cut = rng.choice([0, 1, 1, 1, 2])
                    rows[at] = rows[at][:column] + rng.choice(kinds) * rng.choice([0, 1, 1]) + rows[at][column + cut :]
                elif rng.random() < 0.4:
                    del rows[at]
                    rows = rows or [""]
                elif rng.random() < 0.5:
                    rows[at] = rows[at][: rng.randrange(len(rows[at]) + 1)]
                else:
                    other = rng.randrange(len(rows))
                    rows[at], rows[other] = rows[other], rows[at]
            out.write(("\n".join(rows).rstrip("\n") + "\n\n$$$$\n").encode("utf-8"))


DUMMIES = {"AtomNull", "AtomAtomicNum 0 = val"}  # *, R; the symbol of a generic group


def holds_query(mol):
    atoms = any(a.HasQuery() and a.DescribeQuery().strip() not in DUMMIES for a in mol.GetAtoms())
    return atoms or any(b.HasQuery() and b.DescribeQuery().strip() != "BondNull" for b in mol.GetBonds())


def read(text, hydrogens, steps=()):
    """RDKit's record of one text, after the steps of standardize."""
    supplier = Chem.SDMolSupplier()
    try:
        supplier.SetData(text + "$$$$\n", removeHs=hydrogens != "keep")
        mol = next(iter(supplier), None)
    except Exception as error:
        return {"error": {"code": type(error).__name__}}
    if mol is None:
        return {"error": {"code": "refused"}}
    if hydrogens == "explicit":
        mol = Chem.AddHs(mol)
    source = mol  # choosing a fragment loses the properties
    try:
        for step in steps:
            mol = standardize.STEPS[step](mol)
    except Chem.MolSanitizeException as error:
        return {"error": {"code": type(error).__name__}}
    row = dump_rdkit.record(mol)
    if source.HasProp("_Name") and source.GetProp("_Name"):
        row["title"] = source.GetProp("_Name")
    conformer = mol.GetConformer() if mol.GetNumConformers() else None
    row["xyz"] = conformer.GetPositions().tolist() if conformer and mol.GetNumAtoms() else []
    row["dim"] = 3 if conformer and conformer.Is3D() else 2
    # a value without a blank line behind it swallows the end of the record; molserve ends the value there
    row["props"] = {name: re.sub(r"(^|\n)\$\$\$\$$", "", source.GetProp(name)) for name in source.GetPropNames()}
    row["query"] = holds_query(source)
    return row


def differences(want, got, ignore):
    if "error" in want or "error" in got:
        if "error" in want and "error" in got:
            return set()
        code = got.get("error", {}).get("code")
        if code == "unsupported" and want.get("query") or code == "empty" and want.get("n") == 0:
            return {f"({code})"}
        if code == "format" and not all(math.isfinite(x) for at in want.get("xyz", []) for x in at):
            return {"(not finite)"}
        return {"refused by RDKit only" if "error" in want else "refused by molserve only: " + got["error"]["code"]}
    if want.pop("query"):
        return {"query read by molserve"}
    got.pop("changes", None)
    got["props"] = {k: v for k, v in got["props"].items() if not k.startswith("_")}
    return compare.differences(want, got) - ignore


def inspect(molserve, texts, hydrogens, steps=()):
    with tempfile.NamedTemporaryFile(suffix=".sdf") as file:
        for text in texts:
            file.write(text.encode("utf-8") + (b"" if text.endswith("\n") or not text else b"\n") + b"$$$$\n")
        file.flush()
        change = ["--standardize", ",".join(steps)] if steps else []
        out = subprocess.run([molserve, "inspect", "--input", "sdf", "--hydrogens", hydrogens, *change, file.name], capture_output=True, check=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def compare_files(args):
    counts, examples, total, refused = Counter(), {}, 0, 0
    ignore = set(filter(None, args.ignore.split(",")))
    steps = list(filter(None, args.standardize.split(",")))
    for path in args.files:
        texts = records(path) or [""]
        for text, got in zip(texts, inspect(args.molserve, texts, args.hydrogens, steps), strict=True):
            want = read(text if text.endswith("\n") or not text else text + "\n", args.hydrogens, steps)
            want = json.loads(json.dumps(want).encode("utf-8", "replace"))
            total += 1
            refused += "error" in want
            for field in differences(want, got, ignore):
                counts[field] += 1
                if len(examples.setdefault(field, [])) < args.examples:
                    examples[field].append((path, total, text, want, got))
    print(f"{total} records, {refused} refused by RDKit")
    for field, count in counts.most_common():
        print(f"{field}: {count}")
        for path, number, text, want, got in examples[field]:
            pair = (want.get(field, want), got.get(field, got))
            print(f"  {path} record {number}\n    want {str(pair[0])[:300]}\n    got  {str(pair[1])[:300]}")
            if args.show:
                print(text)
    sys.exit(1 if any(not field.startswith("(") for field in counts) else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    p = commands.add_parser("make")
    p.set_defaults(run=make)
    p.add_argument("source")
    p.add_argument("target")
    p.add_argument("--limit", type=int, default=10**9)
    p.add_argument("--skip", type=int, default=0)
    p.add_argument("--dim", type=int, default=2)
    p.add_argument("--v3000", action="store_true")
    p.add_argument("--no-kekulize", action="store_true")
    p = commands.add_parser("damage")
    p.set_defaults(run=damage)
    p.add_argument("source")
    p.add_argument("target")
    p.add_argument("--limit", type=int, default=10**9)
    p.add_argument("--seed", type=int, default=1)
    p = commands.add_parser("compare")
    p.set_defaults(run=compare_files)
    p.add_argument("molserve")
    p.add_argument("files", nargs="+")
    p.add_argument("--hydrogens", default="implicit")
    p.add_argument("--standardize", default="")
    p.add_argument("--ignore", default="")
    p.add_argument("--examples", type=int, default=3)
    p.add_argument("--show", action="store_true")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
