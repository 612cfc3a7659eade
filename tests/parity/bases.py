"""Compares the radial bases and envelopes of preprocess/geometry with the formulas of the codes they come from, in float64.

    python tests/parity/bases.py             # the full comparison; exits 1 above 1e-12
    python tests/parity/bases.py --write     # rewrites preprocess/geometry/testdata/bases.json

Run it in the root of the repository. Needs torch and go. Each formula below is written as its source writes it, with the
same intermediate steps, and not as the Go code does.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

TOLERANCE = 1e-12
PACKAGE = "./preprocess/geometry"
GOLDEN = Path("preprocess/geometry/testdata/bases.json")
HALF_PER_BOHR = 0.9448630629184640


def gaussian(r: torch.Tensor, s: dict) -> torch.Tensor:
    """SchNetPack 2, nn/radial.py, GaussianRBF."""
    offsets = torch.linspace(0, s["cutoff"], s["n"])
    coefficient = -0.5 / (offsets[1] - offsets[0]) ** 2
    return torch.exp(coefficient * (r[:, None] - offsets) ** 2)


def bessel(r: torch.Tensor, s: dict) -> torch.Tensor:
    """sqrt(2/rc): MACE, modules/radial.py, BesselBasis. 2/rc: NequIP 0.5, nn/radial_basis.py, BesselBasis.
    rc/pi: NequIP 0.7, nn/embedding/_edge.py. 1: SchNetPack 2, nn/radial.py, BesselRBF. The limit at 0 is ours."""
    rc, n = s["cutoff"], torch.arange(1, s["n"] + 1)
    prefactor = s.get("prefactor", "sqrt(2/rc)")
    if prefactor == "rc/pi":
        return torch.sinc(r[:, None] / rc * n) * n
    a = {"sqrt(2/rc)": math.sqrt(2 / rc), "2/rc": 2 / rc, "1": 1.0}[prefactor]
    safe = torch.where(r == 0, torch.ones(()), r)[:, None]
    value = a * (torch.sin(n * math.pi / rc * safe) / safe)
    return torch.where(r[:, None] == 0, a * n * math.pi / rc, value)


def expnorm(r: torch.Tensor, s: dict) -> torch.Tensor:
    """TorchMD-NET, models/utils.py, ExpNormalSmearing with cutoff_lower = 0, and SchNetPack 2, PhysNetBasisRBF (alpha 1, no cutoff)."""
    rc, n = s["cutoff"], s["n"]
    start = torch.exp(torch.tensor(-rc))
    means = torch.linspace(start.item(), 1, n)
    beta = (2 / n * (1 - start)) ** -2
    alpha = s.get("alpha", 5.0 / rc)
    value = torch.exp(-beta * (torch.exp(alpha * -r[:, None]) - means) ** 2)
    return value if s.get("prefactor") == "1" else cosine(r, s)[:, None] * value


def bernstein(r: torch.Tensor, s: dict) -> torch.Tensor:
    """SchNetPack 2, nn/radial.py, BernsteinRBF; reversed: SpookyNet, modules/exponential_bernstein_polynomials.py.
    Both take logarithms; binomials here are exact, and 0 log 0 is 0."""
    n, alpha = s["n"] - 1, s.get("alpha", HALF_PER_BOHR)
    k = torch.arange(n + 1)
    log_x, log_rest = -alpha * r[:, None], torch.log(-torch.expm1(-alpha * r[:, None]))
    if s.get("order") == "reversed":
        log_x, log_rest = log_rest, log_x
    log_binomial = torch.tensor([math.log(math.comb(n, i)) for i in range(n + 1)])

    def times(power: torch.Tensor, log: torch.Tensor) -> torch.Tensor:
        return torch.where(power == 0, torch.zeros(()), power * log)

    return torch.exp(log_binomial + times(k, log_x) + times(n - k, log_rest))


def cosine(r: torch.Tensor, s: dict) -> torch.Tensor:
    """SchNetPack 2, nn/cutoff.py, CosineCutoff; TorchMD-NET, models/utils.py, CosineCutoff."""
    return 0.5 * (torch.cos(r * math.pi / s["cutoff"]) + 1.0) * (r < s["cutoff"])


def polynomial(r: torch.Tensor, s: dict) -> torch.Tensor:
    """NequIP and MACE, PolynomialCutoff."""
    p, x = float(s.get("p", 6)), r / s["cutoff"]
    out = 1.0 - ((p + 1.0) * (p + 2.0) / 2.0) * torch.pow(x, p)
    out = out + p * (p + 2.0) * torch.pow(x, p + 1.0) - (p * (p + 1.0) / 2) * torch.pow(x, p + 2.0)
    return out * (x < 1.0)


FORMULAS = {f.__name__: f for f in (gaussian, bessel, expnorm, bernstein, cosine, polynomial)}


def specs(sizes: tuple[int, ...]) -> tuple[list[dict], list[dict]]:
    """Every kind with every option, at each number of functions."""
    bases = []
    for n in sizes:
        bases += [{"kind": "gaussian", "n": n, "cutoff": rc} for rc in (5.0, 10.0)]
        bases += [{"kind": "bessel", "n": n, "cutoff": 5.0, "prefactor": p} for p in ("sqrt(2/rc)", "2/rc", "rc/pi", "1")]
        bases += [{"kind": "expnorm", "n": n, "cutoff": 5.0}, {"kind": "expnorm", "n": n, "cutoff": 10.0, "alpha": 1.0, "prefactor": "1"}]
        bases += [{"kind": "bernstein", "n": n, "cutoff": 5.0, "alpha": 0.95}, {"kind": "bernstein", "n": n, "cutoff": 5.0, "order": "reversed"}]
    envelopes = [{"kind": "cosine", "cutoff": 5.0}, *({"kind": "polynomial", "p": p, "cutoff": 5.0} for p in (1, 2, 3, 5, 6, 12))]
    return bases, envelopes


def answers(ask: list[dict], r: torch.Tensor) -> list[dict]:
    return [{"spec": s, "values": FORMULAS[s["kind"]](r, s).tolist()} for s in ask]


def distances(count: int) -> torch.Tensor:
    """Å: zero, near zero, at and around the cutoff, beyond, and random ones."""
    return torch.cat([torch.tensor([0, 1e-9, 1e-4, 0.5, 1, 4.999999, 5, 5.000001, 7.5]), 6 * torch.rand(count)])


def write() -> None:
    r = distances(3)
    bases, envelopes = specs((8,))
    golden = {"versions": {"torch": torch.__version__.split("+")[0]}, "r": r.tolist(), "bases": answers(bases, r), "envelopes": answers(envelopes, r)}
    GOLDEN.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


def compare() -> bool:
    """Everything, through the Go test that dumps what it is asked for."""
    r = distances(1000)
    bases, envelopes = specs((2, 8, 20, 50, 128))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.json"), Path(folder, "out.json")
        source.write_text(json.dumps({"r": r.tolist(), "bases": bases, "envelopes": envelopes}))
        environment = {**os.environ, "MOLSERVE_DUMP_IN": str(source), "MOLSERVE_DUMP_OUT": str(target)}
        subprocess.run(["go", "test", "-count=1", "-run", "^TestDumpBases$", PACKAGE], env=environment, check=True, stdout=subprocess.DEVNULL)
        got = json.loads(target.read_text())
    good = True
    for key, ask in (("bases", bases), ("envelopes", envelopes)):
        for ours, theirs in zip(got[key], answers(ask, r), strict=True):
            a, b = torch.tensor(ours), torch.tensor(theirs["values"])
            error = ((a - b).abs() / b.abs().clamp(min=1)).max().item() if a.shape == b.shape else math.inf
            good &= error <= TOLERANCE
            print(f"{error:9.2e}  {json.dumps(theirs['spec'])}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="rewrite the golden file")
    options = parser.parse_args()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    if options.write:
        write()
        return 0
    return 0 if compare() else 1


if __name__ == "__main__":
    sys.exit(main())
