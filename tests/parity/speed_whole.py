"""Times the whole way SMILES -> tensors -> ONNX Runtime -> answer of esol-dmpnn: cuik-molmaker and ONNX Runtime in one Python
process beside molserve, on one core, the same network, strings and versions.

    python tests/parity/speed_whole.py [--rounds 5] [--core 0]

The strings are tests/testdata/druglike.smi. Both take packs of at most 16 molecules; time is processor time, in turns, of each
the least of all rounds and the median. The Go side is BenchmarkSMILESToPrediction of ./tests, which runs the same tensors
through ONNX Runtime alone in turn. Needs onnxruntime and cuik-molmaker; `make runtime` first.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "exported_models/esol-dmpnn/1/model.onnx"
PACK = 16
NAMES = ("V", "E", "edge_index", "rev_edge_index", "batch")


class Cuik:
    """What a Python server does: featurize a pack in C++, run it."""

    def __init__(self):
        import cuik_molmaker as cm
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
        atoms = ["atomic-number-common", "total-degree", "formal-charge", "chirality", "num-hydrogens", "hybridization-expanded"]
        self.tables = (
            cm.atom_onehot_feature_names_to_array(atoms),
            cm.atom_float_feature_names_to_array(["aromatic", "mass"]),
            cm.bond_feature_names_to_array(["is-null", "bond-type-onehot", "conjugated", "in-ring", "stereo"]),
        )
        self.featurizer = cm.batch_mol_featurizer

    def tensors(self, pack):
        made = self.featurizer(pack, *self.tables, False, False, True, False)
        return dict(zip(NAMES, map(np.asarray, made))) | {"graph_ones": np.ones(len(pack), np.float32)}

    def times(self, packs, count):
        """Processor time a molecule, µs: featurizing, and ONNX Runtime."""
        start = time.process_time()
        feeds = [self.tensors(p) for p in packs]
        middle = time.process_time()
        for f in feeds:
            self.session.run(None, f)[0][:, 0].tolist()
        return (middle - start) / count * 1e6, (time.process_time() - middle) / count * 1e6


class Molserve:
    def __init__(self, folder):
        self.binary = Path(folder) / "tests.test"
        subprocess.run(["go", "test", "-c", "-o", self.binary, "./tests"], cwd=ROOT, check=True)

    def times(self):
        """Processor time a molecule, µs: the whole way, and ONNX Runtime alone."""
        command = [self.binary, "-test.run=^$", "-test.bench=^BenchmarkSMILESToPrediction$/esol-dmpnn", "-test.benchtime=10x", "-test.cpu=1"]
        out = subprocess.run(command, cwd=ROOT / "tests", check=True, capture_output=True, text=True).stdout
        return [float(re.search(rf"([\d.e+]+) {unit}", out)[1]) / 1e3 for unit in ("ns/mol", "onnx-alone-ns/mol")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core", type=int, default=0)
    args = parser.parse_args()
    strings = (ROOT / "tests/testdata/druglike.smi").read_text().split()
    packs = [strings[at : at + PACK] for at in range(0, len(strings), PACK)]
    rows = {name: [] for name in ("cuik-molmaker, featurize", "ONNX Runtime behind it", "molserve, whole way", "ONNX Runtime alone, molserve's packs")}
    with tempfile.TemporaryDirectory() as folder:
        molserve = Molserve(folder)
        os.sched_setaffinity(0, {args.core})
        cuik = Cuik()
        cuik.times(packs, len(strings))
        for _ in range(args.rounds):
            for name, value in zip(rows, [*cuik.times(packs, len(strings)), *molserve.times()], strict=True):
                rows[name].append(value)
    for name, values in rows.items():
        print(f"{name:38} {min(values):8.1f} µs least {statistics.median(values):8.1f} median")
    featurize, run, whole, alone = rows.values()
    print("preprocessing and answer, share of the whole way (median of rounds):")
    print(f"  cuik-molmaker {statistics.median(f / (f + r) for f, r in zip(featurize, run)):.1%}")
    print(f"  molserve      {statistics.median(1 - a / w for a, w in zip(alone, whole)):.1%}")
    print(f"molserve's whole way {statistics.median((f + r) / w for f, r, w in zip(featurize, run, whole)):.2f} times as fast")


if __name__ == "__main__":
    main()
