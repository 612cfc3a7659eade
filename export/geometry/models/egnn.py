"""E(3)-equivariant graph network (Satorras et al. 2021, arXiv:2102.09844) as a potential that is smooth at its cutoff.

Contract A: edge vectors come in, so that the network never sees a position or a cell. The paper's coordinates x are
kept as displacements u = x − x⁰, and x_src − x_dst = r + u_src − u_dst. EQUATIONS.md has every formula.
"""

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import silu


@dataclass(frozen=True)
class Config:
    """The hyperparameters of the manifest."""

    species: int = 3
    hidden: int = 64
    layers: int = 4
    radial: int = 8  # Bessel functions, the paper's edge attribute a_ij
    cutoff: float = 5.0  # Å
    envelope_p: int = 6
    neighbours: float = 8.0  # the constant that sums over neighbours are divided by

    def hyperparameters(self) -> dict[str, int | float]:
        return asdict(self)


class Layer(nn.Module):
    """One round of messages. The first linear map of φ_e is kept in three parts: on receiver, sender and edge."""

    def __init__(self, c: Config, moves: bool) -> None:
        super().__init__()
        h = c.hidden
        self.edge_dst = nn.Linear(h, h)
        self.edge_src = nn.Linear(h, h, bias=False)
        self.edge_geometry = nn.Linear(1 + c.radial, h, bias=False)
        self.edge_out = nn.Linear(h, h)
        self.node_in = nn.Linear(2 * h, h)
        self.node_out = nn.Linear(h, h)
        self.moves = moves  # the last layer's displacement would reach nothing
        if moves:
            self.coord_in = nn.Linear(h, h)
            self.coord_out = nn.Linear(h, 1, bias=False)
            nn.init.xavier_uniform_(self.coord_out.weight, gain=0.1)

    def message(self, receiver: Tensor, sender: Tensor, geometry: Tensor, envelope: Tensor) -> Tensor:
        """[E,H] of φ_e times the envelope."""
        return silu(self.edge_out(silu(receiver + sender + self.edge_geometry(geometry)))) * envelope


class EGNN(nn.Module):
    """Energies of atoms in eV, without the energies of the elements, which the manifest holds."""

    inverse_cutoff: Tensor
    frequencies: Tensor
    prefactor: Tensor
    inverse_neighbours: Tensor

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.config = c
        self.embedding = nn.Embedding(c.species, c.hidden)
        self.layers = nn.ModuleList(Layer(c, moves=k < c.layers - 1) for k in range(c.layers))
        self.readout_in = nn.Linear(c.hidden, c.hidden)
        self.readout_out = nn.Linear(c.hidden, 1)
        self.scale = nn.Parameter(torch.ones(c.species, 1))  # eV, of each element
        # Constants are float64 buffers: as Python numbers they would reach a float64 graph rounded to float32.
        k = torch.arange(1, c.radial + 1, dtype=torch.float64)
        self.register_buffer("frequencies", k * (math.pi / c.cutoff), persistent=False)  # [K]
        self.register_buffer("prefactor", torch.tensor(math.sqrt(2 / c.cutoff), dtype=torch.float64), persistent=False)
        self.register_buffer("inverse_cutoff", torch.tensor(1 / c.cutoff, dtype=torch.float64), persistent=False)
        inverse = torch.tensor(1 / c.neighbours, dtype=torch.float64)
        self.register_buffer("inverse_neighbours", inverse, persistent=False)

    def forward(
        self, species: Tensor, edge_index: Tensor, edge_vectors: Tensor, batch: Tensor, graph_ones: Tensor
    ) -> tuple[Tensor, Tensor]:
        """energy [G] and node_energy [N], eV."""
        src, dst = edge_index[0], edge_index[1]
        h = self.embedding(species)  # [N,H]
        u = h.new_zeros(h.shape[0], 3)  # Å
        basis, envelope = self.radial(edge_vectors)  # [E,K], [E,1]
        for layer in self.layers:
            w = edge_vectors + u[src] - u[dst]  # [E,3]
            square = (w * w).sum(1, keepdim=True) * (self.inverse_cutoff * self.inverse_cutoff)
            geometry = torch.cat([square, basis], 1)  # [E,1+K]
            m = layer.message(layer.edge_dst(h)[dst], layer.edge_src(h)[src], geometry, envelope)
            if layer.moves:
                push = layer.coord_out(silu(layer.coord_in(m))) * envelope  # [E,1]
                u = u - self.gather(w * push, dst, u)
            h = h + layer.node_out(silu(layer.node_in(torch.cat([h, self.gather(m, dst, h)], 1))))
        node_energy = self.readout_out(silu(self.readout_in(h))) * self.scale[species]  # [N,1]
        energy = h.new_zeros(graph_ones.shape[0], 1).index_add(0, batch, node_energy)
        return energy.squeeze(1), node_energy.squeeze(1)  # a column's gradient would be a scatter without add

    def gather(self, messages: Tensor, dst: Tensor, like: Tensor) -> Tensor:
        """Sum over the edges of each receiver, by a constant: a count would jump when a neighbour passes the cutoff."""
        return torch.zeros_like(like).index_add(0, dst, messages) * self.inverse_neighbours

    def radial(self, edge_vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Bessel functions √(2/rc) sin(kπd/rc)/d [E,K], and the polynomial envelope [E,1], 0 from rc on."""
        d = (edge_vectors * edge_vectors).sum(1, keepdim=True).sqrt()  # [E,1] Å
        basis = torch.sin(d * self.frequencies) / d * self.prefactor
        return basis, polynomial(d * self.inverse_cutoff, self.config.envelope_p)


def polynomial(x: Tensor, p: int) -> Tensor:
    """1 − (p+1)(p+2)/2 x^p + p(p+2) x^(p+1) − p(p+1)/2 x^(p+2) below 1, 0 from 1 on; its slope too is 0 at 1."""
    x = x.clamp(max=1)
    power = x
    for _ in range(p - 1):
        power = power * x
    return 1 + power * (-(p + 1) * (p + 2) / 2 + x * (p * (p + 2) - x * (p * (p + 1) / 2)))
