"""The simplified NequIP-like convolution of arXiv:2410.08131, with what a served model needs besides (EQUATIONS.md).

Contract B: radial basis, envelope and spherical harmonics come in. Inside, features lie as [N,9,C], component first
(l = 0; 1: x y z; 2: e3nn's five), so that channels are contiguous; `features` leaves in e3nn's layout, channel first.
"""

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

GAINS = {"radial_in.weight": 3.0, "radial_out.weight": 2.0}  # of initial weights: messages begin at about unit size
SLICES = (slice(0, 1), slice(1, 4), slice(4, 9))  # components of l = 0, 1, 2


@dataclass(frozen=True)
class Config:
    """The hyperparameters of the manifest."""

    species: int = 3
    channels: int = 16  # of each of 0e, 1o, 2e
    layers: int = 3
    radial: int = 8
    radial_hidden: int = 64
    readout_hidden: int = 32
    neighbours: float = 4.0  # sums over neighbours are divided by its square root
    lmax: int = 2
    cutoff: float = 5.0  # Å; how the inputs are made, not used in the network
    envelope_p: int = 6

    def hyperparameters(self) -> dict[str, int | float]:
        return asdict(self)


def paths(l_in: int, lmax: int) -> list[tuple[int, int, int]]:
    """(l1, l2, l3) of features, harmonics and messages; l1 + l2 + l3 is even; sorted by l3, l1, l2."""
    ls = range(lmax + 1)
    found = [(a, b, c) for c in ls for a in range(l_in + 1) for b in ls]
    return [(a, b, c) for a, b, c in found if abs(a - b) <= c <= a + b and (a + b + c) % 2 == 0]


def coupling(of: list[tuple[int, int, int]], l_in: int) -> Tensor:
    """[9, P, I]: √(2 l3 + 1) × e3nn's w3j(l1, l2, l3) of each path, P components of all messages, I of features."""
    from e3nn.o3 import wigner_3j  # only its constants are needed, and only here

    rows = sum(2 * c + 1 for _, _, c in of)
    out = torch.zeros(9, rows, (l_in + 1) ** 2, dtype=torch.float64)
    start = 0
    for a, b, c in of:
        w = wigner_3j(a, b, c, dtype=torch.float64) * math.sqrt(2 * c + 1)  # [2a+1, 2b+1, 2c+1]
        out[SLICES[b], start : start + 2 * c + 1, SLICES[a]] = w.permute(1, 2, 0)
        start += 2 * c + 1
    return out


class Layer(nn.Module):
    """Linear, uvu Clebsch–Gordan paths with radial weights, sum over neighbours, linear, gate."""

    couplings: Tensor

    def __init__(self, c: Config, l_in: int) -> None:
        super().__init__()
        self.paths = paths(l_in, c.lmax)
        self.l_in, self.lmax, self.channels = l_in, c.lmax, c.channels
        n = c.channels
        self.radial_in = nn.Linear(c.radial, c.radial_hidden)
        self.radial_out = nn.Linear(c.radial_hidden, len(self.paths) * n)
        self.before = nn.ModuleList(nn.Linear(n, n, bias=False) for _ in range(l_in + 1))
        self.count = count = [sum(p[2] == k for p in self.paths) for k in range(c.lmax + 1)]
        self.rows = [of * (2 * k + 1) for k, of in enumerate(count)]
        width = [n * (c.lmax + 1)] + [n] * c.lmax  # scalars, then a gate for each channel of l = 1 and 2
        self.after = nn.ModuleList(nn.Linear(count[k] * n, width[k], bias=False) for k in range(c.lmax + 1))
        self.self_connection = nn.ModuleList(nn.Linear(n, width[k], bias=k == 0) for k in range(l_in + 1))
        self.register_buffer("couplings", coupling(self.paths, l_in).reshape(9, -1), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=GAINS.get(name, 1.0) * weight.shape[1] ** -0.5)
            else:
                nn.init.zeros_(weight)

    def angular(self, harmonics: Tensor) -> Tensor:
        """[E,P,I]: what turns a sender's features into the components of messages, before radial weights."""
        return (harmonics @ self.couplings).reshape(-1, sum(self.rows), (self.l_in + 1) ** 2)

    def forward(
        self, x: Tensor, angular: Tensor, basis: Tensor, envelope: Tensor, edge_index: Tensor, norm: Tensor
    ) -> Tensor:
        """x [N,I,C] to [N,9,C]."""
        src, dst = edge_index[0], edge_index[1]
        sent = torch.cat([f(x[:, s]) for f, s in zip(self.before, SLICES[: self.l_in + 1], strict=True)], 1)  # [N,I,C]
        weights = self.radial_out(silu(self.radial_in(basis))) * envelope  # [E, paths × C]
        weights = weights.reshape(-1, len(self.paths), 1, self.channels).split(self.count, dim=1)
        rows = (angular @ sent[src]).split(self.rows, dim=1)  # for l = 0, 1, 2: [E, paths to l × (2l+1), C]
        c = self.channels
        messages = [
            (y.reshape(-1, of, 2 * k + 1, c) * w).reshape(-1, of * (2 * k + 1) * c)
            for k, (y, w, of) in enumerate(zip(rows, weights, self.count, strict=True))
        ]
        total = x.new_zeros(x.shape[0], sum(self.rows) * c).index_add(0, dst, torch.cat(messages, 1)) * norm
        out = []
        for k, part in enumerate(total.split([r * c for r in self.rows], dim=1)):
            of = self.count[k]
            rows_of = part.reshape(-1, of, 2 * k + 1, c).transpose(1, 2).reshape(-1, 2 * k + 1, of * c)
            y = self.after[k](rows_of)  # paths outer, channels inner
            out.append(y + self.self_connection[k](x[:, SLICES[k]]) if k <= self.l_in else y)
        scalars, *gates = out[0].split(self.channels, dim=2)  # [N,1,C] each
        gated = [y * torch.sigmoid(g) for y, g in zip(out[1:], gates, strict=True)]
        return torch.cat([silu(scalars), *gated], 1)


class NequIPLike(nn.Module):
    """Two properties of a molecule and the last layer's features of its atoms."""

    norm: Tensor

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.config = c
        self.embedding = nn.Embedding(c.species, c.channels)
        self.layers = nn.ModuleList(Layer(c, 0 if k == 0 else c.lmax) for k in range(c.layers))
        self.readout_in = nn.Linear(c.channels * (c.lmax + 1), c.readout_hidden)
        self.readout_out = nn.Linear(c.readout_hidden, 2)
        norm = torch.tensor(1 / math.sqrt(c.neighbours), dtype=torch.float64)
        self.register_buffer("norm", norm, persistent=False)

    def forward(
        self,
        species: Tensor,
        edge_index: Tensor,
        radial_basis: Tensor,
        cutoff_envelope: Tensor,
        spherical_harmonics: Tensor,
        batch: Tensor,
        graph_ones: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """energy [G] and gap [G], standardised, and features [N, 9 C] as irreps Cx0e+Cx1o+Cx2e."""
        x = self.embedding(species).unsqueeze(1)  # [N,1,C]
        envelope = cutoff_envelope.unsqueeze(1)
        first, full = (layer.angular(spherical_harmonics) for layer in self.layers[:2])
        for k, layer in enumerate(self.layers):
            x = layer(x, full if k else first, radial_basis, envelope, edge_index, self.norm)
        squares = [(x[:, s] * x[:, s]).sum(1) for s in SLICES[1:]]  # [N,C] each
        invariants = torch.cat([x[:, 0], *squares], 1)  # [N, 3 C]
        y = self.readout_out(silu(self.readout_in(invariants)))  # [N,2]
        sums = y.new_zeros(graph_ones.shape[0], 2).index_add(0, batch, y)
        atoms = y.new_zeros(graph_ones.shape[0], 1).index_add(0, batch, torch.ones_like(y[:, :1]))
        features = [x[:, s].transpose(1, 2).reshape(-1, (2 * k + 1) * x.shape[2]) for k, s in enumerate(SLICES)]
        return sums[:, 0], sums[:, 1] / atoms[:, 0].clamp(min=1), torch.cat(features, 1)
