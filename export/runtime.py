"""ONNX Runtime as molserve runs it, and the way errors are measured."""

from pathlib import Path

import numpy as np
import onnxruntime
from torch import Tensor


def open_session(onnx: Path | bytes) -> onnxruntime.InferenceSession:
    """One intra-op thread: the CPU's ScatterND(add) gives wrong sums with more."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    source = onnx if isinstance(onnx, bytes) else str(onnx)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, tensors: dict[str, Tensor | np.ndarray]) -> np.ndarray:
    """y [G,1] float32."""
    return session.run(["y"], {k: np.ascontiguousarray(v) for k, v in tensors.items()})[0]


def error(a: np.ndarray, b: np.ndarray) -> float:
    """max |a − b| / max(1, |b|), the measure of the manifest's tolerances; NaN counts as infinite."""
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    worst = np.max(np.abs(a - b) / np.maximum(1, np.abs(b)), initial=0.0)
    return float("inf") if np.isnan(worst) else float(worst)
