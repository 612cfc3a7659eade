"""Graph convolution (Kipf & Welling 2017, arXiv:1609.02907): H' = ReLU(Â H W + b), Â = D^-½ (A + I) D^-½.

Parameter names are those of PyG's `GCNConv`, so that PyG can load what is trained here. Padded layout: every
padded input is cleaned where it enters, with where(mask, x, 0) and never by multiplication, because 0 × NaN is NaN.

While training, every convolution is followed by batch normalisation over the real atoms. In evaluation that is a
scale and a shift of each channel, and so again a convolution: `plain` folds it into weights and biases, and what is
exported has none.
"""

import itertools
from dataclasses import dataclass, replace

import torch
from chemprop.data.collate import BatchMolGraph
from chemprop.data.molgraph import MolGraph
from torch import Tensor, nn

from export.features import ATOM_WIDTH


@dataclass(frozen=True)
class Config:
    """The hyperparameters of the manifest."""

    hidden: int = 128
    layers: int = 4
    head_hidden: int = 128
    batch_norm: bool = False  # while training; the exported network has none

    def hyperparameters(self) -> dict[str, int | str]:
        return {"hidden": self.hidden, "layers": self.layers, "head_hidden": self.head_hidden}


class Conv(nn.Module):
    """Â (H W) + b: the bias comes after propagation."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__()
        self.lin = nn.Linear(width_in, width_out, bias=False)
        self.bias = nn.Parameter(torch.zeros(width_out))

    def forward(self, h: Tensor, adjacency: Tensor) -> Tensor:
        return adjacency @ self.lin(h) + self.bias


class GCN(nn.Module):
    """Padded layout in, the standardised label out: y [B,1]."""

    def __init__(self, c: Config) -> None:
        super().__init__()
        self.config = c
        widths = [ATOM_WIDTH] + [c.hidden] * c.layers
        self.convs = nn.ModuleList(Conv(a, b) for a, b in itertools.pairwise(widths))
        for conv in self.convs:
            nn.init.xavier_uniform_(conv.lin.weight)  # Glorot, as the paper and PyG start
        self.norms = nn.ModuleList(nn.BatchNorm1d(c.hidden) for _ in range(c.layers)) if c.batch_norm else None
        self.head = nn.Sequential(nn.Linear(c.hidden, c.head_hidden), nn.ReLU(), nn.Linear(c.head_hidden, 1))

    def forward(self, x: Tensor, adjacency: Tensor, atom_mask: Tensor) -> Tensor:
        real = atom_mask.unsqueeze(2)  # [B,n,1]
        h = torch.where(real, x, 0.0)  # [B,n,72]
        a = torch.where(real & atom_mask.unsqueeze(1), adjacency, 0.0)  # [B,n,n]
        for k, conv in enumerate(self.convs):
            h = self.normalised(k, conv(h, a), atom_mask).relu()  # [B,n,H]
        total = torch.where(real, h, 0.0).sum(dim=1)  # [B,H]
        atoms = torch.where(real, torch.ones_like(h[:, :, :1]), 0.0).sum(dim=1)  # [B,1]
        return self.head(total / atoms.clamp(min=1))

    def normalised(self, layer: int, h: Tensor, atom_mask: Tensor) -> Tensor:
        """Batch normalisation of the real atoms; padding has no say in mean and variance. [B,n,H] → [B,n,H]."""
        if self.norms is None:
            return h
        out = torch.zeros_like(h)
        out[atom_mask] = self.norms[layer](h[atom_mask])
        return out

    @torch.no_grad()
    def plain(self) -> "GCN":
        """The same function in evaluation, without batch normalisation.

        γ (Â H W + b − μ) / s + β = Â H (W γ/s) + (b − μ) γ/s + β, where s = √(variance + ε).
        """
        if self.norms is None:
            return self
        net = GCN(replace(self.config, batch_norm=False))
        net.head.load_state_dict(self.head.state_dict())
        for ours, conv, norm in zip(net.convs, self.convs, self.norms, strict=True):
            g = norm.weight / (norm.running_var + norm.eps).sqrt()  # [H] γ/s
            ours.lin.weight.copy_(conv.lin.weight * g.unsqueeze(1))
            ours.bias.copy_((conv.bias - norm.running_mean) * g + norm.bias)
        return net.eval()


def library_values(model: GCN, graphs: list[MolGraph], scale: float, shift: float) -> Tensor:
    """Predictions in units from PyG's GCNConv and pooling with these weights, in float64: [G]."""
    from torch_geometric.nn import GCNConv, global_mean_pool  # slow to import, needed only here

    b = BatchMolGraph(graphs)
    h = b.V.double()  # [N,72]
    with torch.no_grad():
        for ours in model.convs:
            conv = GCNConv(h.shape[1], ours.bias.shape[0])
            conv.load_state_dict(ours.state_dict())
            h = conv.double()(h, b.edge_index.reshape(2, -1)).relu()
        y = model.head.double()(global_mean_pool(h, b.batch, size=len(b)))
    return y.reshape(-1) * scale + shift
