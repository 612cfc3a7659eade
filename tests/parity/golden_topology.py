"""Topology features by the formulas of PyG and DGL, in numpy float64: what preprocess/graph must give.

    python tests/parity/golden_topology.py            writes preprocess/graph/testdata/topology.json
    python tests/parity/golden_topology.py --check    compares the formulas with torch_geometric itself

Each case is a graph (N, edges [E][2] as src, dst) and for each field its options and values, row-major.
`columns` names the columns of an eigenvector table that are determined: the eigenvalue is simple and
no component of the other sign is as large as the largest.
"""

import argparse
import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[2] / "preprocess/graph/testdata/topology.json"
APART = 1e-6  # eigenvalues, and magnitudes of components, closer than this count as equal


def both(bonds):
    """Bond k → edges 2k (begin → end) and 2k+1."""
    return [e for a, b in bonds for e in ((a, b), (b, a))]


def random_bonds(rng, n, extra):
    """A tree of n atoms with rings closed by `extra` more bonds."""
    bonds = {(int(rng.integers(i)), i) for i in range(1, n)}
    while len(bonds) < n - 1 + extra:
        a, b = sorted(rng.choice(n, 2, replace=False).tolist())
        bonds.add((a, b))
    return sorted(bonds)


def graphs():
    rng = np.random.default_rng(0)
    yield "methane", 1, []
    yield "ethanol", 3, both([(0, 1), (1, 2)])
    yield "benzene", 6, both([(i, (i + 1) % 6) for i in range(6)])
    yield "toluene", 7, both([(i, (i + 1) % 6) for i in range(6)] + [(0, 6)])
    yield "salt", 5, both([(0, 1), (1, 2), (2, 3)])  # atom 4 has no bond
    for k, (n, extra) in enumerate([(4, 0), (9, 1), (16, 2), (23, 4)]):
        yield f"random {k}", n, both(random_bonds(rng, n, extra))


def safe(d, power):
    """d^power with 0 for 0."""
    out = np.zeros_like(d)
    out[d > 0] = d[d > 0] ** power
    return out


def dense(n, edges):
    a = np.zeros((n, n))
    for s, d in edges:
        a[d, s] = 1  # row = receiver
    return a


def laplacian(a, kind):
    d = a.sum(1)
    if kind == "none":
        return np.diag(d) - a
    if kind == "rw":
        return np.eye(len(a)) - safe(d, -1.0)[:, None] * a
    r = safe(d, -0.5)
    return np.eye(len(a)) - r[:, None] * a * r[None, :]


def signed(column):
    """The first of the largest components is positive."""
    size = np.abs(column)
    return column * np.sign(column[np.argmax(size >= size.max() * (1 - APART))])


def encoding(a, k):
    """Eigenvectors 2 … k+1 of the normalised Laplacian, padded with zeros, and the determined columns."""
    n = len(a)
    values, vectors = np.linalg.eigh(laplacian(a, "laplacian_sym"))
    out, determined = np.zeros((n, k)), []
    for c in range(1, min(n, k + 1)):
        out[:, c - 1] = signed(vectors[:, c])
        simple = all(abs(values[c] - v) > APART for i, v in enumerate(values) if i != c)
        lowest = -vectors[:, c] * np.sign(vectors[np.argmax(np.abs(vectors[:, c])), c])
        if simple and lowest.max() < np.abs(lowest).max() * (1 - 1e-3):
            determined.append(c - 1)
    return out, determined + list(range(max(n - 1, 0), k))


def walks(a, k):
    p = a * safe(a.sum(0), -1.0)[None, :]  # column = where the walk stands
    out, power = np.zeros((len(a), k)), np.eye(len(a))
    for t in range(k):
        power = p @ power
        out[:, t] = np.diag(power)
    return out


def paths(a):
    n = len(a)
    out, reach, power = np.full((n, n), -1.0), np.zeros((n, n), bool), np.eye(n)
    for t in range(n):
        new = (power > 0) & ~reach
        out[new] = t
        reach |= new
        power = (a @ power > 0).astype(float)
    return out


def line_graph(edges):
    pairs = [(k, m) for m, (v, w) in enumerate(edges) for k, (u, x) in enumerate(edges) if x == v and u != w]
    return [[k for k, _ in pairs], [m for _, m in pairs]]


def fields(n, edges):
    a = dense(n, edges)
    src, dst = (np.array([e[i] for e in edges], int) for i in (0, 1))

    def degrees(loops):
        return a.sum(1) + loops

    for loops in (False, True):
        d, o = degrees(loops), a.sum(0) + loops
        option = {"self_loops": loops}
        for kind, power in (("none", 1.0), ("inverse", -1.0), ("inverse_sqrt", -0.5)):
            yield "degree", option | {"normalisation": kind}, safe(d, power)
        r = safe(d, -0.5)
        yield "gcn_norm", option | {"normalisation": "gcn_sym"}, r[src] * r[dst]
        yield "gcn_norm", option | {"normalisation": "both"}, safe(o, -0.5)[src] * r[dst]
        yield "gcn_norm", option | {"normalisation": "right"}, safe(d, -1.0)[dst]
        yield "gcn_norm", option | {"normalisation": "left"}, safe(o, -1.0)[src]
        yield "pseudo_coordinates", option | {"order": "dst_src"}, np.stack([r[dst], r[src]], 1)
        yield "pseudo_coordinates", option | {"order": "src_dst"}, np.stack([r[src], r[dst]], 1)
        loop = a + loops * np.eye(n)
        for kind in ("laplacian_sym", "rw", "none"):
            yield "laplacian_norm", option | {"normalisation": kind}, laplacian(loop, kind)[src, dst]
        yield "adjacency", option | {"normalisation": "none"}, loop
        yield "adjacency", option | {"normalisation": "gcn_sym"}, r[:, None] * loop * r[None, :]
        yield "adjacency", option | {"normalisation": "rw"}, safe(d, -1.0)[:, None] * loop
        yield "adjacency", option | {"normalisation": "laplacian_sym"}, laplacian(loop, "laplacian_sym")
    for kind in ("laplacian_sym", "rw", "none"):
        largest = np.linalg.eigvals(laplacian(a, kind)).real.max()
        yield "laplacian_max_eigenvalue", {"normalisation": kind}, largest if edges else 1.0
    table, determined = encoding(a, 4)
    yield "laplacian_encoding", {"size": 4, "columns": determined}, table
    yield "random_walk_encoding", {"size": 6}, walks(a, 6)
    yield "shortest_paths", {}, paths(a)
    yield "line_graph_index", {}, line_graph(edges)


def case(name, n, edges):
    return {"name": name, "n": n, "edges": edges,
            "fields": [{"name": f, **o, "data": np.ravel(v).tolist()} for f, o, v in fields(n, edges)]}


def check():
    """The same numbers from torch_geometric."""
    import torch
    import torch_geometric.transforms as T
    from torch_geometric.data import Data
    from torch_geometric.nn.conv.gcn_conv import gcn_norm
    from torch_geometric.utils import get_laplacian

    worst = 0.0

    def same(what, got, want, bound=1e-6):
        nonlocal worst
        error = float(np.abs(np.asarray(got, float) - np.asarray(want, float)).max(initial=0))
        worst = max(worst, error)
        assert error < bound, (what, error)

    for name, n, edges in graphs():
        index, count, a = torch.tensor(edges, dtype=torch.long).reshape(-1, 2).T, len(edges), dense(n, edges)
        want = {(f, json.dumps(o)): v for f, o, v in fields(n, edges)}
        for loops in (False, True):
            _, weight = gcn_norm(index, None, n, add_self_loops=loops, dtype=torch.float64)
            if weight is not None:
                key = json.dumps({"self_loops": loops, "normalisation": "gcn_sym"})
                same(f"{name} gcn_norm", weight[:count], want["gcn_norm", key])
        for kind, pyg in (("laplacian_sym", "sym"), ("rw", "rw"), ("none", None)):
            _, weight = get_laplacian(index, normalization=pyg, num_nodes=n, dtype=torch.float64)
            key = json.dumps({"self_loops": False, "normalisation": kind})
            same(f"{name} laplacian {kind}", weight[:count], want["laplacian_norm", key])
            if n > 2:
                data = T.LaplacianLambdaMax(pyg, is_undirected=True)(Data(edge_index=index, num_nodes=n))
                key = json.dumps({"normalisation": kind})  # Arnoldi iterations in float32
                same(f"{name} λ {kind}", data.lambda_max, want["laplacian_max_eigenvalue", key], 1e-5)
        data = T.AddRandomWalkPE(6)(Data(edge_index=index, num_nodes=n))
        same(f"{name} walks", data.random_walk_pe, walks(a, 6))
        if n > 4:
            data = T.AddLaplacianEigenvectorPE(4, is_undirected=True)(Data(edge_index=index, num_nodes=n))
            table, determined = encoding(a, 4)
            pe = data.laplacian_eigenvector_pe.double().numpy()
            for c in determined:
                same(f"{name} encoding {c}", signed(pe[:, c]), table[:, c])
    print(f"torch_geometric agrees within {worst:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        check()
    else:
        OUT.write_text(json.dumps({"cases": [case(*g) for g in graphs()]}) + "\n")
        print(f"{OUT}: {OUT.stat().st_size} bytes")
