"""Writes the geometric networks of TestEachLawOfSpaceIsBrokenBySomeNetwork: one lawful potential, one lawful property
with features, and for each law networks that differ from them in one step and break it.

    python onnx/prove/testdata/unlawful.py        (onnx)

With d = |v| of edge vectors v = r(src) − r(dst), x = max(0, 1 − d²/9) and a weight a_z of each element:

    potential   e_i = b_z + Σ_k a_src a_dst x³,   ∂E/∂v = −2/3 a_src a_dst x² v
    property    e_i = b_z + Σ_k a_src x²;   features (1x0e+1x1o)_i = Σ_k a_src x³ (1, v)
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto as T
from onnx import checker, helper, numpy_helper, save

HERE = Path(__file__).parent
INPUTS = [
    ("species", T.INT64, ["N"]),
    ("edge_index", T.INT64, [2, "E"]),
    ("edge_vectors", T.FLOAT, ["E", 3]),
    ("batch", T.INT64, ["N"]),
    ("graph_ones", T.FLOAT, ["G"]),
]
PLACES = ("positions", T.FLOAT, ["N", 3])
ENERGY = [("energy", T.FLOAT, ["G"]), ("node_energy", T.FLOAT, ["N"])]
GRADIENT = ("edge_gradient", T.FLOAT, ["E", 3])
FEATURES = ("features", T.FLOAT, ["N", 4])

CONSTANTS = {
    "zero": np.array(0, np.int64),
    "one": np.array(1, np.int64),
    "axis0": np.array([0], np.int64),
    "axis1": np.array([1], np.int64),
    "yzx": np.array([1, 2, 0], np.int64),
    "zxy": np.array([2, 0, 1], np.int64),
    "nought": np.array(0, np.float32),
    "unit": np.array(1, np.float32),
    "ninth": np.array(1 / 9, np.float32),
    "twelfth": np.array(1 / 12, np.float32),
    "slope": np.array(-2 / 3, np.float32),
    "half": np.array(-1 / 2, np.float32),
    "more": np.array(1.2, np.float32),
    "little": np.array(0.01, np.float32),
    "along": np.array([1.5, 1, 1], np.float32),
    "a": np.array([0.5, 1.2, -0.9], np.float32),
    "b": np.array([-0.3, 0.4, 0.7], np.float32),
}

EDGES = [
    ("Gather", "edge_index zero", "src"),
    ("Gather", "edge_index one", "dst"),
    ("Gather", "a species", "az"),
    ("Gather", "az src", "a_src_flat"),
    ("Gather", "az dst", "a_dst_flat"),
    ("Unsqueeze", "a_src_flat axis1", "a_src"),
    ("Unsqueeze", "a_dst_flat axis1", "a_dst"),
    ("Unsqueeze", "dst axis1", "to"),
    ("Mul", "edge_vectors edge_vectors", "squares"),
    ("ReduceSum", "squares axis1", "d2"),
    ("Mul", "d2 ninth", "part"),
    ("Sub", "unit part", "left"),
    ("Max", "left nought", "x"),
    ("Mul", "x x", "x2"),
    ("Mul", "x x2", "x3"),
]
POTENTIAL = [
    ("Mul", "a_src a_dst", "w"),
    ("Mul", "w x3", "m"),
    ("Mul", "w x2", "g1"),
    ("Mul", "g1 slope", "g2"),
    ("Mul", "g2 edge_vectors", "edge_gradient"),
]
PROPERTY = [
    ("Mul", "a_src x2", "m"),
    ("Mul", "a_src x3", "scalar"),
    ("Mul", "scalar edge_vectors", "vector"),
    ("Concat", "scalar vector", "rows"),
    ("Mul", "nothing rowless", "blank"),
    ("ScatterND", "blank to rows", "features"),
]
NODES = [
    ("Gather", "b species", "bz"),
    ("Unsqueeze", "bz axis1", "own"),
    ("Mul", "own nought", "nothing"),
    ("ScatterND", "nothing to m", "sum"),
]
TAIL = [
    ("Add", "own sum", "e"),
    ("Squeeze", "e axis1", "node_energy"),
    ("Unsqueeze", "batch axis1", "graph"),
    ("Mul", "graph_ones nought", "empty"),
    ("ScatterND", "empty graph node_energy", "energy"),
]
CONSTANTS["rowless"] = np.ones((1, 4), np.float32)

# What each network changes: {output of a step: the steps in its place}.
LIARS = {
    "potential_along_x": {
        "squares": [("Mul", "edge_vectors edge_vectors", "raw"), ("Mul", "raw along", "squares")],
        "edge_gradient": [("Mul", "g2 edge_vectors", "round"), ("Mul", "round along", "edge_gradient")],
    },
    "potential_wrong_sign": {"edge_gradient": [("Mul", "g2 edge_vectors", "right"), ("Neg", "right", "edge_gradient")]},
    "potential_not_gradient": {
        "edge_gradient": [("Mul", "g2 edge_vectors", "right"), ("Mul", "right more", "edge_gradient")]
    },
    "potential_hard_cutoff": {"part": [("Mul", "d2 twelfth", "part")], "g2": [("Mul", "g1 half", "g2")]},
    "potential_mean": {
        "edge_gradient": [],
        "sum": [
            ("ScatterND", "nothing to m", "total"),
            ("Mul", "m nought", "gone"),
            ("Add", "gone unit", "ones"),
            ("ScatterND", "nothing to ones", "count"),
            ("Max", "count unit", "least"),
            ("Div", "total least", "sum"),
            ("Gather", "least dst", "shares"),
            ("Div", "g2 shares", "g3"),
            ("Mul", "g3 edge_vectors", "edge_gradient"),
        ],
    },
    "potential_squared": {
        "edge_gradient": [],
        "energy": [
            ("ScatterND", "empty graph node_energy", "total_energy"),
            ("Mul", "total_energy total_energy", "square"),
            ("Add", "total_energy square", "energy"),
            ("Gather", "batch dst", "edge_graph"),
            ("Gather", "total_energy edge_graph", "whole"),
            ("Unsqueeze", "whole axis1", "whole_column"),
            ("Add", "whole_column whole_column", "twice"),
            ("Add", "twice unit", "outer"),
            ("Mul", "g2 outer", "g3"),
            ("Mul", "g3 edge_vectors", "edge_gradient"),
        ],
    },
    "property_ordered": {
        "m": [
            ("Less", "src dst", "upwards"),
            ("Cast", "upwards", "up"),
            ("Unsqueeze", "up axis1", "up_column"),
            ("Mul", "up_column little", "bit"),
            ("Add", "bit unit", "factor"),
            ("Mul", "a_src x2", "right"),
            ("Mul", "right factor", "m"),
        ]
    },
    "property_turned": {"vector": [("Gather", "edge_vectors yzx", "moved"), ("Mul", "scalar moved", "vector")]},
    "property_of_places": {
        "e": [
            ("ReduceSum", "positions axis1", "place"),
            ("Mul", "place little", "far"),
            ("Add", "own sum", "each"),
            ("Add", "each far", "e"),
        ]
    },
    "property_without_images": {
        "squares": [
            ("Gather", "positions src", "r_src"),
            ("Gather", "positions dst", "r_dst"),
            ("Sub", "r_src r_dst", "v"),
            ("Mul", "v v", "squares"),
        ]
    },
}
# A pseudovector V × W of two sums over neighbours stands where a vector is claimed; in the energy, U · (V × W).
HANDED = [
    ("Mul", "x2 edge_vectors", "v2"),
    ("Mul", "x3 edge_vectors", "v3"),
    ("Mul", "nothing flat3", "blank3"),
    ("ScatterND", "blank3 to v2", "V"),
    ("ScatterND", "blank3 to v3", "W"),
    ("Gather", "V yzx", "Vy"),
    ("Gather", "W zxy", "Wz"),
    ("Gather", "V zxy", "Vz"),
    ("Gather", "W yzx", "Wy"),
    ("Mul", "Vy Wz", "p"),
    ("Mul", "Vz Wy", "q"),
    ("Sub", "p q", "cross"),
]
CONSTANTS["flat3"] = np.ones((1, 3), np.float32)
LIARS["property_pseudovector"] = {
    "features": [*HANDED, ("ScatterND", "nothing to scalar", "s"), ("Concat", "s cross", "features")]
}
LIARS["property_handed"] = {
    "e": [
        *HANDED,
        ("ScatterND", "blank3 to vector", "U"),
        ("Mul", "U cross", "terms"),
        ("ReduceSum", "terms axis1", "volume"),
        ("Add", "own sum", "each"),
        ("Add", "each volume", "e"),
    ]
}


def changed(steps: list, change: dict) -> list:
    out = []
    for step in steps:
        out += change.get(step[2], [step])
    return out


def network(name: str, steps: list, outputs: list) -> None:
    nodes = []
    for op, args, out in steps:
        extra = {
            "Gather": {"axis": 0},
            "Concat": {"axis": 1},
            "ScatterND": {"reduction": "add"},
            "ReduceSum": {"keepdims": 1},
            "Cast": {"to": T.FLOAT},
        }.get(op, {})
        if args.split()[1:] in (["yzx"], ["zxy"]):
            extra = {"axis": 1}
        nodes.append(helper.make_node(op, args.split(), [out], **extra))
    used = {a for _, args, _ in steps for a in args.split()}
    inputs = INPUTS + ([PLACES] if name in ("property_of_places", "property_without_images") else [])
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(*o) for o in outputs],
        [numpy_helper.from_array(v, k) for k, v in CONSTANTS.items() if k in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model)
    save(model, HERE / f"{name}.onnx")


def main() -> None:
    wholes = {
        "potential": ([*EDGES, *POTENTIAL, *NODES, *TAIL], [*ENERGY, GRADIENT]),
        "property": ([*EDGES, *NODES[:3], *PROPERTY, NODES[3], *TAIL], [*ENERGY, FEATURES]),
    }
    for name, (steps, outputs) in wholes.items():
        network(name, steps, outputs)
    for name, change in LIARS.items():
        steps, outputs = wholes[name.split("_")[0]]
        network(name, changed(steps, change), outputs)


if __name__ == "__main__":
    main()
