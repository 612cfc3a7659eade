"""Training in plain torch: one thread, fixed seeds, the epoch that validation likes best."""

import copy
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from chemprop.data.molgraph import MolGraph
from torch import nn

from export.data import Dataset, Split
from export.recipe import Fit, Recipe


@dataclass(frozen=True)
class Fitted:
    """A trained network (float32, eval) with what it scored. RMSE in units of the label."""

    model: nn.Module
    scale: float  # value = scale × y + shift; both are float32 numbers, as chemprop stores them
    shift: float
    seed: int
    epoch: int
    validation_rmse: float
    test_rmse: float
    baseline_rmse: float  # of answering the training mean, on the test part
    sizes: tuple[int, int, int]  # rows of train, validation, test


def fit(recipe: Recipe, dataset: Dataset, graphs: Sequence[MolGraph], parts: Split, seed: int) -> Fitted:
    """Trains one network on parts.train and picks its epoch on parts.validation."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    shift = float(np.float32(dataset.labels[parts.train].mean()))
    scale = float(np.float32(dataset.labels[parts.train].std()))
    target = torch.from_numpy((dataset.labels - shift) / scale).float()  # [M]

    def rmse(net: nn.Module, rows: np.ndarray) -> float:
        y = predict(recipe, net, [graphs[i] for i in rows]) * scale + shift
        return float(np.sqrt(np.mean((y - dataset.labels[rows]) ** 2)))

    model = recipe.build()
    average = copy.deepcopy(model)
    best, best_rmse, best_epoch = copy.deepcopy(average), math.inf, 0
    steps = math.ceil(len(parts.train) / recipe.fit.batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.fit.rate, weight_decay=recipe.fit.weight_decay)
    began = time.monotonic()
    step = 0
    for epoch in range(1, recipe.fit.epochs + 1):
        model.train()
        for rows in np.array_split(rng.permutation(parts.train), steps):
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = rate(recipe.fit, step / steps)
            y = model(*recipe.collate([graphs[i] for i in rows]).values())[:, 0]
            loss = torch.nn.functional.mse_loss(y, target[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            follow(average, model, min(recipe.fit.average, step / (step + 10)))
        validation = rmse(average, parts.validation)
        if validation < best_rmse:
            best, best_rmse, best_epoch = copy.deepcopy(average), validation, epoch
        if epoch % 10 == 0:
            report = f"epoch {epoch} loss {loss.item():.4f} validation {validation:.3f} best {best_rmse:.3f}"
            print(f"{recipe.name} seed {seed}: {report} {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    baseline = float(np.sqrt(np.mean((dataset.labels[parts.test] - shift) ** 2)))
    sizes = (len(parts.train), len(parts.validation), len(parts.test))
    best = best.eval()
    if hasattr(best, "plain"):
        best = best.plain()  # what is scored is what is exported
    return Fitted(best, scale, shift, seed, best_epoch, best_rmse, rmse(best, parts.test), baseline, sizes)


def rate(f: Fit, epoch: float) -> float:
    """Linear warm-up to f.rate, then half a cosine to f.last_rate."""
    if epoch <= f.warmup:
        return f.rate * epoch / f.warmup
    progress = (epoch - f.warmup) / (f.epochs - f.warmup)
    return f.last_rate + (f.rate - f.last_rate) * 0.5 * (1 + math.cos(math.pi * progress))


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Moves the averaged weights a step towards the trained ones."""
    for a, p in zip(average.parameters(), model.parameters(), strict=True):
        a.lerp_(p, 1 - decay)
    for a, b in zip(average.buffers(), model.buffers(), strict=True):  # batch normalisation's running figures
        a.copy_(b)


@torch.no_grad()
def predict(recipe: Recipe, model: nn.Module, graphs: Sequence[MolGraph]) -> np.ndarray:
    """Standardised predictions in float64 numpy: [M]. Runs in the model's own precision, 100 graphs at a time."""
    model.eval()
    out = [model(*recipe.collate(graphs[i : i + 100]).values())[:, 0] for i in range(0, len(graphs), 100)]
    return torch.cat(out).double().numpy()
