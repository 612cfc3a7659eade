"""Writes the small geometric networks of reference's tests: weights, graphs, and what torch answers in float64.

    PYTHONPATH=. python reference/testdata/geometric.py        (torch, e3nn, safetensors, numpy)

The networks are those of export/geometry/models, whose gradient is torch's own; the harmonics are e3nn's.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch
from e3nn.o3 import spherical_harmonics
from safetensors.torch import save_file
from torch import Tensor, nn

from export.geometry.models import egnn, nequip_like

HERE = Path(__file__).parent
CUTOFF, POWER, RADIAL = 3.0, 5, 4
ELEMENTS = [1, 6, 8]


def graph(species: list[int], spread: float, cell: np.ndarray | None, rng: np.random.Generator) -> dict:
    """Atoms at random, and all edges shorter than the cutoff, images two cells away included."""
    x = rng.uniform(0, spread, (len(species), 3))
    shifts = list(itertools.product(range(-2, 3), repeat=3)) if cell is not None else [(0, 0, 0)]
    src, dst, vectors = [], [], []
    for i, j, s in itertools.product(range(len(x)), range(len(x)), shifts):
        v = x[j] - x[i] + (np.array(s) @ cell if cell is not None else 0)
        if 0.3 < np.linalg.norm(v) < CUTOFF:
            src, dst, vectors = [*src, j], [*dst, i], [*vectors, v.tolist()]
    return {"numbers": [ELEMENTS[z] for z in species], "src": src, "dst": dst, "vectors": vectors}


def graphs() -> list[dict]:
    """A lone atom, two atoms out of reach, a molecule, a larger one, a crystal of one atom, a crystal of three."""
    rng = np.random.default_rng(0)
    cell = np.array([[2.3, 0, 0], [0.4, 2.6, 0], [-0.3, 0.5, 2.8]])
    return [
        graph([2], 1, None, rng),
        graph([1, 0], 30, None, rng),
        graph([0, 1, 2], 2, None, rng),
        graph([1, 1, 2, 0, 0, 0, 1], 4, None, rng),
        graph([1], 1, cell, rng),
        graph([2, 0, 0], 3, cell, rng),
    ]


def loud(model: nn.Module) -> nn.Module:
    """Weights at random, so large that every part matters; float32 numbers, as files hold."""
    for p in model.parameters():
        with torch.no_grad():
            p.copy_(torch.randn_like(p) * (0.7 if p.dim() == 1 else p.shape[-1] ** -0.5))
    return model


def pack(g: dict) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """species, edge_index, vectors, batch, graph_ones."""
    index = torch.tensor([g["src"], g["dst"]], dtype=torch.long).reshape(2, -1)
    vectors = torch.tensor(g["vectors"], dtype=torch.float64).reshape(-1, 3)
    species = torch.tensor([ELEMENTS.index(z) for z in g["numbers"]])
    return species, index, vectors, torch.zeros(len(species), dtype=torch.long), torch.ones(1, dtype=torch.float64)


def ask_egnn(model: nn.Module, g: dict) -> dict[str, list]:
    species, index, vectors, batch, ones = pack(g)
    leaf = vectors.requires_grad_()
    energy, node_energy = model(species, index, leaf, batch, ones)
    (gradient,) = torch.autograd.grad([energy.sum()], [leaf])
    return named(energy=energy, node_energy=node_energy, edge_gradient=gradient)


def ask_nequip(model: nn.Module, g: dict) -> dict[str, list]:
    species, index, vectors, batch, ones = pack(g)
    d = vectors.norm(dim=1, keepdim=True)
    k = torch.arange(1, RADIAL + 1, dtype=torch.float64)
    basis = (2 / CUTOFF) ** 0.5 * torch.sin(k * torch.pi * d / CUTOFF) / d
    envelope = egnn.polynomial(d / CUTOFF, POWER)[:, 0]
    y = spherical_harmonics([0, 1, 2], vectors, normalize=True, normalization="component")
    energy, gap, features = model(species, index, basis, envelope, y, batch, ones)
    return named(energy=energy, gap=gap, features=features)


def named(**outputs: Tensor) -> dict[str, list]:
    return {k: v.detach().flatten().tolist() for k, v in outputs.items()}


def main() -> None:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    radial = {"radial": RADIAL, "cutoff": CUTOFF, "envelope_p": POWER}
    recipes = {
        "egnn": (egnn.EGNN(egnn.Config(hidden=6, layers=3, neighbours=7.5, **radial)), ask_egnn),
        "nequip_like": (
            nequip_like.NequIPLike(
                nequip_like.Config(channels=3, radial_hidden=6, readout_hidden=5, neighbours=5.5, **radial)
            ),
            ask_nequip,
        ),
    }
    all_graphs, cases = graphs(), []
    for name, (model, ask) in recipes.items():
        weights = {k: v.to(torch.float32).contiguous() for k, v in loud(model).state_dict().items()}
        model.load_state_dict({k: v.double() for k, v in weights.items()})
        save_file(weights, HERE / f"{name}.safetensors", metadata={"format": "pt"})
        answers = [ask(model.eval(), g) for g in all_graphs]
        cases.append({"architecture": name, "hyperparameters": model.config.hyperparameters(), "answers": answers})
    (HERE / "geometric.json").write_text(
        json.dumps({"elements": ELEMENTS, "graphs": all_graphs, "cases": cases}) + "\n"
    )


if __name__ == "__main__":
    main()
