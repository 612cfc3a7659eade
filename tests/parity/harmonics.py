"""Compares spherical harmonics, Wigner-D and Wigner-3j of preprocess/geometry with e3nn in float64, in every number.

    python tests/parity/harmonics.py             # the full comparison; exits 1 above 1e-12
    python tests/parity/harmonics.py --write     # rewrites preprocess/geometry/testdata/{harmonics,wigner}.json
    python tests/parity/harmonics.py --speed     # times l <= 3 beside sphericart, in turns, one core

Run it in the root of the repository. Needs e3nn 0.6.0, torch and go; --speed needs sphericart 2.0.4.
"""

import argparse
import functools
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import e3nn
import torch
from e3nn import o3

LMAX = 6
TOLERANCE = 1e-12
NORMALISATIONS = ("component", "norm", "integral")
PACKAGE = "./preprocess/geometry"
TESTDATA = Path("preprocess/geometry/testdata")


def vectors(count: int) -> torch.Tensor:
    """[count + edge cases, 3]: axes, zero, tiny, huge and random ones."""
    special = [[0, 0, 0], [1, 0, 0], [0, -1, 0], [0, 0, 2], [1e-13, 0, 0], [1e-12, 1e-12, 0], [1e-6, 2e-6, -1e-6], [3, 4, 0], [0, 1e20, 1e20], [-5, 5, 5]]
    return torch.cat([torch.tensor(special, dtype=torch.float64), torch.randn(count, 3)])


def harmonics(vec: torch.Tensor) -> list[dict]:
    """Rows of all degrees for each normalisation and scaling."""
    out = []
    for normalisation in NORMALISATIONS:
        for keep in (False, True):
            y = o3.spherical_harmonics(list(range(LMAX + 1)), vec, not keep, normalisation)
            out.append({"normalisation": normalisation, "keep_length": keep, "y": y.tolist()})
    return out


def rotations(count: int) -> list[dict]:
    """Orthogonal matrices and D of the harmonics' irreps. D comes from the angles: e3nn's way back from a matrix to angles
    loses half of the digits where the angle about x is near 0 or pi."""
    special = [(0, 0, 0), (math.pi / 2, 0, 0), (0, math.pi / 2, 0), (0, math.pi, 0), (0.3, 1e-9, 0.5), (1, math.pi / 3, 2)]
    angles = [torch.tensor(a, dtype=torch.float64) for a in special] + [torch.rand(3) * 2 * math.pi for _ in range(count)]
    out = []
    for i, (alpha, beta, gamma) in enumerate(angles):
        sign = 1 if i % 2 == 0 else -1
        r = sign * o3.angles_to_matrix(alpha, beta, gamma)
        d = [sign**l * o3.wigner_D(l, alpha, beta, gamma) for l in range(LMAX + 1)]
        out.append({"r": r.tolist(), "d": [m.tolist() for m in d]})
    return out


def couplings(triples: list[tuple[int, int, int]]) -> list[dict]:
    """The entries of each Wigner-3j that are not zero: i, j, k, C one after the other."""
    out = []
    for l in triples:
        c = o3.wigner_3j(*l, dtype=torch.float64)
        at = (c.abs() > 1e-9).nonzero()
        out.append({"l": l, "terms": [n for i in at.tolist() for n in (*i, c[tuple(i)].item())]})
    return out


def triples(lmax: int) -> list[tuple[int, int, int]]:
    r = range(lmax + 1)
    return [(a, b, c) for a in r for b in r for c in r if abs(a - b) <= c <= a + b]


def dump(name: str, numbers: dict) -> None:
    versions = {"e3nn": e3nn.__version__, "torch": torch.__version__.split("+")[0]}
    (TESTDATA / name).write_text(json.dumps({"versions": versions, **numbers}, separators=(",", ":")) + "\n")


def write() -> None:
    """The golden files, small enough to be committed."""
    vec = vectors(6)
    dump("harmonics.json", {"vectors": vec.tolist(), "values": harmonics(vec)})
    few = [*triples(2), (3, 2, 1), (1, 3, 3), (3, 3, 3), (4, 3, 2), (2, 5, 4), (6, 1, 5), (6, 6, 0), (6, 6, 6)]
    dump("wigner.json", {"rotations": rotations(2), "couplings": couplings(few)})


def worst(a: list, b: list, scale: float | torch.Tensor = 1.0) -> float:
    """The largest |a - b| / max(scale, |b|)."""
    a, b = torch.tensor(a), torch.tensor(b)
    if a.shape != b.shape:
        return math.inf
    return ((a - b).abs() / torch.maximum(b.abs(), torch.as_tensor(scale))).max().item()


def powers(vec: torch.Tensor) -> torch.Tensor:
    """max(1, |v|^l) of each function: how large the terms are that add up to it where the length is kept."""
    degree = torch.tensor([l for l in range(LMAX + 1) for _ in range(2 * l + 1)])
    return vec.norm(dim=-1, keepdim=True).clamp(min=1) ** degree


def compare() -> bool:
    """Everything, through the Go test that dumps what it is asked for."""
    vec, turns, all3 = vectors(2000), rotations(300), triples(LMAX)
    ask = {"vectors": vec.tolist(), "rotations": [t["r"] for t in turns], "couplings": all3}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.json"), Path(folder, "out.json")
        source.write_text(json.dumps(ask))
        environment = {**os.environ, "MOLSERVE_DUMP_IN": str(source), "MOLSERVE_DUMP_OUT": str(target)}
        subprocess.run(["go", "test", "-count=1", "-run", "^TestDumpHarmonics$", PACKAGE], env=environment, check=True, stdout=subprocess.DEVNULL)
        got = json.loads(target.read_text())
    rows = {}
    for ours, theirs in zip(got["values"], harmonics(vec), strict=True):
        name = f"harmonics, {theirs['normalisation']}{', length kept' * theirs['keep_length']}: {len(vec)} vectors"
        rows[name] = worst(ours["y"], theirs["y"], powers(vec) if theirs["keep_length"] else 1.0)
    for l in range(LMAX + 1):
        error = max(worst(ours[l], theirs["d"][l]) for ours, theirs in zip(got["rotations"], turns, strict=True))
        rows[f"Wigner-D, l = {l}: {len(turns)} rotations and reflections"] = error
    error = max(worst(ours, theirs["terms"]) for ours, theirs in zip(got["couplings"], couplings(all3), strict=True))
    rows[f"Wigner-3j: {len(all3)} triples"] = error
    for name, error in rows.items():
        print(f"{error:9.2e}  {name}")
    return all(error <= TOLERANCE for error in rows.values())


CALLS, TRIES = 5, 20  # the least of 20 times 5 calls in a row: what a neighbour on the machine disturbed is not counted


def go_times(binary: Path) -> dict[str, float]:
    """Microseconds a call of each benchmark."""
    command = [binary, "-test.run", "^$", "-test.bench", "HarmonicsL3", "-test.benchtime", f"{CALLS}x", "-test.count", str(TRIES), "-test.cpu", "1"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.findall(r"HarmonicsL3/(float\d+)\S*\s+\d+\s+([\d.]+) ns/op", text)
    return {dtype: min(float(ns) for d, ns in found if d == dtype) / 1000 for dtype in ("float64", "float32")}


def sphericart_times() -> dict[str, float]:
    """The same of sphericart."""
    import numpy as np
    import sphericart

    out = {}
    for dtype in ("float64", "float32"):
        xyz, calculator = np.random.default_rng(0).normal(size=(10000, 3)).astype(dtype), sphericart.SphericalHarmonics(3)
        calculator.compute(xyz)
        times = timeit.repeat(functools.partial(calculator.compute, xyz), number=CALLS, repeat=TRIES)
        out[dtype] = min(times) / CALLS * 1e6
    return out


def speed(rounds: int = 15) -> None:
    """Both in turns, so that a busy machine is busy for both; the least of each is compared, and the middle ratio of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder, "geometry.test")
        subprocess.run(["go", "test", "-c", "-o", binary, PACKAGE], check=True)
        pairs = [(go_times(binary), sphericart_times()) for _ in range(rounds)]
    for dtype, bar in (("float64", 1.2), ("float32", 1.5)):
        ours, theirs = min(g[dtype] for g, _ in pairs), min(s[dtype] for _, s in pairs)
        middle = sorted(g[dtype] / s[dtype] for g, s in pairs)[rounds // 2]
        print(f"{dtype}: l <= 3, 10,000 vectors: Go {ours:.0f} us, sphericart {theirs:.0f} us, ratio {ours / theirs:.2f} (middle of rounds {middle:.2f}; bar {bar})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="rewrite the golden files")
    parser.add_argument("--speed", action="store_true", help="time beside sphericart")
    options = parser.parse_args()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if options.write:
        write()
        return 0
    if options.speed:
        speed()
        return 0
    return 0 if compare() else 1


if __name__ == "__main__":
    sys.exit(main())
