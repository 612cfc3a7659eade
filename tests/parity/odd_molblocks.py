"""Writes an SD file of odd molfiles, made by hand and by rule: counts lines, symbols, columns of atom and
bond lines, properties, V3000 attributes, substance groups, ends of lines, data items. Compare it with
sdf.py compare.

    python odd_molblocks.py out.sdf [--family NAME]
    python odd_molblocks.py odd.jsonl --golden EVERY       # RDKit's answers to each so-manieth block, of preprocess/molfile/testdata
"""

import argparse
import itertools
import json

COUNTS = "  4  3  0  0  0  0  0  0  0  0999 V2000"
ATOMS = [("C", 0.0, 0.0), ("N", 1.3, 0.75), ("O", -1.3, 0.75), ("F", 0.0, -1.5)]
FIELDS = " 0  0  0  0  0  0  0  0  0  0  0  0"


def atom(symbol="C", x=0.0, y=0.0, z=0.0, fields=FIELDS):
    return f"{x:10.4f}{y:10.4f}{z:10.4f} {symbol:<3}{fields}"


def v2000(title="", info="     by hand        2D", counts=COUNTS, atoms=None, bonds=None, tail=(), end=("M  END",)):
    if atoms is None:
        atoms = [atom(*a) for a in ATOMS]
    if bonds is None:
        bonds = ["  1  2  1  0", "  1  3  1  0", "  1  4  1  0"]
    return "\n".join([title, info, "", counts, *atoms, *bonds, *tail, *end]) + "\n"


def with_atom(line, at=1):
    rows = [atom(*a) for a in ATOMS]
    rows[at] = line
    return v2000(atoms=rows)


def with_bond(line):
    return v2000(bonds=[line, "  1  3  1  0", "  1  4  1  0"])


def fields(**columns):
    """The columns behind the symbol: mass 2, then charge, parity, hydrogens, care, valence, h0, role, component, map, inversion, exact."""
    names = "mass charge parity hydrogens care valence h0 role component map inversion exact".split()
    return "".join(f"{columns.get(n, 0):>{2 if n == 'mass' else 3}}" for n in names)


def v3000(atoms=None, bonds=None, tail=(), counts=None, begin="BEGIN CTAB", first="  0  0  0  0  0  0  0  0  0  0999 V3000", end=("M  END",), groups=0):
    if atoms is None:
        atoms = [f"{i + 1} {s} {x} {y} 0 0" for i, (s, x, y) in enumerate(ATOMS)]
    if bonds is None:
        bonds = ["1 1 1 2", "2 1 1 3", "3 1 1 4"]
    if counts is None:
        counts = f"COUNTS {len(atoms)} {len(bonds)} {groups} 0 0"
    rows = [begin, counts, "BEGIN ATOM", *atoms, "END ATOM"]
    if bonds:
        rows += ["BEGIN BOND", *bonds, "END BOND"]
    rows += [*tail, "END CTAB"]
    return "\n".join(["", "     by hand        2D", "", first, *["M  V30 " + r for r in rows], *end]) + "\n"


def v3000_atom(words, symbol="N"):
    rows = [f"{i + 1} {s} {x} {y} 0 0" for i, (s, x, y) in enumerate(ATOMS)]
    rows[1] = f"2 {symbol} 1.3 0.75 0 0 {words}".rstrip()
    return v3000(rows)


def counts_lines():
    for line in [
        "  4  3", "  4  3  0", "  4  3  0     0", "  4  3  0  0  1", "  4  3  0  0  1  0", "  4  3  0  0  x  0", "  4  3  0  0 -1  0",
        "4  3  0  0  0  0  0  0  0  0999 V2000", " 4  3   0  0  0  0  0  0  0  0999 V2000", "  4  3  0  0  0  0  0  0  0  0999 V2000   ",
        "  4  3  0  0  0  0            999 V2000", "  4  3  0  0  0  0  0  0  0  0  1 V2000", "  4  3  0  0  0  0  0  0  0  0999V2000",
        "  4  3  0  0  0  0  0  0  0  0999  V2000", "  4  3  0  0  0  0  0  0  0  0999 v2000", "  4  3  0  0  0  0  0  0  0  0999 V200",
        "  4  3  0  0  0  0  0  0  0  0999 V20000", "  4  3  0  0  0  0  0  0  0  0999 ", "  4  3  0  0  0  0  0  0  0  0999",
        "  4  3  5  7  1  3  0  0  0  9  0 V2000", " +4  3  0  0  0  0  0  0  0  0999 V2000", " -4  3  0  0  0  0  0  0  0  0999 V2000",
        "0040030000000000000000000000000999 V2000", "  4  3\t0", "\t4  3  0  0  0  0  0  0  0  0999 V2000", "  4   3  0", "  43", "  4", "",
        "  4  3  0  0  0  0  0  0  0  0999 V1000", "  4  3  0  0  0  0  0  0  0  0999 V3000", "  4 3.  0", "  4  3  0  0  0  0  0  0  0  0999 V2000xyz",
        "  3  3  0  0  0  0  0  0  0  0999 V2000", "  5  3  0  0  0  0  0  0  0  0999 V2000", "  4  2  0  0  0  0  0  0  0  0999 V2000",
        "  4  4  0  0  0  0  0  0  0  0999 V2000", "  4  0  0  0  0  0  0  0  0  0999 V2000", "  0  3  0  0  0  0  0  0  0  0999 V2000",
        "  4  3  1  0  0  0  0  0  0  0999 V2000", "  4  3  0  0  2  0  0  0  0  0999 V2000", "999999  0  0  0  0  0  0  0  0999 V2000",
    ]:
        yield v2000(counts=line)
    for line in ["COUNTS 4 3", "COUNTS 4 3 0", "COUNTS 4 3 0 0 1", "COUNTS 4 3 0 0 0 REGNO=7", "counts 4 3 0 0 0", "COUNTS  4   3 0 0 0", "COUNTS 4", "COUNTS", "COUNTS 4 x",
                 "COUNTS 4 -3 0 0 0", "COUNTS 3 3 0 0 0", "COUNTS 5 3 0 0 0", "COUNTS 4 2 0 0 0", "COUNTS 4 4 0 0 0", "COUNTS 4 3 1 0 0", "COUNTS 4 3 0 1 0", "COUNTS 4 3 0 0 x"]:
        yield v3000(counts=line)
    for begin in ["begin ctab", "BEGIN CTAB NAME=x", "BEGIN  CTAB", "BEGIN ATOM", ""]:
        yield v3000(begin=begin)
    for first in ["  1  0  0  0  0  0  0  0  0  0999 V3000", "  0  1  0     0  0            999 V3000", "  0  0  0     0  0            999 V3000", "  0  0              0  0999 V3000"]:
        yield v3000(first=first)


def empty():
    for counts in ["  0  0  0  0  0  0  0  0  0  0999 V2000", "  0  0", "  0  0  0  0  1  0            999 V2000"]:
        for tail in [[], ["M  CHG  1   1   1"], ["M  ISO  0"], ["> <x>"]]:
            yield v2000(counts=counts, atoms=[], bonds=[], tail=tail)
    yield v3000(atoms=[], bonds=[]).replace("M  V30 BEGIN ATOM\nM  V30 END ATOM\n", "")
    yield v3000(atoms=[], bonds=[])
    yield "\n\n\n\n"
    yield "\n"
    yield " \n \n"


SYMBOLS = """H He Li B C N O F Na Mg Al Si P S Cl K Ca Fe Cu Zn Br Ag I Pt Au Hg Pb U Lr Rf Og Cn Nh Fl Mc Lv Ts Uun Uuu Uub Uut Uuq Uup Uuh Uus Uuo
CL BR cl bR Du X Q A M XH QH MH L LP Lp Pol Mod pol POL MOD D T d t R R# R0 R1 R9 R10 R99 R1a R# R## R#1 Ra RX R* R-1 R+1 * ** G GH G* GH* g ALK ALH AEL AEH
AYL AYH CBC CBH CAL CAH CEL CEH ARY ARH CYC CYH ACY ACH ABC ABH AHC AHH AOX AOH CHC CHH HAR HAH CXX CXH Alk ary C* C1 C+ N- Me Et Ph Ac Bn Xa Xb EN P1 0 1 ? . , ' # @ HH
CO NO OH FE mg AG au ZN H2 2H 13C [C] (C) C,N Gr Zz Nu Ps Vi e n""".split()
LONG = """Group GroupH Group* GroupH* Alkyl AlkylH Alkenyl AlkenylH Alkynyl AlkynylH Carbocyclic CarbocyclicH Carbocycloalkyl CarbocycloalkylH Carbocycloalkenyl
CarbocycloalkenylH Carboaryl CarboarylH Cyclic CyclicH Acyclic AcyclicH Carboacyclic CarboacyclicH Heteroacyclic HeteroacyclicH Alkoxy AlkoxyH Heterocyclic HeterocyclicH
Heteroaryl HeteroarylH NoCarbonRing NoCarbonRingH alkyl ALKYL Aryl Phenyl [C] [C,N] [C,N,O] NOT[C,N] not[C] NOTC NOT "C" "N" "[C, N]" "NOT [C, N]" R100 R123 CC""".split()


def symbols():
    for s in SYMBOLS:
        if s != "AH":  # RDKit holds AH as *; a query all the same
            yield with_atom(atom(s, 1.3, 0.75), 3)
            yield v3000_atom("", s)
    for s in LONG:
        yield v3000_atom("", s)
    for s in ["R1", "R#", "*", "R", "D", "T", "Pol", "C", "L", "ALK", "Cl"]:
        for mass in (-2, 1, 4):
            yield with_atom(atom(s, 1.3, 0.75, fields=fields(mass=mass)), 3)
    for s in ["N  ", " N ", "  N", "n  ", "   ", "\tN "]:
        yield with_atom(f"    1.3000    0.7500    0.0000 {s}{FIELDS}")


def columns():
    for symbol, at in [("C", 0), ("N", 1), ("O", 2), ("F", 3), ("B", 1), ("P", 0), ("S", 0), ("*", 1), ("H", 3)]:
        x, y = ATOMS[at][1:]
        for name, values in {"charge": range(-1, 9), "mass": range(-4, 6), "hydrogens": range(-1, 6), "valence": [-1, *range(1, 8), 14, 15, 16], "map": [1, 99, -1, 999]}.items():
            for value in values:
                yield with_atom(atom(symbol, x, y, fields=fields(**{name: value})), at)
    for name in ["parity", "care", "h0", "role", "component", "inversion", "exact"]:
        for value in [-1, 1, 2, 3, 9]:
            yield with_atom(atom("N", 1.3, 0.75, fields=fields(**{name: value})))
    for mass, charge, valence in itertools.product([-1, 0, 2], [3, 4, 5], [0, 2, 15]):
        yield with_atom(atom("N", 1.3, 0.75, fields=fields(mass=mass, charge=charge, valence=valence)))
    whole = atom("N", 1.3, 0.75, fields=fields(map=7, charge=3))
    for end in range(28, len(whole)):
        yield with_atom(whole[:end])
    for line in [
        "   1.30000    0.7500    0.0000 N" + FIELDS, "       1.3      0.75         0 N   0  0", "    1.3000    0.75e0    0.0000 N   0  0", "    1,3000    0.7500    0.0000 N   0  0",
        "    1.3000              0.0000 N   0  0", "    +1.300    0.7500    0.0000 N   0  0", "       nan    0.7500    0.0000 N   0  0", "       inf    0.7500    0.0000 N   0  0",
        "    1.3000\t   0.7500    0.0000 N   0  0", "    1.3000    0.7500    0.0000 N   0  x", "    1.3000    0.7500    0.0000 N   x  0", "    1.3000    0.7500    0.5000 N   0  0",
        "    1.3000    0.7500    0.0009 N   0  0", "    1.3000    0.7500   -0.0011 N   0  0", "99999.9999    0.7500    0.0000 N   0  0", "    1.3000    0.7500    0.0000  N  0  0",
        "    1.3000    0.7500    0.0000N    0  0", "    1.3000    0.7500    0.0000 N  0  0", "    1.3000    0.7500    0.0000 N   0  0  0  0  0  0  0  0  0  0  0  0  0  0  0",
    ]:
        yield with_atom(line)


def bonds():
    for kind, stereo in itertools.product([*range(13), -1, 99], [0, 1, 3, 4, 6]):
        yield with_bond(f"  1  2{kind:3d}{stereo:3d}")
    for stereo in [2, 5, 7, -1, 9]:
        yield with_bond(f"  1  2  1{stereo:3d}")
    for tail in ["  0  0  0  0", "  0  1  0  0", "  0  0  1  0", "  0  0  2  0", "  0  0  3  0", "  0  0 -1  0", "  0  0  0  1", "  0  0  0 -1", "  0  0  0 12", "  x", "  0  0  x", "  0  0  0  x", "", "  0      0"]:
        yield with_bond("  1  2  1" + tail)
    for line in ["  1  1  1  0", "  1  5  1  0", "  0  2  1  0", "  1  3  1  0", "  3  1  2  0", "  x  2  1  0", "  1  2  x  0", "  1  2", "  1  2  ", "1 2 1 0", " 1  2  1  0", "", "  1 -2  1  0", "  1  2 +1  0", "001002001000"]:
        yield with_bond(line)
    rows = [f"{i + 1} {s} {x} {y} 0 0" for i, (s, x, y) in enumerate(ATOMS)]
    others = ["2 1 1 3", "3 1 1 4"]
    for kind, cfg in itertools.product([*range(13), -1, 99], range(-1, 5)):
        yield v3000(rows, [f"1 {kind} 1 2 CFG={cfg}", *others])
    for line in ["1 1 1 2 TOPO=0", "1 1 1 2 TOPO=1", "1 1 1 2 TOPO=2", "1 1 1 2 TOPO=3", "1 1 1 2 RXCTR=1", "1 1 1 2 RXCTR=x", "1 1 1 2 STBOX=1", "1 1 1 2 FOO=1", "1 1 1 2 CFG", "1 1 1 2 cfg=1",
                 "1 1 1 2 ENDPTS=(2 3 4) ATTACH=ANY", "1 1 1", "1 1 1 9", "1 1 2 2", "2 1 1 2", "x 1 1 2", "1 x 1 2", "1 1  1   2", "1 1 1 2 CFG=x", "1 1 1 2 DISP=HBOND1", "-1 1 1 2", "1 1 1 2 CFG=1 CFG=3"]:
        yield v3000(rows, [line, *others])


LINES = {
    "M  CHG": ["  1   2   1", "  2   2   1   3  -1", "  1   2  15", "  1   2 -16", "  0", "", "  1   5   1", "  1   0   1", "  2   2   1", "  1   2", "  1   2   x", "  x   2   1", " 1  2  1", "  1  2   1 ",
               "  1   2  +1", "  3   2   1   2   2   2  -1", "  1   1   4", "  1   4  -1", "  9   1   1", "  1   2 999", "  1   2-200", "  1  -2   1", "  1   2   1   3   1"],
    "M  RAD": ["  1   2   1", "  1   2   2", "  1   2   3", "  1   2   0", "  1   2   4", "  1   2  -1", "  2   2   2   3   2", "  0", "  1   1   2", "  1   4   2", "  1   9   2", "  1   2"],
    "M  ISO": ["  1   2  15", "  1   2   0", "  1   2  -1", "  1   2   1", "  1   2 999", "  2   2  15   3  18", "  1   9  15", "  1   2", "  1   2    ", "  1   2   x", "  0", "  1   2  15   3"],
    "M  RGP": ["  1   2   1", "  1   2   0", "  1   2  99", "  1   2 999", "  1   2  -1", "  2   2   1   3   2", "  1   9   1", "  0", "", "  1   2", "  1 002 001"],
    "M  ALS": ["   2  1 F N   ", "   2  2 F N   O   ", "   2  2 T N   O   ", "   2  0 F ", "   9  1 F N   ", "   2  1 X N   ", "   2", "   2  1 F Zz  ", "   1  2 F CL  C   "],
    "M  SUB": ["  1   2   1", "  1   2  -1", "  1   2  -2", "  1   2   0", "  1   2   6", "  1   9   1", "  1   2", "  1   2    "],
    "M  UNS": ["  1   2   1", "  1   2   0", "  1   2   2", "  1   9   1"],
    "M  RBC": ["  1   2   2", "  1   2  -1", "  1   2  -2", "  1   2   0", "  1   2   9", "  1   9   1", "  1   2   4"],
    "M  LIN": ["  1   1   2   2   3", "  1   1   2   2    ", "  1   1   1   2   3", "  1   9   2   2   3", "  0", "  1   1", "  1   1   2   9   3"],
    "M  APO": ["  1   2   1", "  1   2   2", "  1   2   3", "  1   2   0", "  1   2   4", "  1   9   1", "  2   2   1   2   1", "  2   2   1   3   2"],
    "M  ZBO": ["  1   1   0", "  1   1   1", "  1   1   2", "  1   9   0", "  1   1  -1", "  1   1  22", "  2   1   0   2   0"],
    "M  ZCH": ["  1   2   1", "  2   2   1   3  -1", "  1   9   1", "  1   2"],
    "M  HYD": ["  1   2   0", "  1   2   1", "  1   2   4", "  1   9   1", "  1   2  -1", "  1   4   0", "  2   1   2   2   1"],
    "M  MRV": [" SMA   2 [N;R]", " SMA   2", " IMPL", ""],
    "M  PXA": ["   2    0.0000    0.0000    0.0000 H", "   9  ", ""],
    "M  ": ["ZZZ  1   2   3", "", "XXX", "$3D  1", "END  "],
    "": ["A    1\nalias", "A    9\nalias", "A  1\nalias", "A    x\nalias", "A    1\n", "V    1 value", "V    9 value", "V  ", "V    1", "G  1  2\ngroup", "G\nx", "S  SKP  1\nanything", "S  SKP  2\na\nb", "S  SKP  x", "S  SKP",
         "S  SKP -1", "S  XXX", "  1 F    2   6   7", "  1 T    1   6", "  9 F    1   6", "  1 X    1   6", "  1 F    0", "x", " ", "", "m  chg  1   2   1", "M CHG  1   2   1", "M  chg  1   2   1", "Q  1"],
}


def lines():
    for head, tails in LINES.items():
        for tail in tails:
            yield v2000(tail=[head + tail])
    for first, second in itertools.permutations(["M  CHG  1   2   1", "M  CHG  1   3  -1", "M  RAD  1   1   2", "M  ISO  1   4  18", "M  ZCH  1   2   2", "M  HYD  1   2   3", "M  CHG  1   2   0", "M  RGP  1   4   3"], 2):
        rows = [atom(*a) for a in ATOMS]
        rows[2] = atom("O", -1.3, 0.75, fields=fields(charge=5))
        yield v2000(atoms=rows, tail=[first, second])
    for head in ["CHG", "RAD", "ISO", "RGP"]:
        for symbol in ["*", "R#", "R1", "R", "L", "ALK", "D", "Pol", "H", "Cl"]:
            rows = [atom(*a) for a in ATOMS]
            rows[3] = atom(symbol, 0.0, -1.5)
            yield v2000(atoms=rows, tail=[f"M  {head}  1   4   2"])


def attributes():
    values = {
        "CHG": "1 -1 0 5 -5 15 x 1.5 +1".split() + [""], "RAD": "0 1 2 3 4 -1 x".split(), "MASS": "15 14 0 -1 x 15.0 15.7 200 1e1".split(), "CFG": "0 1 2 3 4 -1 x".split(),
        "VAL": "0 1 2 3 4 5 -1 15 x".split(), "HCOUNT": "0 1 2 -1 x".split(), "UNSAT": "0 1 2 x".split(), "RBCNT": "0 1 2 -1 x".split(), "SUBST": "0 1 2 6 -1 x".split(), "STBOX": "0 1 x".split(),
        "INVRET": "0 1 2 x".split(), "EXACHG": "0 1 x".split(), "ATTCHPT": "0 1 2 -1 3 x".split(), "RGROUPS": ["(1 1)", "(2 1 2)", "(1 x)", "1", "(0)", "(1)", "(3 1 2)", "(1 -1)"], "ATTCHORD": ["1", "(2 1 Al)", "(4 1 Al 3 Br)", "(1 1)", "x"],
        "CLASS": ["AA", "x"], "SEQID": ["1", "x"], "FOO": ["1", "x", ""], "chg": ["1"], "Mass": ["15"], "SEQNAME": ["x"],
    }
    for key, list_ in values.items():
        for value in list_:
            yield v3000_atom(f"{key}={value}")
    for symbol in ["*", "R#", "R", "R1", "ALK", "D", "Cl", "H", "Pol", "G*"]:
        for words in ["CHG=1", "MASS=2", "RAD=2", "VAL=2", "RGROUPS=(1 3)", "CHG=1 MASS=15 RAD=2", "HCOUNT=1"]:
            yield v3000_atom(words, symbol)
    for words in ["CHG", "CHG=1=2", "CHG=1 CHG=2", "  CHG=1   RAD=2", "CHG=-\nM  V30 1", "CHG=1 -\nM  V30 RAD=2", "CHG=1 -", '"CHG=1"', "CHG=1\t"]:
        yield v3000_atom(words)
    rows = [f"{i + 1} {s} {x} {y} 0 0" for i, (s, x, y) in enumerate(ATOMS)]
    for line in ["2 N 1.3 0.75 0", "2 N 1.3 0.75 0 7", "2 N 1.3 0.75 0 -7", "2 N x 0.75 0 0", "2 N 1.3 0.75 1.5 0", "2 N 1e0 .75 0 0", "02 N 1.3 0.75 0 0", "7 N 1.3 0.75 0 0", "1 N 1.3 0.75 0 0", "-2 N 1.3 0.75 0 0", "x N 1.3 0.75 0 0",
                 "2  N  1.3  0.75  0  0", "2 N 1.3 0.75 0 x", '2 "N" 1.3 0.75 0 0', "2 n 1.3 0.75 0 0", "2 NOT[C,N] 1.3 0.75 0 0", '2 "NOT [C,N]" 1.3 0.75 0 0', "2 N nan 0.75 0 0", ""]:
        yield v3000([rows[0], line, *rows[2:]])


def groups():
    base = ["M  STY  1   1 {}", "M  SAL   1  1   2"]
    for kind in "SRU MON COP CRO GRA MOD MER ANY COM MIX FOR SUP MUL DAT GEN XXX sup".split():
        yield v2000(tail=[row.format(kind) for row in base])
        yield v3000(tail=["BEGIN SGROUP", f"1 {kind} 0 ATOMS=(1 2)", "END SGROUP"], groups=1)
    dat = ["M  STY  1   1 DAT", "M  SAL   1  1   {}", "M  SDT   1 {:<30}", "M  SED   1 {}"]
    for i in (1, 2, 3, 9):
        for name, value in [("MRV_IMPLICIT_H", "IMPL_H1"), ("MRV_IMPLICIT_H", "IMPL_H2"), ("MRV_IMPLICIT_H", "x"), ("ZCH", "1"), ("ZCH", "x"), ("HYD", "2"), ("HYD", "0"), ("HYD", ""), ("ZBO", ""), ("pKa", "7"), ("MRV_COORDINATE_BOND_TYPE", "1"),
                            ("MRV_COORDINATE_BOND_TYPE", "9"), ("SMARTSQ", "[N]")]:
            yield v2000(tail=[dat[0], dat[1].format(i), dat[2].format(name), dat[3].format(value)])
            yield v3000(tail=["BEGIN SGROUP", f'1 DAT 0 ATOMS=(1 {i}) FIELDNAME={name} FIELDDATA="{value}"', "END SGROUP"], groups=1)
    for rows in [
        ["M  STY  1   1 SUP", "M  SAL   1  1   2", "M  SBL   1  1   1", "M  SMT   1 NH2", "M  SAP   1  1   2   1  1", "M  SCL   1 CHEM", "M  SDS EXP  1   1", "M  SBV   1   1    0.0000    0.0000"],
        ["M  STY  1   1 SRU", "M  SAL   1  1   2", "M  SBL   1  1   1", "M  SMT   1 n", "M  SCN  1   1 HT ", "M  SDI   1  4    0.0000    0.0000    0.0000    0.0000"], ["M  STY  1   1 SUP", "M  SAL   1  1   9"], ["M  SAL   1  1   2"],
        ["M  STY  1   1 SUP", "M  SBL   1  1   9"], ["M  STY  2   1 SUP"], ["M  STY  2   1 SUP   2 DAT", "M  SPL  1   2   1"], ["M  STY  1   1 SUP", "M  SST  1   1 ALT"], ["M  STY  1   1 SUP", "M  SST  1   1 XXX"], ["M  STY  1   1 SUP", "M  SCN  1   1 XX "],
        ["M  STY  1   1 MUL", "M  SAL   1  1   2", "M  SPA   1  1   2", "M  SMT   1 2"], ["M  STY  1   1 MUL", "M  SAL   1  1   2", "M  SPA   1  1   3"], ["M  STY  1   1 COM", "M  SNC  1   1   3"], ["M  STY  1   1 COM", "M  SNC  1   1 300"],
        ["M  STY  1   1 SRU", "M  SBT  1   1   1"], ["M  STY  1   1 SRU", "M  SBT  1   1   2"], ["M  CRS   1  1   1"], ["M  STY  1   1 SUP", "M  SBV   1   2    0.0000    0.0000"], ["M  STY  1   1 SUP", "M  SAP   1  1   9   1  1"],
        ["M  STY  1   1 DAT", "M  SDD   1     0.0000    0.0000    DR    ALL  1       6", "M  SCD   1 first", "M  SED   1 last"], ["M  STY  1   1 DAT", "M  SCD   1 a", "M  SCD   1 b", "M  SCD   1 c", "M  SED   1 d"],
        ["M  STY  1   1 DAT", "M  SDT   1 x                             N       SQ=", "M  SED   1 q"], ["M  STY  1   1 SUP", "M  SDI   1  3    0.0000    0.0000    0.0000"], ["M  STY  1   1 SUP", "M  SMT   1"], ["M  SLB  1   1   7"], ["M  STY  1   1 SUP", "M  SLB  1   1   7"],
    ]:
        yield v2000(tail=rows)
    for line in ["1 SUP 1 ATOMS=(1 2) XBONDS=(1 1) LABEL=NH2 CSTATE=(4 1 0 0 0) SAP=(3 2 1 1) CLASS=CHEM", "1 SRU 1 ATOMS=(1 2) XBONDS=(1 1) BRKXYZ=(9 0 0 0 0 0 0 0 0 0) CONNECT=HT LABEL=n", "1 SUP 0 ATOMS=(1 9)", "1 SUP 0 ATOMS=(2 2)", "1 SUP 0 ATOMS=1",
                 "1 SUP 0 SUBTYPE=ALT", "1 SUP 0 SUBTYPE=X", "1 SUP 0 CONNECT=X", "1 SUP 0 CLASS=X", "1 SUP 0 PARENT=1", "1 SUP 0 PARENT=7", "1 SUP 0 COMPNO=300", "1 SUP 0 FOO=x", '1 DAT 0 ATOMS=(1 2) FIELDNAME="a b" FIELDDATA="c ""d"" e"', "1 SUP", "1", "x SUP 0",
                 "1 SUP 0 ATOMS=(1 2) XBONDS=(1 2)", "1 SUP 0 ATOMS=(1 2) SAP=(3 2 aidx 1)", "1 SUP 0 ATOMS=(1 2) BRKXYZ=(6 0 0 0 0 0 0)", "1 MUL 0 ATOMS=(2 2 3) PATOMS=(1 2) MULT=2", "1 MUL 0 ATOMS=(1 2) PATOMS=(1 3)", "1 SUP 0  ATOMS=(1 2)", "1 SUP 0 ESTATE=E"]:
        yield v3000(tail=["BEGIN SGROUP", line, "END SGROUP"], groups=1)
    for rows in [["BEGIN SGROUP", "DEFAULT CLASS=CHEM", "1 SUP 0 ATOMS=(1 2)", "END SGROUP"], ["BEGIN SGROUP", "END SGROUP"], ["BEGIN COLLECTION", "MDLV30/STEABS ATOMS=(1 1)", "END COLLECTION"], ["BEGIN COLLECTION", "MDLV30/STERAC1 ATOMS=(1 1)", "END COLLECTION"],
                 ["BEGIN COLLECTION", "MDLV30/STEREL1 ATOMS=(1 9)", "END COLLECTION"], ["BEGIN COLLECTION", "MDLV30/STEFOO1 ATOMS=(1 1)", "END COLLECTION"], ["BEGIN COLLECTION", "DEFAULT/x ATOMS=(1 1)", "END COLLECTION"], ["LINKNODE 1 2 2 1 2 1 3"],
                 ["LINKNODE 1 2 2 1 2 1 9"], ["BEGIN FOO", "x", "END FOO"], ["BEGIN OBJ3D", "x", "END OBJ3D"], ["BEGIN COLLECTION", "MDLV30/STEABS ATOMS=(1 1)", "MDLV30/STEABS ATOMS=(1 2)", "END COLLECTION"], ["BEGIN COLLECTION"], ["FOO"]]:
        for n in (0, 1):
            yield v3000(tail=rows, groups=n)


def envelopes():
    plain, long = v2000(), v3000()
    for text in (plain, long):
        yield text.replace("\n", "\r\n")
        yield text.replace("M  END\n", "")
        yield text.replace("M  END\n", "M  END")
        yield text.replace("M  END", "M  END   ")
        yield text.replace("M  END", "M END")
        yield text.replace("M  END", "m  end")
        yield text.replace("M  END", "\nM  END")
        yield text.replace("M  END\n", "M  END\nM  END\n")
        yield text.replace("\n", " \n")
        yield text.replace("\n", "\t\n")
        yield "\ufeff" + text
        yield "title with \u00e9 and \t tab" + text
        yield "x" * 500 + text
        yield text[1:]
        yield "\n" + text
        yield text.replace("M  V30 ", "M  V30  ").replace("  1  2  1  0", "  1  2  1  0  ")
        yield text.replace("M  V30 ", "M V30 ")
        yield text.replace("M  V30 END ATOM", "M  V30 end atom")
        yield text.replace("M  V30 END CTAB\n", "")
        yield text.replace("M  V30 END BOND\n", "")
    for info in ["", "x", "  SciTegic01021500002D", "  SciTegic01021500003D", "  RDKit          3d", "                    3D", "                    2d", "                    1D", " " * 22 + "3D"]:
        yield v2000(info=info)
        yield v2000(info=info, bonds=["  1  2  1  1", "  1  3  1  0", "  1  4  1  0"])
        yield v2000(info=info, atoms=[atom(s, x, y, z) for (s, x, y), z in zip(ATOMS, [0.3, 0, 0, 0])])
    for items in ["> <a>\nv\n\n", ">  <a>  (1)\nv\n\n", "> <a>\n\n", "> <a>\n\n\n> <b>\nw\n\n", "><a>\nv\n\n", "> <a\nv\n\n", "> a>\nv\n\n", "> <>\nv\n\n", "> <a<b>>\nv\n\n", "> 12 <a> DT7\nv\n\n", "junk\n> <a>\nv\n\n", "\n\n> <a>\nv\n\n", "> <a>\nv\nw\n\n",
                  "> <a>\nv\n \nw\n\n", "> <a>\n> <b>\n\n", "> <a>\nv\n> <b>\nw\n\n", "> <a>\nv\n\n> <a>\nw\n\n", "> <a>\nv", "> <a>\n  v  \n\n", "> <a b>\nv\n\n", "> <\u00e9>\n\u00fc\n\n", "> <a>\r\nv\r\n\r\n", "> <a>\nM  END\n\n", ">\nv\n\n", " > <a>\nv\n\n"]:
        yield plain + items
        yield long + items


def pyrrole(words="", tail=()):
    """Aromatic bonds without hydrogens: what states them makes the ring kekulizable."""
    ring = [(0.0, 1.0), (0.95, 0.31), (0.59, -0.81), (-0.59, -0.81), (-0.95, 0.31)]
    rows = [atom("N" if i == 0 else "C", x, y, fields=words if i == 0 and words else FIELDS) for i, (x, y) in enumerate(ring)]
    return v2000(counts="  5  5  0  0  0  0  0  0  0  0999 V2000", atoms=rows, bonds=[f"{i + 1:3d}{(i + 1) % 5 + 1:3d}  4  0" for i in range(5)], tail=tail)


def aromatic():
    yield pyrrole()
    for words in [fields(valence=3), fields(valence=2), fields(charge=5), fields(charge=3), fields(hydrogens=1), fields(hydrogens=2)]:
        yield pyrrole(words)
    for rows in [["M  HYD  1   1   1"], ["M  CHG  1   1  -1"], ["M  CHG  1   1   1"], ["M  RAD  1   1   2"], ["M  STY  1   1 DAT", "M  SAL   1  1   1", "M  SDT   1 MRV_IMPLICIT_H", "M  SED   1 IMPL_H1"]]:
        yield pyrrole(tail=rows)


def answer(text):
    """What RDKit makes of a block; the block alone when it refuses it."""
    import sdf

    row = sdf.read(text, "implicit")
    if "error" in row:
        return {"block": text}
    short = {key: row[key] for key in ("z", "q", "iso", "map", "h", "rad", "dim", "query")}
    return {"block": text, **short, "bonds": [b[:3] for b in row["bonds"]], "props": row["props"]}


def write_golden(path, every):
    import platform

    import rdkit

    with open(path, "w", encoding="utf-8") as out:
        rows = [text for make in FAMILIES.values() for text in make()][::every]
        for row in [{"rdkit": rdkit.__version__, "python": platform.python_version()}, *map(answer, rows)]:
            out.write(json.dumps(row, separators=(",", ":")) + "\n")


FAMILIES = {f.__name__: f for f in (counts_lines, empty, symbols, columns, bonds, lines, attributes, groups, envelopes, aromatic)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target")
    parser.add_argument("--family", choices=FAMILIES, action="append")
    parser.add_argument("--golden", type=int, metavar="EVERY")
    args = parser.parse_args()
    if args.golden:
        return write_golden(args.target, args.golden)
    count = 0
    with open(args.target, "w", encoding="utf-8", newline="") as out:
        for name in args.family or FAMILIES:
            for text in FAMILIES[name]():
                out.write(text + ("" if text.endswith("\n") else "\n") + "$$$$\n")
                count += 1
    print(f"{count} blocks")


if __name__ == "__main__":
    main()
