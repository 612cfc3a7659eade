"""Training: AdamW, warm-up and cosine, an average of the weights, the epoch that validation likes best."""

import copy
import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import make_fx

from export.geometry import features
from export.geometry.data import Labels, species
from export.geometry.features import edge_vectors, equivariant

Step = Callable[[list[Tensor], list[Tensor]], list[Tensor]]  # parameters, batch → loss, gradients


@dataclass(frozen=True)
class Fit:
    """How a network is trained."""

    epochs: int
    batch: int
    rate: float
    last_rate: float = 1e-6
    warmup: int = 1  # epochs
    average: float = 0.995  # decay a step of the exponential moving average that is kept
    clip: float = 10.0  # norm of the gradient
    energy_weight: float = 0.2  # of a potential: |ΔE| a molecule beside |ΔF| an atom
    every: int = 5  # epochs between looks at validation


@dataclass(frozen=True)
class Fitted:
    """A trained network (float32 values) and how it came about."""

    state: dict[str, Tensor]
    epoch: int
    validation: dict[str, float]
    seconds: float  # of processor time


Keep = Callable[[Fitted], None]


def rate(f: Fit, epoch: float) -> float:
    """Linear warm-up to f.rate, then half a cosine to f.last_rate."""
    if epoch <= f.warmup:
        return f.rate * epoch / f.warmup
    progress = (epoch - f.warmup) / (f.epochs - f.warmup)
    return f.last_rate + (f.rate - f.last_rate) * 0.5 * (1 + math.cos(math.pi * progress))


def descend(
    f: Fit,
    model: nn.Module,
    step: Step,
    batches: Callable[[np.random.Generator], Iterable[list[Tensor]]],
    validate: Callable[[nn.Module], dict[str, float]],
    keep: Keep,
) -> Fitted:
    """The loop that both networks share. validate answers named errors; the first picks the epoch that keep gets."""
    began, rng = time.process_time(), np.random.default_rng(0)
    average = copy.deepcopy(model)
    parameters = list(model.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=f.rate, weight_decay=0.0)
    best: Fitted | None = None
    done = 0
    for epoch in range(1, f.epochs + 1):
        total, count = 0.0, 0
        chunks = list(batches(rng))
        for batch in chunks:
            done += 1
            for group in optimiser.param_groups:
                group["lr"] = rate(f, done / len(chunks))
            loss, *gradients = step([p.detach() for p in parameters], batch)
            for p, g in zip(parameters, gradients, strict=True):
                p.grad = g
            torch.nn.utils.clip_grad_norm_(parameters, f.clip)
            optimiser.step()
            follow(average, model, min(f.average, done / (done + 10)))
            total, count = total + float(loss), count + 1
        if epoch % f.every and epoch != f.epochs:
            continue
        scores = validate(average)
        first = next(iter(scores))
        if best is None or scores[first] < best.validation[first]:
            state = {k: v.clone() for k, v in average.state_dict().items()}
            best = Fitted(state, epoch, scores, time.process_time() - began)
            keep(best)
        said = " ".join(f"{k} {v:.4f}" for k, v in scores.items())
        print(f"epoch {epoch} loss {total / count:.4f} {said} {time.process_time() - began:.0f} s", file=sys.stderr)
    return Fitted(best.state, best.epoch, best.validation, time.process_time() - began)


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Moves the averaged weights a step towards the trained ones."""
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)


def compiled(step: Step, parameters: list[Tensor], batch: list[Tensor]) -> Step:
    """The step as one traced graph, compiled: gradients of forces have hundreds of small operations."""
    traced = make_fx(step, tracing_mode="real", _allow_non_fake_inputs=True)(parameters, batch)
    traced.graph.eliminate_dead_code()
    traced.recompile()
    return torch.compile(traced, fullgraph=True)


# Potential: energies and forces of frames of one molecule ------------------------------------------------------------


def fit_potential(f: Fit, model: nn.Module, parts: dict[str, Labels], shift: float, keep: Keep) -> Fitted:
    """Trains on energies less shift (eV a molecule) and on forces. All frames have the same atoms and edges."""
    frame = parts["train"].structures[0]
    n = len(frame.numbers)
    fixed = edge_vectors([frame] * f.batch)
    src, dst = fixed["edge_index"]
    names = [k for k, _ in model.named_parameters()]
    constants = dict(model.named_buffers())

    def step(parameters: list[Tensor], batch: list[Tensor]) -> list[Tensor]:
        positions, energies, forces = batch
        with torch.enable_grad():
            leaves = [p.detach().requires_grad_(True) for p in parameters]
            vectors = (positions[src] - positions[dst]).detach().requires_grad_(True)
            weights = constants | dict(zip(names, leaves, strict=True))
            inputs = (fixed["species"], fixed["edge_index"], vectors, fixed["batch"], fixed["graph_ones"])
            energy, _ = functional_call(model, weights, inputs)
            (gradient,) = torch.autograd.grad(energy.sum(), vectors, create_graph=True)
            off = forces_of(gradient, fixed["edge_index"], f.batch * n) - forces
            loss = ((off * off).sum(1) + 1e-6).sqrt().mean() + f.energy_weight * (energy - energies).abs().mean()
            return [loss.detach(), *torch.autograd.grad(loss, leaves)]

    def tensors(part: Labels, rows: Sequence[int]) -> list[Tensor]:
        positions = np.concatenate([part.structures[i].positions for i in rows])
        energies, forces = part.values[rows] - shift, np.concatenate(part.forces[rows])
        return [torch.from_numpy(a).float() for a in (positions, energies, forces)]

    def batches(rng: np.random.Generator) -> Iterable[list[Tensor]]:
        order = rng.permutation(len(part.structures))
        for k in range(0, len(order) - f.batch + 1, f.batch):
            yield tensors(part, order[k : k + f.batch])

    part = parts["train"]
    fast = compiled(step, [p.detach() for p in model.parameters()], tensors(part, range(f.batch)))
    print("compiled", file=sys.stderr)
    return descend(f, model, fast, batches, lambda net: potential_errors(net, parts["validation"], shift), keep)


def forces_of(gradient: Tensor, edge_index: Tensor, n: int) -> Tensor:
    """F_i = −Σ g over edges that i sends + Σ g over edges that i receives: [N,3]."""
    zero = gradient.new_zeros(n, 3)
    return zero.index_add(0, edge_index[1], gradient).index_add(0, edge_index[0], -gradient)


def potential_errors(model: nn.Module, part: Labels, shift: float) -> dict[str, float]:
    """Mean absolute errors of force components (meV/Å) and energies (meV)."""
    energy, forces = answer_potential(model, part)
    return {
        "force_mae_meV_per_A": 1e3 * float(np.abs(forces - part.forces).mean()),
        "energy_mae_meV": 1e3 * float(np.abs(energy + shift - part.values).mean()),
        "force_rmse_meV_per_A": 1e3 * float(np.sqrt(((forces - part.forces) ** 2).mean())),
    }


def answer_potential(model: nn.Module, part: Labels) -> tuple[np.ndarray, np.ndarray]:
    """Energies [M] without the elements' and forces [M,n,3], 50 frames at a time."""
    energies, forces = [], []
    for k in range(0, len(part.structures), 50):
        batch = edge_vectors(part.structures[k : k + 50])
        vectors = batch["edge_vectors"].requires_grad_(True)
        energy, _ = model(*batch.values())
        (gradient,) = torch.autograd.grad(energy.sum(), vectors)
        energies.append(energy.detach())
        forces.append(forces_of(gradient, batch["edge_index"], len(batch["species"])))
    return torch.cat(energies).double().numpy(), torch.cat(forces).double().numpy().reshape(part.forces.shape)


# Properties of isomers: molecules of one size, so that training takes all pairs and the envelope drops the far ones --


@dataclass(frozen=True)
class Standard:
    """How labels are standardised; energies have their elements' part taken off before."""

    shift: np.ndarray  # [2] eV
    scale: np.ndarray  # [2] eV


def fit_properties(f: Fit, model: nn.Module, parts: dict[str, Labels], standard: Standard, keep: Keep) -> Fitted:
    """Trains on standardised atomisation energy and gap, |error| of each."""
    part = parts["train"]
    n = len(part.structures[0].numbers)
    edge_index, batch_index = pairs(n, f.batch)
    whole = pair_tensors(part)
    target = torch.from_numpy((part.values - standard.shift) / standard.scale).float()
    ones = torch.ones(f.batch)
    names = [k for k, _ in model.named_parameters()]
    constants = dict(model.named_buffers())

    def step(parameters: list[Tensor], batch: list[Tensor]) -> list[Tensor]:
        kinds, basis, envelope, harmonics, wanted = batch
        with torch.enable_grad():
            leaves = [p.detach().requires_grad_(True) for p in parameters]
            inputs = (kinds, edge_index, basis, envelope, harmonics, batch_index, ones)
            energy, gap, _ = functional_call(model, constants | dict(zip(names, leaves, strict=True)), inputs)
            loss = (torch.stack([energy, gap], 1) - wanted).abs().mean(0).sum()
            return [loss.detach(), *torch.autograd.grad(loss, leaves)]

    def tensors(rows: np.ndarray) -> list[Tensor]:
        return [t[rows].flatten(0, 1) for t in whole] + [target[rows]]

    def batches(rng: np.random.Generator) -> Iterable[list[Tensor]]:
        order = rng.permutation(len(part.structures))
        for k in range(0, len(order) - f.batch + 1, f.batch):
            yield tensors(order[k : k + f.batch])

    fast = compiled(step, [p.detach() for p in model.parameters()], tensors(np.arange(f.batch)))
    return descend(f, model, fast, batches, lambda net: property_errors(net, parts["validation"], standard), keep)


def pairs(n: int, molecules: int) -> tuple[Tensor, Tensor]:
    """edge_index of all pairs of n atoms, sorted by receiver, and graph_index."""
    src, dst = (a.flatten() for a in np.meshgrid(np.arange(n), np.arange(n)))
    apart = src != dst
    one = np.stack([src[apart], dst[apart]])
    index = np.concatenate([one + n * k for k in range(molecules)], axis=1)
    return torch.from_numpy(index), torch.arange(molecules).repeat_interleave(n)


def pair_tensors(part: Labels) -> list[Tensor]:
    """species [M,n], radial basis, envelope and harmonics [M, n(n−1), …] of all pairs; the envelope is 0 from rc on."""
    n = len(part.structures[0].numbers)
    (src, dst), _ = pairs(n, 1)
    vectors = np.concatenate([s.positions[src] - s.positions[dst] for s in part.structures])
    d = np.sqrt((vectors**2).sum(1))
    flat = [features.bessel(d), features.envelope(d), features.harmonics(vectors / d[:, None])]
    shaped = [torch.from_numpy(a).float().reshape(len(part.structures), len(src), *a.shape[1:]) for a in flat]
    return [torch.from_numpy(np.stack([species(s) for s in part.structures])), *shaped]


def property_errors(model: nn.Module, part: Labels, standard: Standard) -> dict[str, float]:
    """Mean absolute errors in meV; first their sum in units of the labels' spread, which picks the epoch."""
    off = np.abs(answer_properties(model, part) * standard.scale + standard.shift - part.values).mean(0)
    return {
        "standardised": float((off / standard.scale).sum()),
        "energy_mae_meV": 1e3 * float(off[0]),
        "gap_mae_meV": 1e3 * float(off[1]),
    }


@torch.no_grad()
def answer_properties(model: nn.Module, part: Labels) -> np.ndarray:
    """Standardised energy and gap: [M,2]."""
    out = []
    for k in range(0, len(part.structures), 50):
        energy, gap, _ = model(*equivariant(part.structures[k : k + 50]).values())
        out.append(torch.stack([energy, gap], 1))
    return torch.cat(out).double().numpy()
