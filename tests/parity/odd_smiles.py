"""Writes odd SMILES, right and wrong ones, for `make parity-records`: what the grammar allows in corners, near misses,
random strings over its alphabet, mutations of right ones, organometallics with bridges, charges, large numbers.

    python tests/parity/odd_smiles.py COUNT [SEED] > odd.smi

A line may begin or end with blanks; none is empty. Needs only Python.
"""

import random
import sys

RINGS = ["1", "2", "0", "9", "%10", "%99", "%(1)", "%(12)", "%(123)", "%(99999)", "%(0)", "%(01)", "%01", "%1", "%(100000)", "%()", "%(-1)", "%"]
BONDS = ["-", "=", "#", "$", ":", "~", "->", "<-", "/", "\\", "\\\\", "//", "", "", "", "==", "-=", "~-", "<", ">", "!", "@", "&", ";", ","]
SYMBOLS = """C N O S P B F Cl Br I H D T c n o s p b * ? X A Q R Li Na Fe Pt Co U Og Ts Uuo Uue Uun Uus Mc Nh Fl Lv Rf Db si se te as al ge sn bi
po ti fe cl br i at Si Se Te As Al Ge He Hf Hg Ho Hs Sc Sn Sb Np Nb No Po Pb Pd Cn Co Cs CN Nn #6 #0 #118 #119 #255 #256 #1 #92 #006 # 'Rf' 'Db' 'C' 'X' Xe xe Yb""".split()
BARE = "C N O S P B F Cl Br I c n o s p b * H D Si Na si se te as at i f cl br K W U V Y R X A Q ? Sn Sc Cn Nb No Cs Os Po Pb".split()
CHIRALITIES = ["@", "@@", "@@@", "@TH1", "@TH2", "@TH3", "@AL1", "@AL2", "@AL", "@TH", "@SP", "@TB", "@OH", "@SP0", "@SP4", "@TB21", "@OH31", "@XX1", "@T1", "@@TH1", "@H", "@@H", "@1", "@2",
               "@TH01", "@?", "@'TH1", "@C", "@OHH", "@SPH2", "@AL1H", "@TB10H1"]
CHIRALITIES += [f"@SP{i}" for i in range(1, 4)] + [f"@TB{i}" for i in range(1, 21)] + [f"@OH{i}" for i in range(1, 31)]
CHARGES = ["+", "-", "++", "--", "+2", "-2", "+3", "+0", "-0", "+1", "-1", "+++", "+-", "-+", "+15", "-15", "+99", "+127", "+128", "-127", "-128", "-129", "+200", "+255", "+256", "+257", "+999", "+01", "+-1", "+2147483639", "+2147483647"]
HYDROGENS = ["H", "H0", "H1", "H2", "H3", "H4", "H5", "H9", "H10", "H00", "H01", "H255", "H256", "H257", "HH", "H-1", "h"]
ISOTOPES = ["1", "2", "3", "12", "13", "14", "235", "999", "1000", "65535", "65536", "65537", "0", "00", "013", "-1", "2147483639", "2147483640", "4294967296"]
MAPS = [":0", ":1", ":2", ":12", ":999", ":1000", ":1023", ":1024", ":65536", ":2147483639", ":2147483640", ":2147483647", ":", ":00", ":01", ":-1", ":a"]
METALS = ["[Fe]", "[Co]", "[Pt]", "[Na]", "[Li]", "[Cu]", "[Zn]", "[Al]", "[Ti]", "[Pd]", "[Ru]", "[Rh]", "[Mg]", "[Sn]", "[Fe+2]", "[Cu+]", "[U]", "[Ge]", "[Ga]", "[Fe-]"]
PIECES = """C CC C=C C#C N O S P F Cl [H] [2H] [H+] [H-] c1ccccc1 n1cccc1 [nH]1cccc1 c1ccncc1 C1CC1 C1CCCCC1 C(=O)O N(=O)=O [N+](=O)[O-] S(=O)(=O)C P(=O)(O)O
[C@H](F)Cl [C@@](F)(Cl)Br [C@@H]1CC1 C/C=C/C F/C=C\\F C=1CCCC1 N=N#N [O-] [NH4+] [Na+] [Cl-] C1=CC=CN1 c1c[nH]cn1 o1cccc1 s1cccc1 [se]1cccc1 [te]1cccc1
[si]1ccccc1 [as]1cccc1 p1ccccc1 b1ccccc1 [b-]1ccccc1 *1ccccc1 *1*****1 c1cc*cc1 n1ccccc1=O O=n1ccccc1 [n+]1ccccc1 c1ccc2ccccc2c1 [CH] [CH2] [CH3] [C] [N] [O] [nH] [cH] [c-]1cccc1 [cH-]1cccc1
C%11CC%11 C%(111)CC%(111) [C@SP1](F)(Cl)(Br)I [Pt@SP2](F)(Cl)(Br)I [As@TB5](F)(Cl)(Br)(I)N [Co@OH7](F)(Cl)(Br)(I)(N)S [C@AL1](=C)F C(.C) .C C. N->[Fe] [Fe]<-N C->B C=* C~C c:c C:C C-c1ccccc1 c1ccccc1-c1ccccc1 I(=O)(=O)O Cl(=O)(=O)(=O)O""".split()


def bracket(r):
    def maybe(options, chance):
        return r.choice(options) if r.random() < chance else ""

    return "[" + maybe(ISOTOPES, 0.2) + r.choice(SYMBOLS) + maybe(CHIRALITIES, 0.2) + maybe(HYDROGENS, 0.35) + maybe(CHARGES, 0.35) + maybe(MAPS, 0.2) + r.choice(["]"] * 30 + ["", ")", "]]"])


def atom(r):
    return bracket(r) if r.random() < 0.45 else r.choice(BARE)


def tokens(r):
    """A string of tokens, most in order."""
    out = [atom(r)]
    opened = 0
    for _ in range(r.randint(0, 9)):
        kind = r.random()
        if kind < 0.5:
            out += [r.choice(BONDS[:12]) if r.random() < 0.5 else "", atom(r)]
        elif kind < 0.65:
            out += [r.choice(BONDS[:12]) if r.random() < 0.3 else "", r.choice(RINGS[:10])]
        elif kind < 0.8:
            out.append("(" + r.choice(BONDS[:14]))
            out.append(atom(r))
            opened += 1
        elif kind < 0.93 and opened:
            out.append(")")
            opened -= 1
        elif kind < 0.96:
            out += [".", atom(r)]
        else:
            out.append(r.choice(BONDS + RINGS + ["(", ")", "[", "]", "{", "}", "&", ".", "..", " ", "|"]))
    return "".join(out) + ")" * (opened if r.random() < 0.95 else 0)


def closed(r):
    """Rings whose two digits bear bond symbols that agree or not, in and out of branches."""
    digit = r.choice(RINGS[:10])
    a, b = (r.choice(BONDS[:13]) for _ in range(2))
    inner = "".join(r.choice(["C", "N", "c", "C(C)", "C=C", "[C@H](F)", "[C@@](F)(Cl)", "*", "/C=C/", "O", "[nH]", "n"]) for _ in range(r.randint(1, 6)))
    first, last = (r.choice(["C", "c", "N", "[C@H]", "[C@@](F)", "[Fe]", "*", "n", "[C@](C)(O)", "C(=C)", "C(/F)=C", "S", "[N+]"]) for _ in range(2))
    tail = r.choice(["", "C", "(C)C", "=C", "(F)(Cl)Br", "/C", ".C", r.choice(BONDS) + "C"])
    return f"{first}{a}{digit}{inner}{last}{b}{digit}{tail}"


def organometallic(r):
    """Non-metals with one bond too many between metals."""
    ligand = r.choice(["O", "N", "S", "[O]", "[NH3]", "C", "P", "F", "Cl", "[Cl]", "[H]", "[OH2]", "n1ccccc1", "[NH2]C", "O(C)", "[C-]#[O+]", "[CH3]", "c1ccccc1", "[B]", "N(C)(C)", "[O-]", "[S-]"])
    at = ligand + "".join(f"({r.choice(METALS)})" for _ in range(r.randint(1, 4)))
    if r.random() < 0.5:
        at = r.choice(METALS) + "1" + at + "1" if r.random() < 0.5 else r.choice(METALS) + "".join(f"({r.choice(['O', 'N', 'Cl', '[OH2]', '[NH3]', 'C', 'F', 'O1', 'S'])}{r.choice(METALS)})" for _ in range(r.randint(1, 4)))
    for _ in range(r.randint(0, 2)):
        at += r.choice(["", ".", "C", "O"]) + r.choice(METALS) + r.choice(["", "N", "(O)C", "O[Fe]", "<-N", "[OH2]", "N(C)(C)C", "O([Fe])C", "[Cl][Fe]", "N1=CC=CC=C1"])
    return at


def bridged(r):
    """A cluster: metals and ligands joined at random by ring numbers."""
    atoms = [r.choice(METALS) for _ in range(r.randint(2, 4))] + [r.choice(["O", "N", "S", "Cl", "[OH]", "[NH]", "C", "P", "N(C)"]) for _ in range(r.randint(1, 4))]
    r.shuffle(atoms)
    pairs = [(i, j) for i in range(len(atoms)) for j in range(i) if r.random() < 0.5]
    text = [a for a in atoms]
    for number, (i, j) in enumerate(pairs[:80], 10):
        bond = r.choice(["", "", "", "->", "<-"]) if r.random() < 0.2 else ""
        text[j] += f"{bond}%{number}"
        text[i] += f"%{number}"
    return ".".join(text)


def aromatic(r):
    """Fused rings of lower-case atoms with and without hydrogens and dummies."""
    from_ = ["c", "c", "c", "c", "c", "n", "n", "[nH]", "o", "s", "*", "[n+]", "[c-]", "p", "b", "[se]", "N", "C", "[N]", "c(=O)", "n(=O)", "c(C)", "[cH]", "[si]", "[te]", "[as]", "[cH-]", "[n-]", "S(=O)", "C=*"]
    size = r.randint(4, 8)
    ring = [r.choice(from_) for _ in range(size)]
    text = ring[0] + "1" + "".join(ring[1:])
    if r.random() < 0.6:
        at = r.randint(1, 3)
        text = ring[0] + "1" + "".join(ring[1:at]) + r.choice(["c", "n", "*", "c"]) + "2" + "".join(r.choice(from_) for _ in range(r.randint(2, 5))) + r.choice(["c", "n", "*"]) + "2" + "".join(ring[at:])
    return text + r.choice(["1", "1", "1", "1C", "=1", "-1", ":1"])


def mutated(r, right):
    """A right string with one or two characters changed."""
    text = list(right)
    for _ in range(r.randint(1, 2)):
        at = r.randrange(len(text) + 1)
        what = r.random()
        if what < 0.4 and text:
            del text[at % len(text)]
        elif what < 0.8:
            text.insert(at, r.choice(list("CNOcno[]()=#$:~/\\.123%@+-H*0&{}<>sPBFIl' ")))
        elif text:
            text[at % len(text)] = r.choice(list("CNOcno[]()=#123%@+-H*s"))
    return "".join(text)


def joined(r):
    return "".join(r.choice(PIECES) + r.choice(["", "", "", ".", "-", "=", "/", "\\", "->", "(C)", ":"]) for _ in range(r.randint(1, 4)))


def alphabet(r):
    return "".join(r.choice("CNOcno[]()=#$:~/\\.12%@+-H*0&{}<>") for _ in range(r.randint(1, 8)))


MAKERS = [tokens, closed, organometallic, bridged, aromatic, joined, lambda r: mutated(r, joined(r)), lambda r: mutated(r, closed(r)), bracket, alphabet, lambda r: "C" + bracket(r) + "C"]


def main():
    count = int(sys.argv[1])
    r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    seen = set()
    while len(seen) < count:
        text = r.choice(MAKERS)(r)
        if r.random() < 0.01:
            text = r.choice([" ", "\t", "  "]) + text + r.choice(["", " ", " title", "\tname of it"])
        if text.strip() and text not in seen:
            seen.add(text)
            print(text)


if __name__ == "__main__":
    main()
