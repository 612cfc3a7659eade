"""What is particular to each model, in one place: network, tensors, outputs, training, words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from export.geometry import data, features
from export.geometry.data import Labels, Structure
from export.geometry.models import egnn, nequip_like
from export.geometry.train import Fit

Answer = Callable[..., tuple[Tensor, ...]]  # network, then its tensors


@dataclass(frozen=True)
class Recipe:
    """A model folder before it is trained."""

    name: str
    version: str
    description: str
    architecture: str  # a file of reference/
    level: str  # of the task
    config: Any
    network: Callable[[Any], nn.Module]
    load: Callable[[Path], dict[str, Labels]]
    tensors: Callable[..., dict[str, Tensor]]  # structures, dtype
    answer: Answer  # what the ONNX file computes
    inputs: list[dict[str, Any]]  # the manifest's, in the order of the network's arguments
    outputs: list[dict[str, Any]]  # the manifest's without transform, in the order of the answer
    fit: Fit
    lineage: dict[str, Any]
    prose: dict[str, str] = field(default_factory=dict)  # for the model card

    def build(self, state: dict[str, Tensor] | None = None, dtype: torch.dtype = torch.float32) -> nn.Module:
        """A network of one precision. Its constants are made in float64, so a float64 network has them exactly."""
        model = self.network(self.config).to(dtype)
        if state is not None:
            model.load_state_dict(state)
        return model.eval().requires_grad_(state is None)


def with_gradient(
    model: nn.Module, species: Tensor, edge_index: Tensor, edge_vectors: Tensor, batch: Tensor, graph_ones: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """energy [G], node_energy [N] and ∂ Σ energy / ∂ edge_vectors [E,3]."""
    with torch.enable_grad():
        leaf = edge_vectors.clone().requires_grad_(True)
        energy, node_energy = model(species, edge_index, leaf, batch, graph_ones)
        (gradient,) = torch.autograd.grad([energy.sum()], [leaf])
    return energy, node_energy, gradient


def plain(model: nn.Module, *tensors: Tensor) -> tuple[Tensor, ...]:
    return model(*tensors)


def _input(tensor: str, role: str, dtype: str, shape: Sequence[int | str], **extra: Any) -> dict[str, Any]:
    return {"tensor": tensor, "field": role, **extra, "dtype": dtype, "shape": list(shape)}


def _output(tensor: str, name: str, unit: str, per: str, symmetry: str, role: str, **extra: Any) -> dict[str, Any]:
    return {"tensor": tensor, "name": name, "unit": unit, "per": per, "symmetry": symmetry, "role": role, **extra}


SPECIES = _input("species", "species", "int64", ["N"])
EDGE_INDEX = _input("edge_index", "edge_index", "int64", [2, "E"], order="src_dst")
BATCH = _input("batch", "graph_index", "int64", ["N"])
GRAPH_ONES = _input("graph_ones", "graph_ones", "float32", ["G"])
ENVELOPE = {"kind": "polynomial", "p": features.ENVELOPE_P, "cutoff": features.CUTOFF}
BASIS = {"kind": "bessel", "n": features.BESSEL, "cutoff": features.CUTOFF, "prefactor": "sqrt(2/rc)"}
SIGN = "src_minus_dst"

ETHANOL = Recipe(
    name="ethanol-egnn",
    version="1",
    description="Energy and forces of ethanol from an E(3)-equivariant graph network",
    architecture="egnn",
    level="forces",
    config=egnn.Config(cutoff=features.CUTOFF, radial=features.BESSEL, envelope_p=features.ENVELOPE_P),
    network=egnn.EGNN,
    load=data.ethanol,
    tensors=features.edge_vectors,
    answer=with_gradient,
    inputs=[
        SPECIES,
        EDGE_INDEX,
        _input("edge_vectors", "edge_vectors", "float32", ["E", 3], sign=SIGN),
        BATCH,
        GRAPH_ONES,
    ],
    outputs=[
        _output("energy", "energy", "eV", "graph", "invariant", "value", extensive=True),
        _output("node_energy", "node_energy", "eV", "atom", "invariant", "value"),
        _output("edge_gradient", "edge_gradient", "eV/Å", "edge", "vector", "edge_force", of="energy"),
    ],
    fit=Fit(epochs=200, batch=10, rate=2e-3),
    lineage={
        "data": "rMD17 ethanol (Christensen & von Lilienfeld 2020, doi:10.1088/2632-2153/abba6f), PBE/def2-SVP",
        "split": "published split 01: 950 frames of train01 to train, 50 to validate (seed 0), 1,000 of test01 to test",
        "published": {
            "force_mae_meV_per_A": 2.8,
            "energy_mae_meV": 0.4,
            "source": "NequIP, rMD17 ethanol, 950 + 50 frames; ANI in the same table 13.4 and 2.5",
            "comparable": False,
        },
    },
)

CHANNELS = nequip_like.Config().channels
IRREPS = f"{CHANNELS}x0e+{CHANNELS}x1o+{CHANNELS}x2e"

ISOMERS = Recipe(
    name="qm9-isomers-equivariant",
    version="1",
    description="Atomisation energy and HOMO-LUMO gap of C7H10O2 isomers from an E(3)-equivariant convolution",
    architecture="nequip_like",
    level="graph",
    config=nequip_like.Config(cutoff=features.CUTOFF, radial=features.BESSEL, envelope_p=features.ENVELOPE_P),
    network=nequip_like.NequIPLike,
    load=data.isomers,
    tensors=features.equivariant,
    answer=plain,
    inputs=[
        SPECIES,
        EDGE_INDEX,
        _input("radial_basis", "radial_basis", "float32", ["E", features.BESSEL], basis=BASIS),
        _input("cutoff_envelope", "cutoff_envelope", "float32", ["E"], envelope=ENVELOPE),
        _input(
            "spherical_harmonics",
            "spherical_harmonics",
            "float32",
            ["E", (features.LMAX + 1) ** 2],
            lmax=features.LMAX,
            normalisation="component",
            order="e3nn",
            sign=SIGN,
        ),
        BATCH,
        GRAPH_ONES,
    ],
    outputs=[
        _output("energy", "atomisation_energy", "eV", "graph", "invariant", "value", extensive=True),
        _output("gap", "gap", "eV", "graph", "invariant", "value"),
        _output("features", "features", "", "atom", IRREPS, "embedding"),
    ],
    fit=Fit(epochs=10, batch=16, rate=5e-3, every=1),
    lineage={
        "data": "QM9, the C7H10O2 isomers (Ramakrishnan et al. 2014, doi:10.1038/sdata.2014.22), B3LYP/6-31G(2df,p)",
        "split": "random 5,000 / 500 / 595, seed 0 (numpy default_rng permutation of the file's order)",
        "published": {
            "energy_mae_meV": 11,
            "gap_mae_meV": 48,
            "source": "EGNN on all of QM9, 100,000 training molecules (arXiv:2102.09844)",
            "comparable": False,
        },
    },
)

RECIPES = {r.name: r for r in (ETHANOL, ISOMERS)}


def composition(part: Labels) -> list[int]:
    """Atoms of each element in a molecule; all molecules of both sets have the same."""
    return [int((part.structures[0].numbers == z).sum()) for z in data.ELEMENTS]


def atom_energies(mean: float, counts: Sequence[int]) -> dict[str, float]:
    """The energies of elements of least norm that give a molecule of these counts its mean energy, in eV."""
    symbols = {z: s for s, z in data.SYMBOLS.items()}
    norm = sum(n * n for n in counts)
    return {symbols[z]: mean * n / norm for z, n in zip(data.ELEMENTS, counts, strict=True)}


def transforms(recipe: Recipe, parts: dict[str, Labels]) -> dict[str, dict[str, Any]]:
    """From network to eV, by output tensor, in the order written; statistics of the training part alone."""
    values, counts = parts["train"].values, composition(parts["train"])
    if recipe is ETHANOL:
        elements = {"atom_energies": atom_energies(float(values.mean()), counts)}
        return {"energy": elements, "node_energy": elements}
    mean, spread = values.mean(0), values.std(0)
    return {
        "energy": {"scale": float(spread[0]), "shift": 0.0, "atom_energies": atom_energies(float(mean[0]), counts)},
        "gap": {"scale": float(spread[1]), "shift": float(mean[1])},
    }


def in_units(transform: dict[str, Any], y: Any, structures: Sequence[Structure], per: str) -> Any:
    """What Go does, in float64: scale, shift, then the energies of atoms."""
    symbols = {z: s for s, z in data.SYMBOLS.items()}
    value = y * transform.get("scale", 1.0) + transform.get("shift", 0.0)
    if "atom_energies" not in transform:
        return value
    each = [[transform["atom_energies"][symbols[int(z)]] for z in s.numbers] for s in structures]
    return value + ([sum(e) for e in each] if per == "graph" else [v for e in each for v in e])
