"""Times SMILES -> molecule and SMILES -> chemprop 2 tensors: RDKit, cuik-molmaker and chemprop beside molserve.

    python tests/parity/speed_chemistry.py FILE.smi[.gz] … [--strings 5000] [--rounds 5] [--core 0]

Every FILE (a SMILES a line, what follows a blank is ignored) is sampled, evenly. All run on one core, in turns,
the same strings in the same order; time is processor time, so that a busy machine does not favour one; of each the
least of all rounds and the median are printed, and the ratios of the rounds' medians. The Go side are the
benchmarks SMILESToPerceived, SMILESToKept and SMILESToTensors of ./preprocess.

Tensors are what a chemprop 2 network takes: V [N,72], E [E,14], edge_index, the reverse edges, the graph of each
atom, in batches of 64. Needs rdkit 2026.03.6, chemprop 2.3.1, cuik-molmaker; one that is missing is left out.
"""

import argparse
import gzip
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BATCH = 64
CHUNK = {"chemprop": 0.1}  # part of the strings that a slow one gets


def read(path: Path, count: int) -> list[str]:
    """Reads count strings, evenly over the file."""
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as lines:
        strings = [fields[0] for fields in map(str.split, lines) if fields]
    step = max(len(strings) // count, 1)
    return strings[::step][:count]


def batches(strings: list[str]):
    for at in range(0, len(strings), BATCH):
        yield strings[at : at + BATCH]


def rdkit_molecules() -> Callable[[list[str]], None]:
    from rdkit import Chem, RDLogger

    RDLogger.DisableLog("rdApp.*")

    def run(strings):
        for s in strings:
            Chem.MolFromSmiles(s)

    return run


def cuik_tensors() -> Callable[[list[str]], None]:
    import cuik_molmaker as cm

    atoms = cm.atom_onehot_feature_names_to_array(
        ["atomic-number-common", "total-degree", "formal-charge", "chirality", "num-hydrogens", "hybridization-expanded"]
    )
    floats = cm.atom_float_feature_names_to_array(["aromatic", "mass"])
    bonds = cm.bond_feature_names_to_array(["is-null", "bond-type-onehot", "conjugated", "in-ring", "stereo"])

    def run(strings):
        for batch in batches(strings):
            cm.batch_mol_featurizer(batch, atoms, floats, bonds, False, False, True, False)

    return run


def chemprop_tensors() -> Callable[[list[str]], None]:
    from chemprop.data import BatchMolGraph
    from chemprop.featurizers import SimpleMoleculeMolGraphFeaturizer
    from rdkit import Chem

    featurizer = SimpleMoleculeMolGraphFeaturizer()

    def run(strings):
        for batch in batches(strings):
            molecules = [m for m in map(Chem.MolFromSmiles, batch) if m is not None]
            BatchMolGraph([featurizer(m) for m in molecules])

    return run


class Molserve:
    """The Go benchmarks, compiled once."""

    def __init__(self, folder: Path):
        self.binary = folder / "preprocess.test"
        subprocess.run(["go", "test", "-c", "-o", self.binary, "./preprocess"], cwd=ROOT, check=True)

    def time(self, name: str, path: Path) -> tuple[float, float]:
        """Returns ns and allocations a molecule."""
        command = [self.binary, "-test.run=^$", f"-test.bench=^BenchmarkSMILESTo{name}$", "-test.benchtime=10x", "-test.cpu=1"]
        environment = os.environ | {"MOLSERVE_BENCH_SMILES": str(path)}
        done = subprocess.run(command, cwd=ROOT / "preprocess", env=environment, check=True, capture_output=True, text=True)
        value = lambda unit: float(re.search(rf"([\d.e+]+) {unit}", done.stdout)[1])  # noqa: E731
        return value("ns/mol"), value("allocs/mol")


def load(name: str, make: Callable[[], Callable]) -> Callable | None:
    try:
        return make()
    except ImportError as missing:
        print(f"without {name}: {missing}")
        return None


def measure(strings: list[str], peers: dict[str, Callable], molserve: Molserve, rounds: int, path: Path) -> None:
    path.write_text("\n".join(strings) + "\n")
    spent: dict[str, list[float]] = {}
    allocations = {}
    for _ in range(rounds):
        for name, run in peers.items():
            part = strings[: max(int(len(strings) * CHUNK.get(name.split()[0], 1)), BATCH)]
            start = time.process_time()
            run(part)
            spent.setdefault(name, []).append((time.process_time() - start) / len(part) * 1e6)
        for name in ("Perceived", "Kept", "Tensors"):
            ns, allocations[name] = molserve.time(name, path)
            spent.setdefault(f"molserve {name}", []).append(ns / 1e3)
    for name, times in spent.items():
        least, middle = min(times), statistics.median(times)
        extra = f"  {allocations[name.split()[1]]:.1f} allocations" if name.startswith("molserve") else ""
        print(f"  {name:20} {least:8.1f} µs least {middle:8.1f} median {1e6 / least:9.0f}/s{extra}")
    ratios(spent)


def ratios(spent: dict[str, list[float]]) -> None:
    for peer, ours in (("rdkit molecules", "Perceived"), ("rdkit molecules", "Kept"), ("cuik tensors", "Tensors"), ("chemprop tensors", "Tensors")):
        if peer in spent:
            pairs = [p / o for p, o in zip(spent[peer], spent[f"molserve {ours}"], strict=True)]
            print(f"  {peer} / molserve {ours}: median {statistics.median(pairs):.1f}, {min(pairs):.1f} to {max(pairs):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--strings", type=int, default=5000, help="of each file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core", type=int, default=0, help="the core that all run on")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        molserve = Molserve(Path(folder))  # before the others: compiling may use all cores
        os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        os.sched_setaffinity(0, {args.core})
        made = {"rdkit molecules": rdkit_molecules, "cuik tensors": cuik_tensors, "chemprop tensors": chemprop_tensors}
        peers = {name: run for name, make in made.items() if (run := load(name, make))}
        for file in args.files:
            strings = read(file, args.strings)
            print(f"{file.name}: {len(strings)} strings")
            measure(strings, peers, molserve, args.rounds, Path(folder) / "strings.smi")


if __name__ == "__main__":
    main()
