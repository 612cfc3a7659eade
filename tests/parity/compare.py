"""Compares two files of records field by field: counts of differing records and first examples.

    python compare.py want.jsonl got.jsonl [smiles.txt]

Exit status 1 when anything differs.
"""

import json
import sys
from collections import Counter
from itertools import zip_longest

EXAMPLES = 3
TOLERANCE = 1e-9
SYNTAX = {"empty", "syntax", "unclosed_ring", "unclosed_branch", "bad_element", "bond", "stereo"}  # RDKit: one refusal
INVARIANTS = {"RuntimeError", "ValueError", "OverflowError"}  # RDKit gave up without a reason that has a code
BOND_FIELDS = ("bond ends", "bond ends", "bond type", "bond aromatic", "bond conjugated", "bond ring", "bond stereo")


def code_class(row):
    code = row.get("error", {}).get("code")
    return "syntax" if code in SYNTAX else code


def differences(want, got):
    if "error" in want and "error" in got and code_class(want) in INVARIANTS:
        return set()
    if "error" in want or "error" in got:
        return {"error"} if code_class(want) != code_class(got) else set()
    fields = {key for key in want.keys() | got.keys() if not equal(key, want.get(key), got.get(key))}
    if "bonds" in fields:
        fields.discard("bonds")
        fields |= bond_differences(want["bonds"], got["bonds"])
    return fields


def bond_differences(want, got):
    if len(want) != len(got):
        return {"bond count"}
    return {name for a, b in zip(want, got) for name, x, y in zip(BOND_FIELDS, a, b) if x != y}


def equal(key, a, b):
    if key in ("mass", "exact") and a is not None and b is not None:
        return abs(a - b) <= TOLERANCE * max(1.0, abs(a))
    return a == b


def main():
    smiles = open(sys.argv[3], encoding="utf-8") if len(sys.argv) > 3 else iter(())
    counts, examples, records, refused = Counter(), {}, 0, 0
    with open(sys.argv[1]) as wanted, open(sys.argv[2]) as got_lines:
        for number, (a, b, text) in enumerate(zip_longest(wanted, got_lines, smiles)):
            if a is None or b is None:
                if a is not None or b is not None:
                    counts["records"] += 1
                continue
            want, got = json.loads(a), json.loads(b)
            records += 1
            refused += "error" in want
            for field in differences(want, got):
                counts[field] += 1
                if len(examples.setdefault(field, [])) < EXAMPLES:
                    pair = (want, got) if field == "error" or field not in want else (want[field], got[field])
                    examples[field].append((number, (text or "").strip(), *pair))
    print(f"{records} records, {refused} refused by the first file")
    for field, count in counts.most_common():
        print(f"{field}: {count}")
        for number, text, want, got in examples[field]:
            print(f"  record {number} {text}\n    want {str(want)[:300]}\n    got  {str(got)[:300]}")
    sys.exit(1 if counts else 0)


if __name__ == "__main__":
    main()
