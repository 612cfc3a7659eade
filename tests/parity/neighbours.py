"""Compares molserve's neighbour lists with those of ASE, matscipy and vesin, edge for edge.

    python tests/parity/neighbours.py [--data DIR] [--structures 600] [--golden] [--speed]

Without --data only generated structures are compared: random triclinic cells, slabs, wires, molecules in
and out of their cell, left-handed cells, cutoffs up to four images. DIR holds *.extxyz.gz, of which some
frames each are added. --golden writes the small cases that the Go tests read. --speed times molserve and
vesin in turns, one core, and compares nothing.

Needs ase 3.29.0, matscipy 1.3.1, vesin 0.6.2. The Go side is a test of preprocess/geometry that answers
jobs (neighbours_driver_test.go). Exits 1 if anything differs.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ase
import ase.io
import matscipy.neighbours
import numpy as np
import vesin
from ase.neighborlist import neighbor_list

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "preprocess" / "geometry"
GOLDEN = PACKAGE / "testdata" / "neighbours.json"
SEED = 20250101
DISTANCE_TOL = 1e-12  # relative

Edges = dict[tuple[int, int, int, int, int], float]  # (src, dst, sx, sy, sz) -> Å


class Driver:
    """The Go side, built once: a job in, a record out."""

    def __init__(self, folder: str) -> None:
        binary = str(Path(folder) / "geometry.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "."], cwd=PACKAGE, check=True)
        self.process = subprocess.Popen(
            [binary, "-test.run", "^TestNeighboursDriver$", "-test.v", "-test.timeout", "0"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PACKAGE,
            env={**os.environ, "NEIGHBOURS_DRIVER": "1", "GOMAXPROCS": "1"},
        )

    def ask(self, job: dict | None) -> dict:
        """The record of a job; None asks the last one again."""
        self.process.stdin.write((json.dumps(job) if job else "") + "\n")
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the driver ended")
            if line.startswith("{"):
                return json.loads(line)


def job(atoms: ase.Atoms, cutoff: float, **more: int) -> dict:
    """What the driver is asked."""
    cell = atoms.cell.array.tolist() if atoms.cell.array.any() else None
    return {"positions": atoms.positions.tolist(), "cell": cell, "pbc": [bool(p) for p in atoms.pbc], "cutoff": cutoff, **more}


def as_edges(i: np.ndarray, j: np.ndarray, d: np.ndarray, shifts: np.ndarray) -> Edges:
    """Centres i receive from j: D = r(j) + S·cell − r(i) is molserve's vector with src = j, dst = i."""
    keys = zip(j.tolist(), i.tolist(), *np.asarray(shifts, dtype=int).T.tolist(), strict=True)
    return dict(zip(keys, d.tolist(), strict=True))


def ours(record: dict) -> Edges:
    """A record as edges; fails where the record is not what inspect.md says."""
    edges = [tuple(e) for e in record["edges"]]
    if edges != sorted(edges, key=lambda e: (e[1], e[0], e[2:])):
        raise AssertionError("edges are not sorted by dst, src, shift")
    vectors = np.array(record["vectors"]).reshape(-1, 3)
    if not np.array_equal(np.sqrt((vectors * vectors).sum(axis=1)), np.array(record["distances"])):
        raise AssertionError("distances are not the lengths of vectors")
    return dict(zip(edges, record["distances"], strict=True))


def by_ase(atoms: ase.Atoms, cutoff: float) -> Edges:
    """ASE's list."""
    return as_edges(*neighbor_list("ijdS", atoms, cutoff))


def by_matscipy(atoms: ase.Atoms, cutoff: float) -> Edges:
    """matscipy's list. It wants a whole cell: missing vectors are completed, which changes no edge."""
    whole = atoms.copy()
    whole.set_cell(whole.cell.complete())
    return as_edges(*matscipy.neighbours.neighbour_list("ijdS", atoms=whole, cutoff=cutoff))


def by_vesin(atoms: ase.Atoms, cutoff: float) -> Edges:
    """vesin's list."""
    calculator = vesin.NeighborList(cutoff=cutoff, full_list=True, n_threads=1)
    return as_edges(*calculator.compute(points=atoms.positions, box=atoms.cell.complete().array,
                                        periodic=[bool(p) for p in atoms.pbc], quantities="ijdS"))


ORACLES = {"ase": by_ase, "matscipy": by_matscipy, "vesin": by_vesin}


def differences(got: Edges, want: Edges) -> str:
    """What differs, in a few words; empty when nothing does."""
    missing, extra = want.keys() - got.keys(), got.keys() - want.keys()
    if missing or extra:
        return f"{len(missing)} missing {sorted(missing)[:2]}, {len(extra)} extra {sorted(extra)[:2]} of {len(want)} edges"
    worst = max((abs(got[e] - d) / d for e, d in want.items() if d > 0), default=0.0)
    return f"distances differ by {worst:.1e}" if worst > DISTANCE_TOL else ""


def random_cell(rng: np.random.Generator, size: float) -> np.ndarray:
    """Three vectors of about size Å; every third one is left-handed."""
    while True:
        cell = size * (np.eye(3) + rng.uniform(-0.45, 0.45, (3, 3)))
        if abs(np.linalg.det(cell)) > 0.3 * size**3:
            return cell[[1, 0, 2]] if rng.random() < 1 / 3 else cell


def generate(rng: np.random.Generator) -> tuple[str, ase.Atoms, float]:
    """One structure of a random kind and a cutoff for it, Å."""
    kind = rng.choice(["bulk", "small bulk", "slab", "wire", "molecule", "boxed molecule", "scattered"])
    size = float(rng.uniform(1.8, 3.5) if kind == "small bulk" else rng.uniform(4, 12))
    cell = random_cell(rng, size)
    n = int(rng.integers(1, 5) if kind == "small bulk" else rng.integers(1, 60))
    positions = rng.random((n, 3)) @ cell
    pbc = np.ones(3, dtype=bool)
    cutoff = float(rng.uniform(2, 4 * size) if kind == "small bulk" else rng.uniform(2, 7))
    if kind in ("slab", "wire"):
        open_axes = rng.choice(3, size=1 if kind == "slab" else 2, replace=False)
        pbc[open_axes] = False
        if rng.random() < 0.5:
            cell[open_axes] = 0
    elif kind == "molecule":
        cell, pbc = np.zeros((3, 3)), ~pbc
    elif kind == "boxed molecule":
        pbc[:] = False
        positions += rng.uniform(-20, 20, 3)
    elif kind == "scattered":
        positions += rng.integers(-5, 6, (n, 3)) @ cell
    return str(kind), ase.Atoms("H" * n, positions=positions, cell=cell, pbc=pbc), cutoff


def frames(folder: Path, rng: np.random.Generator) -> list[tuple[str, ase.Atoms, float]]:
    """Some frames of each file, at the cutoff of most models."""
    found = []
    for path in sorted(folder.glob("*.extxyz.gz")):
        with gzip.open(path, "rt") as f:
            images = ase.io.read(f, index=":50", format="extxyz")
        found += [(path.name, images[k], 5.0) for k in rng.choice(len(images), size=min(10, len(images)), replace=False)]
    return found


def compare(driver: Driver, cases: list[tuple[str, ase.Atoms, float]]) -> int:
    """Prints what differs and a table; returns the number of differences."""
    faults, counts, edges = 0, {}, 0
    for number, (kind, atoms, cutoff) in enumerate(cases):
        got = {name: ours(driver.ask(job(atoms, cutoff, algorithm=a))) for name, a in (("brute", 1), ("cells", 2))}
        counts[kind] = counts.get(kind, 0) + 1
        edges += len(got["brute"])
        if got["brute"] != got["cells"]:
            faults += 1
            print(f"{number} {kind}: brute force and cell list differ")
        for name, oracle in ORACLES.items():
            text = differences(got["cells"], oracle(atoms, cutoff))
            if text:
                faults += 1
                print(f"{number} {kind}, cutoff {cutoff:.3f}, {name}: {text}")
    for kind, count in sorted(counts.items()):
        print(f"{count:5d} {kind}")
    print(f"{len(cases)} structures, {edges} edges, against {', '.join(ORACLES)}: {faults} differences")
    return faults


def write_golden(rng: np.random.Generator) -> None:
    """Small cases with ASE's edges, for tests without Python."""
    cases = []
    while len(cases) < 24:
        kind, atoms, cutoff = generate(rng)
        edges = by_ase(atoms, cutoff)
        if len(edges) <= 150:
            rows = sorted(edges, key=lambda e: (e[1], e[0], e[2:]))
            cases.append({"kind": kind, **job(atoms, cutoff), "edges": rows, "distances": [edges[e] for e in rows]})
    head = {"by": "tests/parity/neighbours.py --golden", "ase": ase.__version__, "numpy": np.__version__, "seed": SEED}
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    GOLDEN.write_text(json.dumps(head)[:-1] + ',"cases":[\n' + body + "\n]}\n")


def speed(driver: Driver) -> int:
    """Least times of both in turns; returns the number of bars that were missed."""
    rng, missed = np.random.default_rng(SEED), 0
    calculator = vesin.NeighborList(cutoff=5.0, full_list=True, n_threads=1)
    # (atoms, rounds, builds a round, most times vesin's time)
    for n, rounds, builds, bar in ((25, 40, 30, 1.0), (100, 40, 10, 1.0), (1_000, 40, 2, 1.2), (10_000, 20, 1, 1.2), (100_000, 6, 1, None)):
        side = (n / 0.1) ** (1 / 3)  # 0.1 atoms/Å³
        atoms = ase.Atoms(numbers=np.ones(n), positions=side * rng.random((n, 3)), cell=side * np.eye(3), pbc=n > 25)
        asked, least, theirs, cell, repeats = job(atoms, 5.0, times=builds), 1 << 62, 1 << 62, atoms.cell.array, bool(atoms.pbc[0])
        for _ in range(rounds):
            answer = driver.ask(asked)
            asked, least = None, min(least, answer["ns"])
            for _ in range(builds):
                start = time.perf_counter_ns()
                calculator.compute(points=atoms.positions, box=cell, periodic=repeats, quantities="ijSdD")
                theirs = min(theirs, time.perf_counter_ns() - start)
        edges, ratio = answer["edges"], least / theirs
        print(f"{n:7d} atoms {edges:8d} edges: molserve {least / 1e3:10.1f} µs {least / edges:6.1f} ns an edge, "
              f"vesin {theirs / 1e3:10.1f} µs {theirs / edges:6.1f}, ratio {ratio:.2f}" + (f" (at most {bar})" if bar else ""))
        missed += bool(bar and ratio > bar)
    return missed


def main() -> int:
    """Exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--structures", type=int, default=600)
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    rng = np.random.default_rng(SEED)
    if arguments.golden:
        write_golden(rng)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(folder)
        if arguments.speed:
            return int(speed(driver) > 0)
        cases = [generate(rng) for _ in range(arguments.structures)]
        cases += frames(arguments.data, rng) if arguments.data else []
        return int(compare(driver, cases) > 0)


if __name__ == "__main__":
    sys.exit(main())
