"""ONNX Runtime as molserve runs it, and the way errors are measured.

`python -m export.runtime MODEL TENSORS` runs MODEL once on the arrays of TENSORS (npz): a process of its own, for
inputs on which kernels of ONNX Runtime have been seen to kill theirs.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime


def open_session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """One intra-op thread: the CPU's ScatterND(add) gives wrong sums with more."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, tensors: Mapping[str, np.ndarray]) -> np.ndarray:
    """y [G,1] float32."""
    return session.run(["y"], {k: np.ascontiguousarray(v) for k, v in tensors.items()})[0]


def survives(model: bytes, tensors: Mapping[str, np.ndarray]) -> int:
    """Exit code of a child that runs model once: 0, or 3 for an answer that is not finite, or a signal's."""
    with tempfile.TemporaryDirectory() as folder:
        onnx, arrays = Path(folder, "model.onnx"), Path(folder, "tensors.npz")
        onnx.write_bytes(model)
        np.savez(arrays, **{k: np.asarray(v) for k, v in tensors.items()})
        command = [sys.executable, "-m", "export.runtime", str(onnx), str(arrays)]
        return subprocess.run(command, check=False, timeout=600).returncode


def error(a: np.ndarray, b: np.ndarray) -> float:
    """max |a − b| / max(1, |b|), the measure of the manifest's tolerances; NaN counts as infinite."""
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    worst = np.max(np.abs(a - b) / np.maximum(1, np.abs(b)), initial=0.0)
    return float("inf") if np.isnan(worst) else float(worst)


if __name__ == "__main__":
    answer = run(open_session(Path(sys.argv[1])), dict(np.load(sys.argv[2])))
    sys.exit(0 if np.isfinite(answer).all() else 3)
