//go:build !purego

#include "textflag.h"

// The polynomials of rows3 in harmonics_other.go for two vectors, one in each half of a register, with the same operations in
// the same order. X3, X0, X1 are x, y, z; X6, X7 are Y_2∓2 (p, d); X8 is y²; X13 is scratch.

// Constants of pairConstants.
#define Y0 0(DX)
#define Y1 16(DX)
#define Y21 32(DX)
#define Y22 48(DX)
#define A20 64(DX)
#define B20 80(DX)
#define Y32 96(DX)
#define Y33 112(DX)
#define A31 128(DX)
#define B31 144(DX)
#define A30 160(DX)
#define B30 176(DX)
#define LEAST 192(DX)
#define MOST 208(DX)
#define ONE 224(DX)

// dst = constant · factor
#define TIMES(constant, factor, dst) \
	MOVUPD constant, dst  \
	MULPD  factor, dst

// Loads two vectors as x, y, z and jumps to done unless both squares q are in range; then scales them by 1/√q.
#define DIRECTIONS(done) \
	MOVUPD   0(SI), X0       \ // x0 y0
	MOVUPD   16(SI), X1      \ // z0 x1
	MOVUPD   32(SI), X2      \ // y1 z1
	MOVAPD   X0, X3          \
	SHUFPD   $2, X1, X3      \
	SHUFPD   $1, X2, X0      \
	SHUFPD   $2, X2, X1      \
	MOVAPD   X3, X2          \
	MULPD    X2, X2          \
	MOVAPD   X0, X4          \
	MULPD    X4, X4          \
	ADDPD    X4, X2          \
	MOVAPD   X1, X4          \
	MULPD    X4, X4          \
	ADDPD    X4, X2          \
	MOVUPD   LEAST, X4       \
	CMPPD    X2, X4, $2      \ // least ≤ q
	MOVUPD   MOST, X5        \
	MOVAPD   X2, X6          \
	CMPPD    X5, X6, $2      \ // q ≤ most
	ANDPD    X6, X4          \
	MOVMSKPD X4, AX          \
	CMPL     AX, $3          \
	JNE      done            \
	SQRTPD   X2, X2          \
	MOVUPD   ONE, X4         \
	DIVPD    X2, X4          \
	MULPD    X4, X3          \
	MULPD    X4, X0          \
	MULPD    X4, X1

// Works out and stores the sixteen functions; STORE(a, b, i) stores functions 2i (in a, which is lost) and 2i+1 (in b).
#define FUNCTIONS(STORE) \
	MOVUPD Y0, X4            \
	TIMES(Y1, X3, X5)        \
	STORE(X4, X5, 0)         \
	TIMES(Y1, X0, X4)        \
	TIMES(Y1, X1, X5)        \
	STORE(X4, X5, 1)         \
	TIMES(Y21, X3, X6)       \
	MULPD  X1, X6            \
	MOVAPD X1, X7            \
	SUBPD  X3, X7            \
	MOVUPD Y22, X4           \
	MULPD  X4, X7            \
	MOVAPD X1, X4            \
	ADDPD  X3, X4            \
	MULPD  X4, X7            \
	MOVAPD X0, X8            \
	MULPD  X8, X8            \
	TIMES(Y21, X0, X9)       \
	MOVAPD X6, X4            \
	MOVAPD X9, X5            \
	MULPD  X3, X5            \
	STORE(X4, X5, 2)         \
	TIMES(A20, X8, X4)       \
	MOVUPD B20, X5           \
	SUBPD  X5, X4            \
	MULPD  X1, X9            \
	STORE(X4, X9, 3)         \
	TIMES(Y32, X0, X9)       \ // t
	TIMES(Y33, X3, X10)      \
	TIMES(Y33, X1, X11)      \
	MOVAPD X6, X5            \
	MULPD  X11, X5           \
	MOVAPD X7, X4            \
	MULPD  X10, X4           \
	ADDPD  X4, X5            \
	MOVAPD X7, X4            \
	STORE(X4, X5, 4)         \
	TIMES(A31, X8, X12)      \
	MOVUPD B31, X5           \
	SUBPD  X5, X12           \
	MULPD  X12, X3           \
	MOVAPD X9, X4            \
	MULPD  X6, X4            \
	STORE(X4, X3, 5)         \
	TIMES(A30, X8, X4)       \
	MOVUPD B30, X5           \
	SUBPD  X5, X4            \
	MULPD  X0, X4            \
	MULPD  X12, X1           \
	STORE(X4, X1, 6)         \
	MULPD  X7, X9            \
	MULPD  X7, X11           \
	MULPD  X6, X10           \
	SUBPD  X10, X11          \
	STORE(X9, X11, 7)

#define STORE64(a, b, i) \
	MOVAPD   a, X13                 \
	UNPCKLPD b, X13                 \
	MOVUPD   X13, (16*i)(DI)        \
	UNPCKHPD b, a                   \
	MOVUPD   a, (128+16*i)(DI)

#define STORE32(a, b, i) \
	MOVAPD   a, X13                 \
	UNPCKLPD b, X13                 \
	CVTPD2PS X13, X13               \
	MOVSD    X13, (8*i)(DI)         \
	UNPCKHPD b, a                   \
	CVTPD2PS a, a                   \
	MOVSD    a, (64+8*i)(DI)

// func pairs64(dst *float64, vec *[3]float64, n int, c *pairConstants) int
TEXT ·pairs64(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ vec+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ c+24(FP), DX
	XORQ BX, BX

loop:
	CMPQ BX, CX
	JGE  done
	DIRECTIONS(done)
	FUNCTIONS(STORE64)
	ADDQ $48, SI
	ADDQ $256, DI
	ADDQ $2, BX
	JMP  loop

done:
	MOVQ BX, ret+32(FP)
	RET

// func pairs32(dst *float32, vec *[3]float64, n int, c *pairConstants) int
TEXT ·pairs32(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ vec+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ c+24(FP), DX
	XORQ BX, BX

loop:
	CMPQ BX, CX
	JGE  done
	DIRECTIONS(done)
	FUNCTIONS(STORE32)
	ADDQ $48, SI
	ADDQ $128, DI
	ADDQ $2, BX
	JMP  loop

done:
	MOVQ BX, ret+32(FP)
	RET
