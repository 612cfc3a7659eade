package reference

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// matrix is row-major; zero rows are allowed.
type matrix = blas64.General

func newMatrix(rows, cols int) matrix {
	return matrix{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
}

// row returns row i of m; writing to it writes to m.
func row(m matrix, i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols] }

// times returns a·b.
func times(a, b matrix) matrix { return product(a, blas.NoTrans, b, b.Cols) }

// timesTransposed returns a·bᵀ.
func timesTransposed(a, b matrix) matrix { return product(a, blas.Trans, b, b.Rows) }

func product(a matrix, how blas.Transpose, b matrix, cols int) matrix {
	c := newMatrix(a.Rows, cols)
	if a.Rows > 0 {
		blas64.Gemm(blas.NoTrans, how, 1, a, b, 0, c)
	}
	return c
}

// linear is torch's Linear.
type linear struct {
	wt matrix    // [in,out], the transpose of torch's weight
	b  []float64 // [out], nil: no bias
}

// of returns x·Wᵀ + b for rows x [·,in].
func (l linear) of(x matrix) matrix {
	y := times(x, l.wt)
	addRow(y, l.b)
	return y
}

// addRow adds b to each row of m.
func addRow(m matrix, b []float64) {
	for i := range m.Rows {
		add(row(m, i), b)
	}
}

// add adds b to a, element by element; a nil b is zero.
func add(a, b []float64) {
	for i, v := range b {
		a[i] += v
	}
}

// relu returns max(0, x), element by element.
func relu(x matrix) matrix {
	y := newMatrix(x.Rows, x.Cols)
	for i, v := range x.Data {
		y.Data[i] = max(0, v)
	}
	return y
}

// beside returns the rows [a_i ‖ b_i].
func beside(a, b matrix) matrix {
	c := newMatrix(a.Rows, a.Cols+b.Cols)
	for i := range c.Rows {
		copy(row(c, i), row(a, i))
		copy(row(c, i)[a.Cols:], row(b, i))
	}
	return c
}

// sumRows returns Σ_i m_i as a matrix of one row.
func sumRows(m matrix) matrix {
	s := newMatrix(1, m.Cols)
	for i := range m.Rows {
		add(s.Data, row(m, i))
	}
	return s
}

// scaled returns f·m.
func scaled(m matrix, f float64) matrix {
	s := newMatrix(m.Rows, m.Cols)
	for i, v := range m.Data {
		s.Data[i] = f * v
	}
	return s
}

// widened returns float32 rows as a matrix [rows,cols].
func widened(data []float32, rows, cols int) matrix {
	m := newMatrix(rows, cols)
	for i, v := range data {
		m.Data[i] = float64(v)
	}
	return m
}
