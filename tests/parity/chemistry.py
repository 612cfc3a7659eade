"""Compares all of chemistry with RDKit 2026.03.6 and the featurizers' own libraries, on every distinct SMILES below a folder.

    python tests/parity/chemistry.py --molserve bin/molserve --data DIR [--checks NAME …] [--whole] [--one-in N] [--jobs 2]

Checks, and the share of the strings that each takes; --whole gives all strings to all (hours: sdf_3d embeds them):
{table}
The same strings are taken each time. Exits 1 when anything differs that docs/rdkit-differences.md does not list.
Needs what tests/parity/requirements.txt names, and go; run it in the root of the repository.
"""

import argparse
import functools
import multiprocessing
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from rdkit import RDLogger

import checks
import driver
from checks import Chunk
from libraries import VERSIONS
from smiles_files import COLUMNS, read_smiles

CHUNK = 1000
DIFFERENCES = Path("docs/rdkit-differences.md")
# name: (function, one string in so many, what --whole takes instead)
CHECKS = {
    "records": (checks.records, 1, None),
    "records_keep": (checks.records_keep, 8, None),
    "records_explicit": (checks.records_explicit, 8, None),
    "featurizers": (checks.featurizers, 1, None),
    "variants": (checks.variants, 8, None),
    "weave": (checks.weave, 16, None),
    "fingerprints": (checks.fingerprints, 1, None),
    "scaffolds": (checks.scaffolds, 1, None),
    "standardize_all": (checks.standardize_all, 1, None),
    "standardize_one": (checks.standardize_one, 1, checks.standardize_each),
    "canonical_ranks": (checks.canonical_ranks, 1, None),
    "written": (checks.written, 1, None),
    "rewritten": (checks.rewritten, 32, None),
    "sdf_2d": (checks.sdf_2d, 1, checks.sdf_2d_both),
    "sdf_3d": (checks.sdf_3d, 100, None),
}
TABLE = "\n".join(f"    {name:18} {'all' if n == 1 else f'one in {n}'}" for name, (_, n, _) in CHECKS.items())


def strings(data: Path) -> list[str]:
    """Distinct SMILES of all files below a folder, in order."""
    found = {}
    for path in sorted(p for p in data.rglob("*") if {".csv", ".smi", ".tsv"} & set(p.suffixes)):
        try:
            found.update(dict.fromkeys(read_smiles(path)))
        except StopIteration:
            print(f"{path.name} has no column {' or '.join(COLUMNS)}", file=sys.stderr)
    return list(found)


def check(args, texts: list[str]):
    """Counts by (check, what) and examples of one chunk."""
    counts, examples, spent = Counter(), defaultdict(list), Counter()
    whole = Chunk(args.molserve, texts)
    for name in args.checks:
        function, one_in, instead = CHECKS[name]
        start = time.process_time()
        chunk = whole.part(1 if args.whole else one_in)
        for text, why in (instead if args.whole and instead else function)(chunk):
            counts[name, "compared"] += 1
            if why:
                counts[name, "differ"] += 1
                examples[name].append(f"{text}: {why}")
        spent[name] += time.process_time() - start
    return counts, examples, spent


class Totals:
    def __init__(self, total: int, examples_shown: int):
        self.total, self.done, self.start, self.examples_shown = total, 0, time.time(), examples_shown
        self.counts, self.examples, self.spent = Counter(), defaultdict(list), Counter()

    def add(self, counts, examples, spent, texts=CHUNK):
        self.counts += counts
        self.spent += spent
        for name, found in examples.items():
            self.examples[name] += found
        self.done = min(self.total, self.done + texts)
        rate = self.done / (time.time() - self.start)
        left = (self.total - self.done) / rate
        bad = sum(n for (_, what), n in self.counts.items() if what == "differ")
        print(f"\r{self.done} of {self.total} strings, {rate:.0f} a second, {left / 60:.0f} min left, {bad} differences ", end="", file=sys.stderr, flush=True)

    def report(self, listed: set[str], names) -> int:
        """Prints the table and returns the differences that are not listed."""
        print(f"\n{' '.join(f'{k} {v}' for k, v in VERSIONS.items())}\n{'check':18} {'compared':>9} {'differ':>7} {'listed':>7} {'CPU s':>7}")
        bad = 0
        for name in names:
            new = [e for e in self.examples[name] if e.partition(": ")[0].split(" as ")[0] not in listed]
            differ = self.counts[name, "differ"]
            print(f"{name:18} {self.counts[name, 'compared']:9} {differ:7} {differ - len(new):7} {self.spent[name]:7.0f}")
            print("".join(f"    {e}\n" for e in new[: self.examples_shown]), end="")
            bad += len(new)
        print(f"{self.done} of {self.total} strings, {(time.time() - self.start) / 60:.1f} min, {bad} differences that are not listed")
        return bad


def listed() -> set[str]:
    """The SMILES of docs/rdkit-differences.md: its lines that begin with four blanks."""
    return {line.strip() for line in DIFFERENCES.read_text().splitlines() if line.startswith("    ")} if DIFFERENCES.exists() else set()


def leave_signals() -> None:
    """In a worker: the parent hears them and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.replace("{table}", TABLE), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molserve", required=True, help="the binary")
    parser.add_argument("--data", type=Path, required=True, help="folder of .csv, .smi and .tsv files")
    parser.add_argument("--checks", nargs="*", default=list(CHECKS), choices=list(CHECKS), metavar="NAME")
    parser.add_argument("--whole", action="store_true", help="every string in every check")
    parser.add_argument("--one-in", type=int, default=1, help="take one string in so many, evenly")
    parser.add_argument("--examples", type=int, default=5, help="differences shown of each check")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    RDLogger.DisableLog("rdApp.*")
    for package in checks.PACKAGES:
        driver.binary(package)
    texts = strings(args.data)[:: args.one_in]
    totals = Totals(len(texts), args.examples)
    chunks = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)]
    with multiprocessing.get_context("fork").Pool(args.jobs, initializer=leave_signals) as pool:
        try:
            for found in pool.imap_unordered(functools.partial(check, args), chunks):
                totals.add(*found)
        except KeyboardInterrupt:
            print("\ninterrupted: what was compared so far", file=sys.stderr)
            totals.report(listed(), args.checks)
            sys.exit(130)
    names = list(args.checks)
    for path in args.data.rglob("same_molecule_pairs.tsv.gz"):
        names.append("pairs")
        for text, why in checks.pairs(args.molserve, path):
            totals.counts["pairs", "compared"] += 1
            totals.counts["pairs", "differ"] += bool(why)
            totals.examples["pairs"] += [f"{text}: {why}"] if why else []
    sys.exit(totals.report(listed(), names) > 0)


if __name__ == "__main__":
    main()
