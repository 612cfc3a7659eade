"""The Go side of a comparison: tests of a package that answer lines."""

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def folder() -> Path:
    """Where the test binaries lie, until the process that asked first ends."""
    made, maker = Path(tempfile.mkdtemp()), os.getpid()
    atexit.register(lambda: os.getpid() == maker and shutil.rmtree(made, ignore_errors=True))
    return made


@functools.cache
def binary(package: str) -> str:
    """The test binary of preprocess/package; ask for it before processes fork."""
    path = str(folder() / f"{package}.test")
    subprocess.run(["go", "test", "-c", "-o", path, "."], cwd=ROOT / "preprocess" / package, check=True)
    return path


def run(package: str, test: str, env: dict, text: str = "") -> str:
    command = [binary(package), "-test.run", f"^{test}$", "-test.timeout", "0"]
    where = ROOT / "preprocess" / package
    done = subprocess.run(command, input=text, cwd=where, capture_output=True, text=True, env={**os.environ, **env})
    if done.returncode:
        raise RuntimeError(f"{package} {test}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def answers(package: str, test: str, switch: str, lines: list[str], value: str = "1") -> list:
    """What test of preprocess/package says to each line, one JSON value a line; switch=value in its environment."""
    out = run(package, test, {switch: value}, "".join(s + "\n" for s in lines))
    found = [json.loads(line) for line in out.splitlines() if line[:1] in tuple("{[n")]
    if len(found) != len(lines):
        raise RuntimeError(f"{len(lines)} lines in, {len(found)} out: {out[-200:]}")
    return found


def dumped(test: str, lines: list[str]) -> list:
    """What a dump test of preprocess/smiles says to each line; None where the SMILES is refused."""
    with tempfile.NamedTemporaryFile("w", suffix=".smi") as source, tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        source.writelines(s + "\n" for s in lines)
        source.flush()
        run("smiles", test, {"MOLSERVE_DUMP_IN": source.name, "MOLSERVE_DUMP_OUT": out.name})
        found = [json.loads(line) for line in out]
    if len(found) != len(lines):
        raise RuntimeError(f"{len(lines)} lines in, {len(found)} out")
    return found
