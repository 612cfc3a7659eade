"""What a geometric ONNX file must satisfy before it becomes a model folder: structure, parity, laws."""

import collections
import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import torch
from e3nn import o3
from torch import nn

from export.gate import DTYPES, FORBIDDEN, Check, equal, shape, within
from export.geometry import exact, features
from export.geometry.cases import structure as make
from export.geometry.cases import together, water
from export.geometry.data import Structure
from export.geometry.models.nequip_like import SLICES, paths
from export.geometry.recipe import Recipe
from export.geometry.runtime import run, survives
from export.runtime import error, open_session
from export.to_onnx import OPSET

TOLERANCE = 1e-5  # |a − b| / max(1, |b|) of tensors
ENERGY = 1e-6  # eV an atom
FORCE = 1e-4  # eV/Å
EXACT = 1e-10  # laws in float64


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is proved: the file, and the same weights in float64 torch."""

    recipe: Recipe
    raw: bytes
    exact: nn.Module
    transforms: dict[str, Any]

    def potential(self) -> bool:
        return any(o["role"] == "edge_force" for o in self.recipe.outputs)

    def values(self, s: Structure) -> exact.Values:
        """Exact answers without transforms, which are constants of the composition."""
        return exact.potential(self.exact, s) if self.potential() else exact.properties(self.exact, s)


def file(recipe: Recipe, proto: onnx.ModelProto) -> list[Check]:
    """Opset, names, types, free dimensions, operators, weights inside, no trace of this machine."""
    graph = proto.graph
    ops = collections.Counter(n.op_type for n in graph.node)
    scatters = [n for n in graph.node if n.op_type.startswith("Scatter")]
    loose = [n.op_type for n in scatters if not any(a.name == "reduction" and a.s == b"add" for a in n.attribute)]
    signature = [(v.name, v.type.tensor_type.elem_type, shape(v)) for v in graph.input]
    declared = [(i["tensor"], DTYPES[i["dtype"]], i["shape"]) for i in recipe.inputs]
    raw = proto.SerializeToString()
    return [
        equal("opset", {o.domain: o.version for o in proto.opset_import}, {"": OPSET}),
        equal("IR version", proto.ir_version, 10),
        equal("inputs: names, types, shapes", signature, declared),
        equal("outputs", [(v.name, shape(v)) for v in graph.output], [(o["tensor"], rows(o)) for o in recipe.outputs]),
        equal("operators with data-dependent shapes", sorted(FORBIDDEN & set(ops)), []),
        equal("scatters without add", loose, []),
        equal("ScatterElements", ops["ScatterElements"], 0),
        equal("external data", [t.name for t in graph.initializer if t.data_location], []),
        equal("local functions", len(proto.functions), 0),
        equal("paths in the file", [w for w in (b"site-packages", b".py", b"/home", b"/root") if w in raw], []),
        Check("operators", ", ".join(f"{k} {v}" for k, v in sorted(ops.items())), "-", True),
    ]


def rows(o: dict[str, Any]) -> list[int | str]:
    """The shape that an output must have."""
    first = {"graph": "G", "atom": "N", "edge": "E"}[o["per"]]
    width = {"invariant": [], "vector": [3]}.get(o["symmetry"])
    return [first, *([o3.Irreps(o["symmetry"]).dim] if width is None else width)]


def parity(subject: Subject, sets: dict[str, list[Structure]]) -> list[Check]:
    """ONNX Runtime against float64 torch on the same float32 tensors, sizes unlike the traced ones."""
    session = open_session(subject.raw)
    checks, energy, force = [], 0.0, 0.0
    for name, structures in sets.items():
        tensors = subject.recipe.tensors(structures)
        sizes = [len(s.numbers) for s in structures]
        if not len(tensors["edge_index"][0]):
            checks.append(equal("no edges, in a child process: exit code", survives(subject.raw, tensors), 0))
        got, want = run(session, tensors), exact.outputs(subject.recipe, subject.exact, tensors)
        worst = {k: error(got[k], want[k]) for k in want}
        checks.append(within(f"against float64 torch: {name[:40]}", max(worst.values()), TOLERANCE))
        scale = subject.transforms["energy"].get("scale", 1.0)
        energy = max(energy, float(np.max(np.abs(got["energy"] - want["energy"]) * scale / sizes)))
        if subject.potential():
            f, g = (exact.scattered(a["edge_gradient"], tensors, sum(sizes)) for a in (got, want))
            force = max(force, float(np.abs(f - g).max()))
    checks.append(within("energy against float64 torch, eV an atom", energy, ENERGY))
    return checks + ([within("forces against float64 torch, eV/Å", force, FORCE)] if subject.potential() else [])


def symmetry(subject: Subject, structures: Sequence[Structure]) -> list[Check]:
    """Rotations, reflections, translations, permutations and batch mates, by ONNX Runtime and in float64."""
    rng = np.random.default_rng(1)
    checks = []
    for word, reflect in (("rotation", False), ("rotation with inversion", True)):
        single, double = 0.0, 0.0
        for s, r in zip(structures, itertools.cycle(exact.rotations(4, reflect)), strict=False):
            t = exact.moved(s, r, rng.normal(size=3) * 10)
            single = max(single, unlike(turned(subject, answers(subject, s), r), answers(subject, t)))
            double = max(double, unlike(turned(subject, subject.values(s), r), subject.values(t)))
        checks.append(within(f"{word} and translation", single, TOLERANCE))
        checks.append(within(f"{word} and translation, float64 torch", double, EXACT))
    worst = 0.0
    for s in structures:
        order = rng.permutation(len(s.numbers))
        t = dataclasses.replace(s, numbers=s.numbers[order], positions=s.positions[order])
        want = {k: v[order] if len(v) == len(order) and k in ATOMS else v for k, v in answers(subject, s).items()}
        worst = max(worst, unlike(want, answers(subject, t)))
    checks.append(within("permuted atoms", worst, TOLERANCE))
    whole = answers(subject, *structures)
    each = [answers(subject, s) for s in structures]
    singles = {k: np.concatenate([a[k] for a in each]) for k in whole}
    return [*checks, within("batch of k against k singles", unlike(singles, whole), TOLERANCE)]


ATOMS = {"node_energy", "forces", "features"}


def answers(subject: Subject, *structures: Structure) -> exact.Values:
    """ONNX Runtime on structures, with forces in place of the edge gradient."""
    tensors = subject.recipe.tensors(structures)
    got = run(open_session_of(subject), tensors)
    if subject.potential():
        got["forces"] = exact.scattered(got.pop("edge_gradient"), tensors, len(tensors["species"]))
    return got


_sessions: dict[int, Any] = {}


def open_session_of(subject: Subject) -> Any:
    """One session a subject: opening takes longer than a run."""
    return _sessions.setdefault(id(subject), open_session(subject.raw))


def turned(subject: Subject, v: exact.Values, r: np.ndarray) -> exact.Values:
    """v as it should be after the structure was turned by r."""
    out = dict(v)
    if "forces" in v:
        out["forces"] = v["forces"] @ r.T
    if "virial" in v:
        out["virial"] = r @ v["virial"] @ r.T
    if "features" in v:
        irreps = next(o["symmetry"] for o in subject.recipe.outputs if o["tensor"] == "features")
        out["features"] = v["features"] @ exact.wigner(irreps, r).T
    return out


def unlike(a: exact.Values, b: exact.Values) -> float:
    return max(error(np.asarray(b[k]), np.asarray(a[k])) for k in a)


def laws(subject: Subject, molecule: Structure, cell: Structure) -> list[Check]:
    """What any potential or property model must do: far fragments, the cutoff, and forces if there are any."""
    checks = fragments(subject, molecule) + cutoff(subject, molecule)
    if subject.potential():
        checks += gradient(subject, molecule, cell)
    else:
        checks.append(within("messages against e3nn's TensorProduct, float64", against_e3nn(subject), 1e-12))
    return checks


def fragments(subject: Subject, molecule: Structure) -> list[Check]:
    """Two fragments far apart answer together what they answer alone."""
    far = answers(subject, together(water(), molecule, [37.0, 11.0, 0.0]))
    alone = [answers(subject, s) for s in (water(), molecule)]
    extensive = [o["tensor"] for o in subject.recipe.outputs if o.get("extensive")]
    checks = [within(f"far fragments add: {k}", error(far[k], alone[0][k] + alone[1][k]), TOLERANCE) for k in extensive]
    local = [k for k in far if k in ATOMS]
    both = {k: np.concatenate([a[k] for a in alone]) for k in local}
    return [*checks, within("far fragments: each atom as alone", unlike(both, far), TOLERANCE)]


def cutoff(subject: Subject, molecule: Structure) -> list[Check]:
    """An atom that passes the cutoff of one other changes nothing at that place, and little near it."""

    def at(gap: float) -> exact.Values:
        """A probe atom at rc + gap from the outermost atom, straight out: all others are further away than rc."""
        away = molecule.positions - molecule.positions.mean(0)
        outermost = np.linalg.norm(away, axis=1).argmax()
        direction = away[outermost] / np.linalg.norm(away[outermost])
        probe = molecule.positions[outermost] + direction * (features.CUTOFF + gap)
        return subject.values(
            Structure(np.append(molecule.numbers, 1), np.concatenate([molecule.positions, probe[None]]))
        )

    inside, outside = at(-1e-6), at(1e-6)
    keys = [k for k in inside if k != "virial"]
    jump = max(float(np.abs(inside[k] - outside[k]).max()) for k in keys)
    near = max(float(np.abs(at(-0.01)[k] - outside[k]).max()) for k in keys)
    return [
        within("no jump at the cutoff (±1e-6 Å), float64 torch", jump, EXACT),
        within("0.01 Å inside the cutoff, float64 torch", near, 1e-4),
    ]


def gradient(subject: Subject, molecule: Structure, cell: Structure) -> list[Check]:
    """Forces and virial are minus the derivatives of the energy; no net force, no torque."""
    checks = []
    for word, s in (("a molecule", molecule), ("a cell", cell)):

        def energy(x: np.ndarray, s: Structure = s) -> float:
            return float(subject.values(dataclasses.replace(s, positions=x))["energy"][0])

        want = -exact.central(energy, s.positions)
        tensors = subject.recipe.tensors([s], torch.float64)
        edge = exact.outputs(subject.recipe, subject.exact, tensors)["edge_gradient"]
        scattered = exact.scattered(edge, tensors, len(s.numbers))
        off = float(np.abs(scattered - want).max())
        checks.append(within(f"{word}: scattered forces = −ΔE/Δr, float64", off, 1e-8))
        own = float(np.abs(scattered - subject.values(s)["forces"]).max())
        checks.append(within(f"{word}: scattered forces = −∂E/∂r, float64", own, EXACT))
        got = answers(subject, s)["forces"].astype(float)
        checks.append(within(f"{word}: net force, eV/Å", float(np.abs(got.sum(0)).max()), FORCE))
    torque = np.cross(molecule.positions - molecule.positions.mean(0), answers(subject, molecule)["forces"]).sum(0)
    checks.append(within("a molecule: net torque, eV", float(np.abs(torque).max()), FORCE))

    def strained(strain: np.ndarray) -> float:
        m = np.eye(3) + strain
        s = dataclasses.replace(cell, positions=cell.positions @ m, cell=cell.cell @ m)
        return float(subject.values(s)["energy"][0])

    tensors = subject.recipe.tensors([cell], torch.float64)
    edge = exact.outputs(subject.recipe, subject.exact, tensors)["edge_gradient"]
    virial = -tensors["edge_vectors"].numpy().T @ edge
    off = float(np.abs(virial + exact.central(strained, np.zeros((3, 3)))).max())
    return [*checks, within("a cell: virial = −ΔE/Δε, float64", off, 1e-7)]


def against_e3nn(subject: Subject) -> float:
    """The last layer's Clebsch–Gordan product and e3nn's own, on random numbers."""
    layer, c = subject.exact.layers[-1], subject.recipe.config.channels
    rng = torch.Generator().manual_seed(0)
    x, y = (torch.randn(7, 9, *extra, generator=rng, dtype=torch.float64) for extra in ([c], []))
    kinds = [f"{c}x0e", f"{c}x1o", f"{c}x2e"]
    of = paths(2, 2)
    steps = [(a, b, k, "uvu", False) for k, (a, b, _) in enumerate(of)]
    with exact.double():
        product = o3.TensorProduct("+".join(kinds), "0e+1o+2e", "+".join(kinds[p[2]] for p in of), steps)
    theirs = product(torch.cat([x[:, s].transpose(1, 2).reshape(7, -1) for s in SLICES], 1), y)
    start, parts = 0, []
    for _, _, l3 in of:
        parts.append((layer.angular(y) @ x)[:, start : start + 2 * l3 + 1].transpose(1, 2).reshape(7, -1))
        start += 2 * l3 + 1
    return float((torch.cat(parts, 1) - theirs).abs().max())


def structures_of(sets: dict[str, list[Structure]]) -> list[Structure]:
    """One of each kind, for the laws of symmetry: isolated, periodic in three, two and one dimensions, lone."""
    return [s for batch in sets.values() for s in batch] + [make([6, 8], [[0, 0, 0], [1.2, 0.1, 0]])]
