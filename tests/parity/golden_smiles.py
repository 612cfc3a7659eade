"""Writes RDKit's records of the golden molecules: the reader's tests compare every field.

    python golden_smiles.py druglike.smi golden.jsonl
    python golden_smiles.py --odd odd.jsonl

Each line is {"smiles", "hydrogens", "record"}; the first line names the versions.
"""

import json
import sys

import rdkit

from dump_rdkit import read, record

# What drug-like molecules lack, by what it is to try.
TRICKY = """
[H] [HH] [H][H] [H+] [H-] [2H]O [2H][2H] [3H]N [H]O[H] [H]C([H])([H])[H] [H]* [H]/N=C/C [H]/C(F)=C/F [H][C@](F)(Cl)Br [CH3:1][H:2] [H-].[Na+] B1[H]B[H]1
[CH3] [CH2] [C] C[CH]C [O] C[O] [N]=O C[N]C [CH3+] [CH3-] [cH-]1cccc1 [CH+]1C=CC=CC=C1 [n-]1cccc1 [nH+]1ccccc1
[Na+].[Cl-] CC(=O)[O-].[NH4+] [Ca+2].[O-]C([O-])=O [Fe] [Fe+2] [Fe+3] [Cu] [Zn+2] Cl[Pt](Cl)([NH3])[NH3] [Fe]n1ccccc1 [NH3]->[Cu]<-[NH3] C1CN->[Cu]<-N1 C[Mg]Cl [Hg](C)C
CN(=O)=O CN=N#N C=P(=O)C OCl(=O)(=O)=O O=I(=O)O CS(C)(=O)=O CS(C)=O C[S+](C)[O-] FS(F)(F)(F)(F)F ClP(Cl)(Cl)(Cl)Cl F[P-](F)(F)(F)(F)F F[As-](F)(F)(F)(F)F F[Si-2](F)(F)(F)(F)F C[As](C)C F[Xe]F [AlH4-] C[Si](C)(C)C F[B-](F)(F)F
c1ccc2cccc2cc1 C1=CC=C2C=CC=C2C=C1 c1ccc2[nH]ccc2c1 O=c1cccccc1 O=C1C=CC(=O)C=C1 C=C1C=CC=C1 O=c1cc[nH]cc1 O=C1NC=CC2=C1C=CC=C2 Cn1cnc2c1c(=O)n(C)c(=O)n2C c1ccc2cc3ccccc3cc2c1 c1cc2ccc3cccc4ccc(c1)c2c34 C1=CC2=CC=CC3=CC=CC1=C32 c1ccc-2c(c1)-c1ccccc12
c1cc[o+]cc1 C[n+]1ccccc1 [O-][n+]1ccccc1 O=n1ccccc1 p1ccccc1 b1ccccc1 [se]1cccc1 [te]1cccc1 [si]1ccccc1 n1pnpnp1 S1C=CSC=C1 N1(C)C=CC=CC=C1 C1=CC=CC=CC=C1 C1=CC=CC=CC=CC=C1 C[s+]1cccc1 Oc1c(O)c(=O)c1=O *1cccc1 c1cc*cc1 *1*****1
C1CC2CCC1CC2 C1C2CC3CC1CC(C2)C3 C12C3C4C1C5C2C3C45 C1CC2(C1)CCC2 C12CC1C2 C1CC1C1CC1 C1CCCCCCCCCCC1 C1=CC2=CC3=CC=C(N3)C=C4C=CC(=N4)C=C5C=CC(=CC1=N2)N5
F/C=C/F F/C=C\\F C/C=C/C=C\\C F\\C=C/1.C1 C1=C/CCCCCC/1 N[C@@H](C)C(=O)O [C@H](N)(C)O C[C@H]1CCCCO1 C[C@]12CC[C@H](C1)C2 C[S@](=O)c1ccccc1 C[N@+](CC)(CCC)c1ccccc1 F[Pt@SP1](Cl)(Br)I [C@@](F)1(C)CCO1 C1CN[C@](O)(N)1 C[C@H](O)[C@@H](O)C O[C@H]1CC[C@@H](C)CC1
C=1CCC-1 C~C C~1CCC1 C%(00012)CC%12 C(C.C) C1.C1 [#6]C [12#6] ['Db'] [Uun] [C+300] [200C] [70000C] [C:0] C->[Fe] C<-[Fe] [Re]$[Re] C:C C\\\\C C(C)1CC1 C1CC1C1CC1 ** *=* [1*]C
[15NH3] [13CH4] [18F]C C#C N#Cc1ccccc1 C=C=C C1=C=NC=N1 C1#CC=CC=C1 [C-]#[O+] [C-]#[N+]C N#[N+][O-] O=C=O [O-][O-] OO Br I ClCl
"""
# Metals that a non-metal bridges, systems that need the second kekulization or whose dummies depend on the order in which
# rings are found, numbers that are cut to eight bits. All SMILES of this kind come from odd_smiles.py.
ODD = """
O([Fe])([Fe])[Fe] [Fe]1O([Co])O1[Pt] Cl([Fe])[Cu] [Fe](N([Co])(C)(C)C)Cl[Pt] [Cu]%10%11.[Cl]%10%12.[Cl]%11%13.[Cu]%12%13 O([Na])([Li])[Fe]<-N N(C)(C)([Zn])[Zn] [Al]1(C)(C)[CH3][Al](C)(C)[CH3]1
C=*1coc2*C=*con2[N]o[n-]1 *1c[n-]c(=O)cbC-1 [as]1**C=*[si][c-]sN:1 c1nC*2S(=O)n[c-]C=**2c[se]1C *1c(=O)c2[se]c(=O)*2C=**[cH-]1 *1C=*c[c-][n-]cc*1C C=*1nn2n*oC=**2cc1
[C+128] [Fe+200] [Fe+256] [C-129] [*+127] [FeH128] [FeH127] C[FeH127] [FeH254] [FeH256] [HH128+] [Na+300] [65536C] [65535C] [C:2147483639] [Uus] [#118] [#119] [#0H4]
""".split()
HYDROGENS = ["CCO", "C[C@H](N)O", "[2H]C", "c1cc[nH]c1", "[H]/N=C/C", "[NH4+]", "[H]C([H])(F)Cl"]


def chosen(source):
    if source == "--odd":
        return [(text, "implicit") for text in ODD]
    with open(source) as lines:
        smiles = lines.read().split() + TRICKY.replace("\\\\", "\\").split()
    return [(text, "implicit") for text in smiles] + [(text, mode) for text in HYDROGENS for mode in ("keep", "explicit")]


def main():
    with open(sys.argv[2], "w") as out:
        out.write(json.dumps({"rdkit": rdkit.__version__}) + "\n")
        for text, mode in chosen(sys.argv[1]):
            mol, code = read(text, mode)
            row = {"error": {"code": code}} if code else record(mol)
            out.write(json.dumps({"smiles": text, "hydrogens": mode, "record": row}) + "\n")


if __name__ == "__main__":
    main()
