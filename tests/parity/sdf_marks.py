"""Writes SD files that try the stereo of molfiles: centres, double bonds, biaryls and polyhedra with random
wedges and places, and blocks of another file with other marks. Compare them with sdf.py compare.

    python sdf_marks.py stars|doubles|biaryls|polyhedra out.sdf [--count N] [--seed S]
    python sdf_marks.py remark blocks.sdf out.sdf [--limit N] [--seed S] [--marks SHARE]
"""

import argparse
import math
import random

import sdf


def block(atoms, bonds, label="2D"):
    """V2000 of atoms (symbol, charge, x, y, z) and bonds (begin, end, order, stereo), from 0."""
    rows = ["", "     test          " + " " + label, "", f"{len(atoms):3d}{len(bonds):3d}  0  0  0  0  0  0  0  0999 V2000"]
    rows += [f"{x:10.4f}{y:10.4f}{z:10.4f} {s:<3} 0{4 - q if q else 0:3d}  0  0  0  0  0  0  0  0  0  0" for s, q, x, y, z in atoms]
    rows += [f"{b + 1:3d}{e + 1:3d}{order:3d}{stereo:3d}" for b, e, order, stereo in bonds]
    return "\n".join([*rows, "M  END", "$$$$", ""])


def bond(rng, begin, end, order, marks):
    if rng.random() < 0.3:
        begin, end = end, begin
    return begin, end, order, rng.choice(marks)


def star(rng):
    """A centre with three or four neighbours at multiples of 15°, sometimes a little off."""
    count, scale = rng.choice([3, 3, 4, 4, 5]), rng.choice([1, 1, 1, 0.1, 30])
    centre = rng.choice([("C", 0), ("C", 0), ("C", 0), ("Si", 0), ("N", 1), ("N", 0), ("P", 0), ("S", 0), ("S", 1), ("B", -1), ("P", 1), ("As", 0)])
    atoms = [(*centre, 0.0, 0.0, 0.0)]
    grid = rng.choice([15, 30, 45, 60, 90])
    ligands = rng.sample(["F", "Cl", "Br", "I", "O", "N", "C", "H", "H"], count)
    bonds = []
    for symbol in ligands:
        angle = math.radians(rng.randrange(0, 360, grid) + rng.choice([0, 0, 0, 0.5, -0.9, 2, -3, rng.uniform(-10, 10)]))
        length = scale * rng.choice([1, 1, 1.5, 0.7, rng.uniform(0.1, 3)])
        z = rng.choice([0, 0, 0, 0, 0.0005])
        atoms.append((symbol, 0, length * math.cos(angle), length * math.sin(angle), z))
        order = 2 if symbol == "O" and rng.random() < 0.3 else 1
        bonds.append(bond(rng, 0, len(atoms) - 1, order, [0, 0, 0, 1, 6, 1, 6, rng.choice([4, 0, 0])]))
    if rng.random() < 0.3:
        rng.shuffle(bonds)
    return block(atoms, bonds)


def doubles(rng):
    """A chain of double and single bonds with substituents, in a plane or in space."""
    atoms, bonds, x = [], [], 0.0
    space = rng.random() < 0.3
    length = rng.choice([2, 2, 3, 4, 5, 6])
    pattern = [rng.choice([1, 2, 2]) for _ in range(length - 1)]
    for i in range(length):
        atoms.append((rng.choice(["C", "C", "C", "N", "S"]), 0, x, 0.3 * (i % 2), rng.uniform(-1, 1) * space))
        x += 1.3
        if i:
            bonds.append(bond(rng, i - 1, i, pattern[i - 1], [0, 0, 0, 0, 0, 3, 4, 1] if pattern[i - 1] == 2 else [0, 0, 0, 4, 1, 6, 3]))
    for i in range(length):
        used = sum(p for p in (pattern[i - 1 : i] if i else []) + pattern[i : i + 1])
        for _ in range(rng.randrange(0, max(1, 5 - used)) if atoms[i][0] == "C" else rng.choice([0, 0, 1])):
            angle = math.radians(rng.choice([90, -90, 120, -120, 60, -60, 180, 0, 178.5, rng.uniform(0, 360)]))
            place = (atoms[i][2] + math.cos(angle), atoms[i][3] + math.sin(angle), rng.uniform(-1, 1) * space)
            atoms.append((rng.choice(["H", "F", "Cl", "C", "O", "H", "H"]), 0, *place))
            bonds.append(bond(rng, i, len(atoms) - 1, 1, [0, 0, 0, 0, 0, 0, 4, 1, 6, 3]))
    if rng.random() < 0.3:
        rng.shuffle(bonds)
    return block(atoms, bonds, "3D" if space else "2D")


def biaryl(rng):
    """Two six-rings or an alkene and a ring, joined by a bond, with wedges near it."""
    atoms, bonds = [], []
    tilt = rng.choice([0, 0, math.radians(rng.uniform(0, 180))])

    def ring(cx, turn, at):
        first = len(atoms)
        for i in range(6):
            angle = math.radians(60 * i + turn)
            y = math.sin(angle)
            atoms.append((rng.choice(["C", "C", "C", "N"]) if i not in (0, 1, 5) else "C", 0, cx + math.cos(angle), y * math.cos(at), y * math.sin(at)))
        shift = rng.randrange(2)
        for i in range(6):
            order = rng.choice([1, 2]) if rng.random() < 0.03 else 1 + (i + shift) % 2
            bonds.append(bond(rng, first + i, first + (i + 1) % 6, order, [0, 0, 0, 1, 6, 0] if i in (0, 5) else [0]))
        for i in (1, 5):
            if rng.random() < 0.7:
                angle = math.radians(60 * i + turn)
                y = 2 * math.sin(angle)
                atoms.append((rng.choice(["F", "Cl", "C", "O"]), 0, cx + 2 * math.cos(angle), y * math.cos(at), y * math.sin(at)))
                bonds.append(bond(rng, first + i, len(atoms) - 1, 1, [0, 0, 0, 0, 1]))
        return first

    a, b = ring(-2.0, 0, 0.0), ring(1.5, 180, tilt)
    bonds.append(bond(rng, a, b, 1, [0, 0, 0, 0, 4, 1]))
    if rng.random() < 0.2:
        bonds.append(bond(rng, a + 1, b + 5, 1, [0]))
    if rng.random() < 0.3:
        rng.shuffle(bonds)
    if rng.random() < 0.3:
        spin = rng.uniform(0, 2 * math.pi)
        c, s = math.cos(spin), math.sin(spin)
        atoms = [(e, q, c * x - s * y, s * x + c * y, z) for e, q, x, y, z in atoms]
    return block(atoms, bonds)


SHAPES = {
    "octahedron": [(0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)],
    "bipyramid": [(0, 0, 1), (0, 0, -1)] + [(math.cos(a), math.sin(a), 0) for a in (0, 2 * math.pi / 3, 4 * math.pi / 3)],
    "tetrahedron": [(0.577 * x, 0.577 * y, 0.577 * z) for x, y, z in [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]],
    "plane": [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)],
}


def polyhedron(rng):
    """A centre in space with places of a polyhedron taken."""
    places = rng.choice(list(SHAPES.values()))
    places = rng.sample(places, min(len(places), rng.choice([3, 4, 4, 5, 6])))
    noise = rng.choice([0.01, 0.05, 0.15])
    centre = rng.choice([("Pt", 0), ("Co", 0), ("Fe", 0), ("P", 0), ("S", 0), ("As", 0), ("C", 0), ("Si", 0), ("Se", 0), ("Cu", 1), ("N", 1)])
    atoms, bonds = [(*centre, 0.0, 0.0, 0.0)], []
    symbols = rng.sample(["F", "Cl", "Br", "I", "O", "N", "C", "H"], len(places))
    for symbol, place in zip(symbols, places):
        atoms.append((symbol, 0, *(1.8 * (v + rng.uniform(-noise, noise)) for v in place)))
        order = rng.choice([1, 1, 1, 1, 1, 1, 8, 2]) if symbol in "ONC" else 1
        bonds.append(bond(rng, 0, len(atoms) - 1, order, [0, 0, 0, 0, 0, 0, 0, 4, 1]))
    return block(atoms, bonds, "3D")


KINDS = {"stars": star, "doubles": doubles, "biaryls": biaryl, "polyhedra": polyhedron}


def generate(args):
    rng = random.Random(args.seed)
    with open(args.target, "w") as out:
        for _ in range(args.count):
            out.write(KINDS[args.kind](rng))


def remark(args):
    """Other marks on some bonds, other directions, and places on a coarse grid now and then."""
    rng = random.Random(args.seed)
    with open(args.target, "w", encoding="latin-1") as out:
        for text in sdf.records(args.source)[: args.limit]:
            rows = text.split("\n")
            if "V2000" not in rows[3]:
                continue
            n, nb = int(rows[3][:3]), int(rows[3][3:6])
            grid = rng.choice([None, None, None, 0.5, 0.75])
            for at in range(4, 4 + n):
                if grid:
                    x, y = (round(float(rows[at][c : c + 10]) / grid) * grid for c in (0, 10))
                    rows[at] = f"{x:10.4f}{y:10.4f}" + rows[at][20:]
            for at in range(4 + n, 4 + n + nb):
                begin, end, order, stereo = rows[at][:3], rows[at][3:6], rows[at][6:9], rows[at][9:12]
                if rng.random() < args.marks:
                    stereo = f"{rng.choice([0, 1, 6, 1, 6, 4, 3]):3d}"
                    if rng.random() < 0.3:
                        begin, end = end, begin
                rows[at] = begin + end + order + stereo + rows[at][12:]
            out.write("\n".join(rows).rstrip("\n") + "\n\n$$$$\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for kind in KINDS:
        p = commands.add_parser(kind)
        p.set_defaults(run=generate, kind=kind)
        p.add_argument("target")
        p.add_argument("--count", type=int, default=1000)
        p.add_argument("--seed", type=int, default=1)
    p = commands.add_parser("remark")
    p.set_defaults(run=remark)
    p.add_argument("source")
    p.add_argument("target")
    p.add_argument("--limit", type=int, default=10**9)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--marks", type=float, default=0.2)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
