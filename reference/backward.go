package reference

import "math"

// backward takes the gradient ∂L/∂y of some number L with respect to a result y, and returns ∂L/∂x for
// the x that y was made of. Weights are constants.
type backward func(gy matrix) (gx matrix)

// forward is of with its way back: ∂L/∂x = ∂L/∂y · W.
func (l linear) forward(x matrix) (matrix, backward) {
	return l.of(x), func(gy matrix) matrix { return timesTransposed(gy, l.wt) }
}

// sigmoid is σ(x) = 1/(1 + e^−x).
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// silu returns x σ(x), element by element.
func silu(x matrix) matrix {
	y := newMatrix(x.Rows, x.Cols)
	for i, v := range x.Data {
		y.Data[i] = v * sigmoid(v)
	}
	return y
}

// siluForward is silu with its way back: d/dx x σ(x) = σ(x) (1 + x (1 − σ(x))).
func siluForward(x matrix) (matrix, backward) {
	return silu(x), func(gy matrix) matrix {
		gx := newMatrix(x.Rows, x.Cols)
		for i, v := range x.Data {
			s := sigmoid(v)
			gx.Data[i] = gy.Data[i] * s * (1 + v*(1-s))
		}
		return gx
	}
}

// perceptron is x ↦ out(silu(in(x))).
type perceptron struct{ in, out linear }

// of returns the rows out(silu(in(x_i))).
func (p perceptron) of(x matrix) matrix { return p.out.of(silu(p.in.of(x))) }

// forward is of with its way back.
func (p perceptron) forward(x matrix) (matrix, backward) {
	z, backIn := p.in.forward(x)
	a, backSilu := siluForward(z)
	y, backOut := p.out.forward(a)
	return y, func(gy matrix) matrix { return backIn(backSilu(backOut(gy))) }
}

// gather returns the rows x_i for i in of.
func gather(x matrix, of []int32) matrix {
	y := newMatrix(len(of), x.Cols)
	for k, i := range of {
		copy(row(y, k), row(x, int(i)))
	}
	return y
}

// scatter adds row k of x to row of[k] of to.
func scatter(to matrix, of []int32, x matrix) {
	for k, i := range of {
		add(row(to, int(i)), row(x, k))
	}
}

// columns returns columns from…to−1 of x.
func columns(x matrix, from, to int) matrix {
	y := newMatrix(x.Rows, to-from)
	for i := range x.Rows {
		copy(row(y, i), row(x, i)[from:to])
	}
	return y
}

// eachRow returns the rows f_i x_i.
func eachRow(f []float64, x matrix) matrix {
	y := newMatrix(x.Rows, x.Cols)
	for i := range x.Rows {
		for j, v := range row(x, i) {
			row(y, i)[j] = f[i] * v
		}
	}
	return y
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}
