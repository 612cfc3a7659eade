"""Compares the structure reader and writer with ASE's, value by value.

    python xyz.py compare FILE.extxyz[.gz] … [--molserve BIN]    every frame: molserve's record and ase.io.read's
    python xyz.py golden OUT.jsonl                               the reader's golden cases, as ASE reads them

compare runs `molserve inspect --format jsonl --input xyz`, or without --molserve the gated Go test TestDump;
with the test ASE also reads back what the Go writer wrote of the same frames. Exit status 1 when anything
differs. Numbers are compared bit by bit.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import ase
import ase.io
import numpy as np
from ase.io.extxyz import parse_properties

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 5


def plain(value):
    """JSON of what ASE read: arrays as lists, numpy's numbers as Python's."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return value


def column_names(comment, vectors):
    """Names of the columns in the file, by the names that ASE gives them."""
    if vectors:
        return {}
    properties = ase.io.extxyz.key_val_str_to_dict(comment).get("Properties", "species:S:1:pos:R:3")
    return {ase_name: name for name, (ase_name, _) in parse_properties(properties)[0].items()}


def record(atoms, names, is_plain):
    """The record of inspect from what ASE read: results go back among info and columns."""
    info = {} if is_plain else {key: plain(value) for key, value in atoms.info.items()}
    columns = {names.get(key, key): plain(value) for key, value in atoms.arrays.items() if key not in ("numbers", "positions")}
    for key, value in (atoms.calc.results if atoms.calc else {}).items():
        if key == "stress":
            value = np.asarray(value)[[[0, 5, 4], [5, 1, 3], [4, 3, 2]]]  # back from Voigt's order
        if key in names:
            columns[names[key]] = plain(value)
        else:
            info[key] = plain(value)
    return {"n": len(atoms), "z": atoms.numbers.tolist(), "xyz": atoms.positions.tolist(),
            "cell": atoms.cell.tolist() if atoms.cell.any() else None, "pbc": atoms.pbc.tolist(), "info": info, "columns": columns}


def comments(path):
    """The comment line of every frame, and whether lattice vectors stand behind its atoms (VEC1 …)."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    i = 0
    while i < len(lines) and lines[i].strip():
        comment, i = lines[i + 1].strip(), i + 2 + int(lines[i])
        begin = i
        while i < len(lines) and lines[i].lstrip().startswith("VEC"):
            i += 1
        yield comment, i > begin


def ase_records(path):
    for atoms, (comment, vectors) in zip(ase.io.iread(path, ":", format="extxyz"), comments(path), strict=True):
        yield record(atoms, column_names(comment, vectors), "=" not in comment and not vectors)


def same(a, b):
    """Equal, floats bit by bit; JSON does not tell 3.0 from 3."""
    if isinstance(a, list) or isinstance(b, list):
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return type(a) is type(b) and a == b
    return float(a).hex() == float(b).hex() or a == b == 0 and isinstance(a, int)


def go_dump(path, folder, molserve):
    """molserve's records of path, one a line, and the frames that its writer wrote, if it did."""
    out, written = folder / "records.jsonl", folder / "written.xyz"
    if molserve:
        with open(out, "wb") as file:
            subprocess.run([molserve, "inspect", "--format", "jsonl", "--input", "xyz", path], stdout=file, check=True)
        return out, None
    env = dict(os.environ, MOLSERVE_XYZ_IN=str(path), MOLSERVE_XYZ_OUT=str(out), MOLSERVE_XYZ_WRITE=str(written))
    subprocess.run(["go", "test", "-count=1", "-run", "^TestDump$", "./preprocess/xyz"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    return out, written


def compare(title, want, got):
    """Prints which fields differ in how many frames, and the first examples."""
    counts, frames = Counter(), 0
    for number, (a, b) in enumerate(zip_longest(want, got)):
        frames += 1
        if a is None or b is None:
            fields = ["frame"]
        else:
            fields = [key for key in a.keys() | b.keys() if not same(a.get(key), b.get(key))]
        counts.update(fields)
        for key in fields:
            if counts[key] <= EXAMPLES:
                print(f"  frame {number}: {key}\n    ASE      {a and a.get(key)}\n    molserve {b and b.get(key)}"[:600])
    print(f"{title}: {frames} frames, {dict(counts) or 'equal'}", flush=True)
    return not counts


def compare_file(name, molserve):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "frames.xyz"
        with (gzip.open if name.endswith(".gz") else open)(name, "rb") as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target)
        out, written = go_dump(path, folder, molserve)
        want = list(ase_records(path))
        with open(out, encoding="utf-8") as lines:
            equal = compare(Path(name).name, want, map(json.loads, lines))
        if written:
            equal &= compare(Path(name).name + " written and read by ASE", want, ase_records(written))
        return equal


# Golden cases: name → text of one frame or more. What ASE cannot read is recorded as refused.
ATOM = "H 0 0 0\n"
COMMENTS = r"""
energy=-1.5 config_type=bulk T=300
Lattice="5 0 0 0 6.5 0 0 0 7"
Lattice="4.1 0 0 1.3 3.9 0 -0.7 0.9 5.2" pbc="T F T"
Lattice="5.0 0.0 0.0 0.0 5.0 0.0 0.0 0.0 5.0" pbc="F F F"
Lattice=[5,0,0,0,5,0,0,0,5] pbc=[1,0,1]
Lattice={5 0 0 0 5 0 0 0 0} pbc='T T F'
pbc=T a=1
pbc="true false TRUE" a=1
pbc=0 a=1
pbc="_JSON [true, false, true]" a=1
pbc="T T" a=1
a="1 2 3" b="1.0 2" c=1,2 d=1e5 e=-.5 f=+7 g=007 h=1_0 i=9223372036854775808
a=T b=FALSE c="T F T" d=tRUE e="1 T" f=true flag
a=it's b=3'
a='x y' b="x \"y\" \\z" c={p q} d=[r s]
a== b c=d=e
a= b=2
a="" b=3
a = 5 b =6 c= 7
"a b"=3 c[0]=4
a=b flag another_flag
uid=5 UID="1 2" uid2=5
stress="1 2 3 2 5 6 3 6 9" virial="1.5 2 3 4 5 6 7 8 9" energy=2
stress="1 2 3 4 5 6"
stress=1
a="_JSON [1, 2, 3]" b="_JSON [[1, 2], [3, 4]]" c="_JSON [1, true]" d="_JSON [true, 2.5]" e="_JSON 5" f="_JSON true"
a="_JSON {\"x\": [1, \"y\", null]}" b="_JSON [\"p\", \"q\"]" c="_JSON null" d="_JSON \"1 2\"" e="_JSON [[], []]" f="_JSON []"
a="_JSON [1, null]" b="_JSON [9223372036854775808]" c="_JSON 123456789012345678901" d=_JSON e="_JSON  [1]"
a="_JSON  null " b="_JSON  [ 1 , 2 ] " c="_JSON  \"x\" "
a="_JSON x"
a="_JSON [[1, 2], [3]]"
dihedrals="_JSON [160.34, 73.35, 28.36]" free_energy=-3.25 dipole="0.1 0.2 0.3" magmom=1
a=1 a=2 b=3 a=x
é=ü smile="☺ x"
a=5 Lattice=5
=x
a=,
a=1,2,,3
a=1e400b b=1.5f c=0x10 d=1e e=- f=.
"""
ROWS = {
    "plain without comment": "2\n\nO 0 0 0.12\nH 0 0.76 -0.47\n",
    "plain with a comment": "1\nwater molecule\nO 0 0 0.12\n",
    "case of symbols": "3\n\nCL 0 0 0\ncl 1 0 0\nX 2 0 0\n",
    "words behind the columns": "1\n\nO 0 0 0.12 0.5 text\n",
    "tabs, leading blanks, crlf": "1 \r\nProperties=species:S:1:pos:R:3 a=1 \r\n\tO   0\t0 0.12  \r\n",
    "no last newline": "1\n\nO 0 0 0.12",
    "blank end": "1\n\nO 0 0 0.12\n\n  \n",
    "columns in any order": "2\nProperties=pos:R:3:q:R:1:Z:I:1:tag:I:2:name:S:1:on:L:1 a=1\n1 2 3 0.5 8 1 2 CA T\n4 5 6 1.5 1 3 4 CB F\n",
    "species and Z": "1\nProperties=species:S:1:Z:I:1:pos:R:3\nQq 8 1 2 3\n",
    "ASE's names": "1\nProperties=symbols:S:1:positions:R:3:momenta:R:3:charge:R:1:initial_charges:R:1:magmoms:R:1 a=1\nO 1 2 3 4 5 6 -1 0.5 2\n",
    "forces before positions": "1\nProperties=forces:R:3:species:S:1:pos:R:3 energy=1\n1e-3 2. .5 O -1 -2 -3\n",
    "integer positions": "1\nProperties=species:S:1:pos:I:3\nO 1 2 3\n",
    "half a triple": "1\nProperties=species:S:1:pos:R:3:forces:R\nO 1 2 3\n",
    "logical words": "1\nProperties=species:S:1:pos:R:3:on:L:2 a=1\nO 1 2 3 True False\n",
    "full precision": "1\nProperties=species:S:1:pos:R:3:f:R:3 a=1\nO 0.1234567890123456789 -9007199254740993e-12 1.7976931348623157e5 5e-324 2.2250738585072011e-308 1e22\n",
    "vectors": "2\nwater energy=5\nO 0 0 0.12\nH 0 0.76 -0.47\nVEC1 5 0 0\nVEC2 0 6 0\n",
    "three vectors, two frames": "1\n\nO 0 0 0.12\nVEC1 5 0 0\nVEC2 0 6 0\nVEC3 0 0 7\n1\na=1\nO 1 2 3\n",
    "VEC2 first": "1\n\nO 0 0 0.12\nVEC2 5 0 0\n",
    "frames of many kinds": "1\na=1\nO 0 0 0\n2\nProperties=species:S:1:pos:R:3:q:R:1 pbc=\"F F F\"\nO 0 0 0 1\nH 0 0 1 2\n1\n\nN 1 1 1\n",
    "unknown element": "1\n\nQq 0 0 0\n",
    "deuterium": "1\n\nD 0 0 0\n",
    "missing number": "1\n\nO 0 0\n",
    "no number": "1\n\nO 0 0 x\n",
    "float in an integer column": "1\nProperties=species:S:1:pos:R:3:tag:I:1\nO 0 0 0 1.0\n",
    "truncated": "3\n\nO 0 0 0\nH 0 0 1\n",
    "bad count": "water\n\nO 0 0 0\n",
    "unknown type": "1\nProperties=species:S:1:pos:Q:3\nO 0 0 0\n",
    "column twice": "1\nProperties=species:S:1:pos:R:3:a:R:1:a:R:1\nO 0 0 0 1 2\n",
    # Refused by one of the two; golden_test.go says which and why.
    "atomic number for a symbol": "1\n\n8 0 0 0\n",
    "Fortran exponents": "1\nLattice=\"1.0D+01 0 0 0 1.0D+01 0 0 0 1.0D+01\" energy=-1.5D+00 Properties=species:S:1:pos:R:3\nO 0.5D+00 0 -1.0d-1\n",
    "Fortran energy": "1\nenergy=-1.5D+00 name=1D2\nO 0 0 0\n",
    "comment that begins with =": "1\n=== water ===\nO 0 0 0\n",
    "mixed pbc": "1\npbc=\"T T 0\" a=1\nO 0 0 0\n",
    "numbers in a logical column": "1\nProperties=species:S:1:pos:R:3:on:L:2\nO 0 0 0 1 0\n",
    "no positions": "1\nProperties=species:S:1\nO\n",
    "no species": "1\nProperties=pos:R:3\n0 0 0\n",
    "no atoms": "0\n\n",
    "flat cell": "1\nLattice=\"5 0 0 10 0 0 0 0 5\"\nO 0 0 0\n",
    "zero cell": "1\nLattice=\"0 0 0 0 0 0 0 0 0\"\nO 0 0 0\n",
    "far away": "1\n\nO 1e300 0 0\n",
    "NaN": "1\n\nO NaN 0 0\n",
    "frame after a blank line": "1\n\nO 0 0 0\n\n1\n\nH 0 0 0\n",
}


def golden(name):
    cases = {f"comment: {line}": f"1\n{line}\n{ATOM}" for line in COMMENTS.strip().splitlines()} | ROWS
    with open(name, "w", encoding="utf-8") as out:
        out.write(json.dumps({"ase": ase.__version__, "numpy": np.__version__}) + "\n")
        for case, text in cases.items():
            out.write(json.dumps({"name": case, "text": text} | read_case(text), ensure_ascii=False) + "\n")


def read_case(text):
    with tempfile.NamedTemporaryFile("w", suffix=".xyz", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        try:
            frames = list(ase_records(file.name))
            finite = all(np.isfinite(frame["xyz"]).all() for frame in frames)
            return {"frames": frames if finite else []}  # JSON has no NaN
        except Exception as error:  # whatever ASE raises is a refusal
            return {"refused": type(error).__name__}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("compare")
    command.add_argument("files", nargs="+")
    command.add_argument("--molserve")
    commands.add_parser("golden").add_argument("out")
    args = parser.parse_args()
    if args.command == "golden":
        return golden(args.out)
    if not all([compare_file(name, args.molserve) for name in args.files]):
        sys.exit(1)


if __name__ == "__main__":
    main()
