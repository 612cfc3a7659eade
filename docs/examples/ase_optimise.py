"""Relax ethanol with ASE, energies and forces from molserve over HTTP.

    molserve serve &
    python docs/examples/ase_optimise.py --picture docs/examples/ase_optimise.png

Needs ase (which brings matplotlib, for the picture). The calculator at the top is all that another script needs.
"""

import argparse
import json
import urllib.error
import urllib.request

import numpy
from ase.build import molecule
from ase.calculators.calculator import CalculationFailed, Calculator, all_changes
from ase.io import write
from ase.optimize import BFGS
from ase.stress import full_3x3_to_voigt_6_stress


class Molserve(Calculator):
    """Energy [eV], forces [eV/Å] and, in a periodic cell, stress [eV/Å³] of a served potential."""

    implemented_properties = ("energy", "forces", "stress")

    def __init__(self, model, url="http://127.0.0.1:8080", timeout=30.0):
        super().__init__()
        self.endpoint = f"{url}/v1/models/{model}/predict"
        self.timeout = timeout  # seconds

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        structure = {
            "numbers": self.atoms.numbers.tolist(),
            "positions": self.atoms.positions.tolist(),
            "cell": self.atoms.cell.tolist() if self.atoms.pbc.any() else None,
            "pbc": self.atoms.pbc.tolist(),
        }
        values = self.predict({"atoms": structure})
        self.results = {"energy": values["energy"], "forces": numpy.array(values["forces"])}
        if "virial" in values:  # W = −∂E/∂strain, so the stress is −W/V
            virial = numpy.array(values["virial"])
            self.results["stress"] = -full_3x3_to_voigt_6_stress(virial) / self.atoms.get_volume()

    def predict(self, record):
        """The values of one record of a request (docs/http.md)."""
        body = json.dumps({"molecules": [record]}).encode()
        request = urllib.request.Request(self.endpoint, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:
                row = json.load(response)["predictions"][0]
        except urllib.error.HTTPError as error:
            raise CalculationFailed(error.read().decode()) from error
        if row["status"] != "ok":
            raise CalculationFailed(f"{row['error']['code']}: {row['error']['message']}")
        return row["values"]


def picture(path, energies, forces):
    """Energy above the last one and the largest force, a step a point."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(6, 4))
    axis.plot([1000 * (e - energies[-1]) for e in energies], "o-", label="energy − minimum, meV")
    axis.plot([1000 * f for f in forces], "s-", label="largest force, meV/Å")
    axis.set_yscale("symlog", linthresh=1)
    axis.set_xlabel("step of BFGS")
    axis.set_title("ethanol, relaxed over HTTP")
    axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="ethanol-egnn")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--fmax", type=float, default=0.005, help="largest force at the end, eV/Å")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rattle", type=float, default=0.05, help="how far atoms are moved to begin with, Å")
    parser.add_argument("--output", help="extended XYZ file for the relaxed structure")
    parser.add_argument("--picture", help="PNG file for energy and force over the steps")
    options = parser.parse_args()

    atoms = molecule("CH3CH2OH")
    atoms.rattle(options.rattle, seed=0)
    atoms.calc = Molserve(options.model, options.url)
    energies, forces = [], []

    def note():
        energies.append(float(atoms.get_potential_energy()))
        forces.append(float((atoms.get_forces() ** 2).sum(axis=1).max() ** 0.5))

    relax = BFGS(atoms)
    relax.attach(note)
    converged = relax.run(fmax=options.fmax, steps=options.steps)
    print(f"energy {energies[-1]:.6f} eV, largest force {forces[-1]:.6f} eV/Å, C–O {atoms.get_distance(1, 2):.4f} Å")
    if options.output:
        write(options.output, atoms)
    if options.picture:
        picture(options.picture, energies, forces)
    if not converged:
        raise SystemExit(f"not relaxed after {options.steps} steps")


if __name__ == "__main__":
    main()
