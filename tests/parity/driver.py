"""The Go side of a comparison: a test of a package that answers lines on standard input."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def answers(package: str, test: str, switch: str, lines: list[str]) -> list:
    """What test of preprocess/package says to each line, one JSON value a line."""
    folder = ROOT / "preprocess" / package
    with tempfile.TemporaryDirectory() as out:
        binary = str(Path(out) / "driver.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "."], cwd=folder, check=True)
        run = subprocess.run(
            [binary, "-test.run", f"^{test}$", "-test.timeout", "0"], input="".join(s + "\n" for s in lines), cwd=folder,
            capture_output=True, text=True, check=True, env={**os.environ, switch: "1"},
        )
    found = [json.loads(line) for line in run.stdout.splitlines() if line[0] in "{[n"]
    if len(found) != len(lines):
        raise RuntimeError(f"{len(lines)} lines in, {len(found)} out: {run.stdout[-200:]}{run.stderr[-200:]}")
    return found
