"""What tests/parity/chemistry.py compares, each check a function of a Chunk that yields (string, "" or what differs)."""

import gzip
import hashlib
import json
import random
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from rdkit import Chem
from rdkit.Chem import AllChem, rdDepictor

import compare
import dump_rdkit
import features
import fingerprint
import ranks
import scaffold
import sdf
import standardize
from driver import answers, dumped
from libraries import TABLES
from rewrites import rewrites

VARIANTS = [name for name in sorted(TABLES) if name.endswith("_loops") or name in ("multifidelity_53", "multifidelity_35")]
FEATURES = [name for name in sorted(TABLES) if name != "dgllife_weave" and name not in VARIANTS]
PACKAGES = ("featurize", "fingerprint", "scaffold", "smiles")  # whose test binaries answer


@dataclass
class Chunk:
    molserve: str
    texts: list[str]

    @cached_property
    def mols(self) -> list[Chem.Mol | None]:
        return [Chem.MolFromSmiles(s) for s in self.texts]

    def inspect(self, *options: str, text: str | None = None) -> list[dict]:
        """The records of `molserve inspect`."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("".join(s + "\n" for s in self.texts) if text is None else text)
            file.flush()
            out = subprocess.run([self.molserve, "inspect", *options, file.name], capture_output=True, check=True)
        return [json.loads(line) for line in out.stdout.splitlines()]

    def part(self, one_in: int) -> "Chunk":
        """About one in so many strings, always the same ones."""
        return self if one_in <= 1 else Chunk(self.molserve, [s for s in self.texts if zlib.crc32(s.encode()) % one_in == 0])


def plain(value):
    return json.loads(json.dumps(value))


def record(smiles: str, hydrogens: str):
    mol, code = dump_rdkit.read(smiles.split()[0], hydrogens)
    return {"error": {"code": code}} if code is not None else plain(dump_rdkit.record(mol))


def records(chunk: Chunk, hydrogens: str = "implicit"):
    for s, got in zip(chunk.texts, chunk.inspect("--input", "smiles", "--hydrogens", hydrogens), strict=True):
        got.pop("title", None)
        yield s, " ".join(sorted(compare.differences(record(s, hydrogens), got)))


def records_keep(chunk: Chunk):
    return records(chunk, "keep")


def records_explicit(chunk: Chunk):
    return records(chunk, "explicit")


def digest(table) -> str:
    """As graphDigest in preprocess/featurize/driver_test.go."""
    x, edges, attr = (np.asarray(t) for t in table)
    h = hashlib.sha256()
    for rows in (x, None, attr):
        if rows is None:
            h.update(np.ascontiguousarray(edges, "<i4").tobytes())
            continue
        h.update(np.array(rows.shape if rows.size else (0, 0), "<u4").tobytes())
        h.update((np.ascontiguousarray(rows, "<f4") + np.float32(0)).tobytes())
    return h.hexdigest()[:16]


def library_rows(chunk: Chunk, names: list[str]):
    got = answers("featurize", "TestFeaturizeDriver", "FEATURIZE_DRIVER", chunk.texts, ",".join(names))
    for s, mol, digests in zip(chunk.texts, chunk.mols, got, strict=True):
        yield s, " ".join(n for n, ours in zip(names, digests or [""] * len(names)) if not same_rows(n, mol, ours))


def same_rows(name: str, mol, ours: str) -> bool:
    want = features.theirs(name, mol, False)
    return ours == "" if want is None else ours == digest(want)


def featurizers(chunk: Chunk):
    return library_rows(chunk, FEATURES)


def variants(chunk: Chunk):
    """Tables that differ from others in loops or in the number of elements alone."""
    return library_rows(chunk, VARIANTS)


def weave(chunk: Chunk):
    return library_rows(chunk, ["dgllife_weave"])


def fingerprints(chunk: Chunk):
    for s, got in zip(chunk.texts, answers("fingerprint", "TestFingerprintDriver", "FINGERPRINT_DRIVER", chunk.texts), strict=True):
        yield s, "" if got == fingerprint.theirs(s) else "counts"


def scaffolds(chunk: Chunk):
    for s, got in zip(chunk.texts, answers("scaffold", "TestScaffoldDriver", "SCAFFOLD_DRIVER", chunk.texts), strict=True):
        yield s, " ".join(sorted(scaffold.differs(got, scaffold.theirs(s))))


def standardized(chunk: Chunk, steps: str):
    for s, got in zip(chunk.texts, chunk.inspect("--standardize", steps), strict=True):
        got.pop("changes", None)
        yield s, " ".join(sorted(compare.differences(standardize.changed(s, steps.split(",")), got)))


def standardize_all(chunk: Chunk):
    return standardized(chunk, standardize.ALL)


def standardize_one(chunk: Chunk):
    """Each string with one of the steps."""
    steps = list(standardize.STEPS)
    for k, step in enumerate(steps):
        yield from standardized(Chunk(chunk.molserve, chunk.texts[k :: len(steps)]), step)


def standardize_each(chunk: Chunk):
    for step in standardize.STEPS:
        yield from standardized(chunk, step)


def canonical_ranks(chunk: Chunk):
    for s, got in zip(chunk.texts, dumped("TestDumpRanks", chunk.texts), strict=True):
        yield s, "" if got == ranks.wanted(s) else "ranks"


def canonical(smiles: str):
    mol = Chem.MolFromSmiles(smiles)
    return None if mol is None else Chem.MolToSmiles(mol)


def written(chunk: Chunk):
    """Both texts that are written are read by RDKit as the same molecule, wherever RDKit reads its own canonical SMILES back
    as itself; and here as the same record up to the order of atoms, or else as RDKit reads that very text: which rings it
    finds of several equally good ones hangs on the order of atoms."""
    for s, mol, got in zip(chunk.texts, chunk.mols, dumped("TestDumpWritten", chunk.texts), strict=True):
        if mol is None or got is None:
            yield s, "" if mol is got is None else "refused by one"
            continue
        want = Chem.MolToSmiles(mol)
        steady = canonical(want) == want
        bad = [t for t in got[:2] if canonical(t) != want] if steady else []
        if got[2] and any(why for _, why in records(Chunk(chunk.molserve, got[:2]))):
            bad.append(got[2])
        yield s, " ".join(bad)


def rewritten(chunk: Chunk):
    """Every field of other SMILES of the same molecules, and one canonical SMILES of all that RDKit has one of."""
    r = random.Random(zlib.crc32(chunk.texts[0].encode())) if chunk.texts else None
    rows = [(s, Chem.MolToSmiles(m), t) for s, m in zip(chunk.texts, chunk.mols) if m is not None and m.GetNumAtoms() for t in rewrites(m, r)]
    texts = [t for _, _, t in rows]
    ours = dict(zip(chunk.texts, dumped("TestDumpCanonical", chunk.texts)))
    again = dumped("TestDumpCanonical", texts)
    for (s, want, t), (_, why), own in zip(rows, records(Chunk(chunk.molserve, texts)), again, strict=True):
        moved = own != ours[s] and canonical(t) == want
        yield f"{s} as {t}", why + (" canonical SMILES" if moved else "")


def block(mol: Chem.Mol, v3000: bool) -> str | None:
    try:
        return Chem.MolToMolBlock(mol, forceV3000=v3000) + "$$$$\n"
    except (ValueError, RuntimeError):
        return None


def molblocks(chunk: Chunk, mols, versions):
    """versions(k) says in which formats molecule k is written."""
    rows = [(s, b) for k, (s, m) in enumerate(zip(chunk.texts, mols)) if m for v in versions(k) if (b := block(m, v))]
    got = chunk.inspect("--input", "sdf", text="".join(b for _, b in rows)) if rows else []
    for (s, b), row in zip(rows, got, strict=True):
        found = sdf.differences(plain(sdf.read(b.removesuffix("$$$$\n"), "implicit")), row, set())
        yield s, " ".join(sorted(f for f in found if not f.startswith("(")))


def drawn(chunk: Chunk) -> list:
    mols = [Chem.Mol(m) if m is not None and 0 < m.GetNumAtoms() < 1000 else None for m in chunk.mols]
    for m in filter(None, mols):
        rdDepictor.Compute2DCoords(m)
    return mols


def sdf_2d(chunk: Chunk):
    """Drawn, V2000 and V3000 in turn."""
    return molblocks(chunk, drawn(chunk), lambda k: [bool(k % 2)])


def sdf_2d_both(chunk: Chunk):
    return molblocks(chunk, drawn(chunk), lambda k: [False, True])


def embedded(mol: Chem.Mol | None) -> Chem.Mol | None:
    if mol is None or not 0 < mol.GetNumAtoms() < 100:
        return None
    mol, params = Chem.AddHs(mol), AllChem.ETKDGv3()
    params.randomSeed, params.maxIterations = 7, 5
    return mol if AllChem.EmbedMolecule(mol, params) == 0 else None


def sdf_3d(chunk: Chunk):
    return molblocks(chunk, map(embedded, chunk.mols), lambda k: [False, True])


def pairs(molserve: str, path: Path):
    """Pairs of SMILES of one molecule have one canonical SMILES, wherever RDKit gives them one."""
    with gzip.open(path, "rt") as lines:
        rows = [line.split("\t")[:2] for line in lines.read().splitlines()]
    ours = [dumped("TestDumpCanonical", [row[k] for row in rows]) for k in (0, 1)]
    for (a, b), x, y in zip(rows, *ours, strict=True):
        if canonical(a) == canonical(b):
            yield f"{a} {b}", "" if x == y else f"{x} {y}"
