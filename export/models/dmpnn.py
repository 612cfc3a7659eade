"""Directed message passing (Yang et al. 2019, arXiv:1904.01561), as chemprop 2 defines it.

Parameter names are those of `chemprop.models.MPNN`, so that chemprop can load what is trained here. Sums over
incoming edges are `index_add`, which becomes ScatterND(add): chemprop's `scatter_reduce('mean')` exports to a
scatter without reduction and then gives wrong numbers for every molecule of more than one atom.
"""

import itertools
from dataclasses import asdict, dataclass

import chemprop
import torch
from chemprop.data.collate import BatchMolGraph
from chemprop.data.molgraph import MolGraph
from torch import Tensor, nn

from export.features import ATOM_WIDTH, BOND_WIDTH


@dataclass(frozen=True)
class Config:
    """The hyperparameters of the manifest."""

    hidden: int = 300
    depth: int = 3
    aggregation: str = "mean"  # or norm: the sum over 100
    ffn_hidden: int = 300
    ffn_layers: int = 2  # Linear layers of the head

    def hyperparameters(self) -> dict[str, int | str]:
        extra = {"aggregation_norm": 100} if self.aggregation == "norm" else {}
        return asdict(self) | extra


def sum_rows(rows: Tensor, to: Tensor, count: int) -> Tensor:
    """out[i] = Σ rows[k] over the k with to[k] = i: [count,H]."""
    return rows.new_zeros(count, rows.shape[1]).index_add(0, to, rows)


class MessagePassing(nn.Module):
    """Hidden states on directed bonds; a bond does not hear its own reverse."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.depth = c.depth
        self.W_i = nn.Linear(ATOM_WIDTH + BOND_WIDTH, c.hidden, bias=False)
        self.W_h = nn.Linear(c.hidden, c.hidden, bias=False)
        self.W_o = nn.Linear(ATOM_WIDTH + c.hidden, c.hidden)

    def forward(self, V: Tensor, E: Tensor, edge_index: Tensor, rev_edge_index: Tensor) -> Tensor:
        src, dst = edge_index[0], edge_index[1]
        h0 = self.W_i(torch.cat([V[src], E], dim=1))  # [E,H]
        h = h0.relu()
        for _ in range(1, self.depth):
            m = sum_rows(h, dst, V.shape[0])[src] - h[rev_edge_index]  # [E,H]
            h = (h0 + self.W_h(m)).relu()
        m = sum_rows(h, dst, V.shape[0])  # [N,H]
        return self.W_o(torch.cat([V, m], dim=1)).relu()  # [N,H]


class Head(nn.Module):
    """chemprop's regression FFN: Linear, then (ReLU, Linear) × (ffn_layers − 1)."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        widths = [c.hidden] + [c.ffn_hidden] * (c.ffn_layers - 1) + [1]
        blocks = [nn.Sequential(nn.Linear(widths[0], widths[1]))]
        for a, b in itertools.pairwise(widths[1:]):
            blocks.append(nn.Sequential(nn.ReLU(), nn.Dropout(0.0), nn.Linear(a, b)))
        self.ffn = nn.Sequential(*blocks)

    def forward(self, z: Tensor) -> Tensor:
        return self.ffn(z)


class DMPNN(nn.Module):
    """Packed layout in, the standardised label out: y [G,1]."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.config = c
        self.message_passing = MessagePassing(c)
        self.predictor = Head(c)

    def forward(
        self, V: Tensor, E: Tensor, edge_index: Tensor, rev_edge_index: Tensor, batch: Tensor, graph_ones: Tensor
    ) -> Tensor:
        h = self.message_passing(V, E, edge_index, rev_edge_index)  # [N,H]
        z = sum_rows(h, batch, graph_ones.shape[0])  # [G,H]
        if self.config.aggregation == "norm":
            return self.predictor(z / 100)
        atoms = sum_rows(torch.ones_like(h[:, :1]), batch, graph_ones.shape[0])  # [G,1]
        return self.predictor(z / atoms.clamp(min=1))


def library_values(model: DMPNN, graphs: list[MolGraph], scale: float, shift: float) -> Tensor:
    """Predictions in units from chemprop's own MPNN with these weights, in float64: [G]."""
    c = model.config
    mpnn = chemprop.models.MPNN(
        chemprop.nn.BondMessagePassing(ATOM_WIDTH, BOND_WIDTH, c.hidden, depth=c.depth),
        chemprop.nn.MeanAggregation() if c.aggregation == "mean" else chemprop.nn.NormAggregation(norm=100.0),
        chemprop.nn.RegressionFFN(
            input_dim=c.hidden,
            hidden_dim=c.ffn_hidden,
            n_layers=c.ffn_layers - 1,
            output_transform=chemprop.nn.UnscaleTransform([shift], [scale]),
        ),
        batch_norm=False,
    )
    missing, unexpected = mpnn.load_state_dict(model.state_dict(), strict=False)
    weights = [k for k in missing if not k.endswith("task_weights") and "output_transform" not in k]
    if weights or unexpected:
        raise ValueError(f"chemprop's MPNN does not take these weights: missing {weights}, unexpected {unexpected}")
    b = BatchMolGraph(graphs)
    b.V, b.E, b.edge_index = b.V.double(), b.E.double(), b.edge_index.reshape(2, -1)
    with torch.no_grad():
        return mpnn.double().eval()(b).reshape(-1)
