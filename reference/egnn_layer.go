package reference

// egnnLayer is one round of messages. The first map of φ_e is kept in its three parts.
type egnnLayer struct {
	eDst, eSrc linear      // on h_i and on h_j
	eGeometry  linear      // on |w|²/rc² ‖ b
	eOut       linear      // the second map of φ_e
	phiX       *perceptron // nil: the displacements stay
	phiH       perceptron
}

func loadEGNNLayer(l *loader, at string, h int, moves bool) egnnLayer {
	k := l.integer("radial", 8, maxWidth)
	n := egnnLayer{
		eDst:      l.linear(at+"edge_dst", h, h),
		eSrc:      l.unbiased(at+"edge_src", h, h),
		eGeometry: l.unbiased(at+"edge_geometry", 1+k, h),
		eOut:      l.linear(at+"edge_out", h, h),
		phiH:      perceptron{l.linear(at+"node_in", 2*h, h), l.linear(at+"node_out", h, h)},
	}
	if moves {
		n.phiX = &perceptron{l.linear(at+"coord_in", h, h), l.unbiased(at+"coord_out", h, 1)}
	}
	return n
}

// forward returns the next h and u, and the way back: from the gradients of both to those of h and u,
// adding those of the edges to e.
func (n *egnnLayer) forward(e *edges, h, u matrix) (matrix, matrix, func(gh, gu matrix) (matrix, matrix)) {
	w := e.displaced(u)
	m, backM := n.messages(e, h, w)
	moved, backMove := n.move(e, u, w, m)

	sum := newMatrix(h.Rows, m.Cols) // Σ_j m_ij / c
	scatter(sum, e.dst, scaled(m, 1/e.c))
	y, backH := n.phiH.forward(beside(h, sum))
	next := scaled(h, 1)
	add(next.Data, y.Data)

	return next, moved, func(gh, gu matrix) (matrix, matrix) {
		both := backH(gh)
		gm := scaled(gather(columns(both, h.Cols, both.Cols), e.dst), 1/e.c)
		gw := backMove(gu, gm)
		gBefore := backM(gm, gw)
		add(gBefore.Data, gh.Data)
		add(gBefore.Data, columns(both, 0, h.Cols).Data)
		add(e.gr.Data, gw.Data)
		guBefore := scaled(gu, 1)
		scatter(guBefore, e.src, gw)
		scatter(guBefore, e.dst, scaled(gw, -1))
		return gBefore, guBefore
	}
}

// displaced returns w_ij = r_ij + u_j − u_i.
func (e *edges) displaced(u matrix) matrix {
	w := scaled(e.r, 1)
	add(w.Data, gather(u, e.src).Data)
	add(w.Data, scaled(gather(u, e.dst), -1).Data)
	return w
}

// messages returns m_ij [E,hidden]. The way back returns the gradient of h and adds that of w to gw.
func (n *egnnLayer) messages(e *edges, h, w matrix) (matrix, func(gm, gw matrix) matrix) {
	square := newMatrix(w.Rows, 1) // |w|²/rc²
	for k := range w.Rows {
		square.Data[k] = dot(row(w, k), row(w, k)) / (e.rc * e.rc)
	}
	yDst, backDst := n.eDst.forward(h)
	ySrc, backSrc := n.eSrc.forward(h)
	z, backGeometry := n.eGeometry.forward(beside(square, e.b))
	add(z.Data, gather(yDst, e.dst).Data)
	add(z.Data, gather(ySrc, e.src).Data)
	a, backZ := siluForward(z)
	y, backOut := n.eOut.forward(a)
	phi, backY := siluForward(y)

	return eachRow(e.f, phi), func(gm, gw matrix) matrix {
		for k := range gm.Rows {
			e.gf[k] += dot(row(gm, k), row(phi, k))
		}
		gz := backZ(backOut(backY(eachRow(e.f, gm))))
		gg := backGeometry(gz)
		add(e.gb.Data, columns(gg, 1, gg.Cols).Data)
		add(gw.Data, scaled(eachRow(columns(gg, 0, 1).Data, w), 2/(e.rc*e.rc)).Data)

		toDst, toSrc := newMatrix(h.Rows, h.Cols), newMatrix(h.Rows, h.Cols)
		scatter(toDst, e.dst, gz)
		scatter(toSrc, e.src, gz)
		gh := backDst(toDst)
		add(gh.Data, backSrc(toSrc).Data)
		return gh
	}
}

// move returns u_i − Σ_j w_ij φ_x(m_ij) f / c. The way back returns the gradient of w and adds that of m
// to gm.
func (n *egnnLayer) move(e *edges, u, w, m matrix) (matrix, func(gu, gm matrix) matrix) {
	if n.phiX == nil {
		return u, func(_, _ matrix) matrix { return newMatrix(w.Rows, w.Cols) }
	}
	phi, backPhi := n.phiX.forward(m) // [E,1]
	push := eachRow(e.f, phi)
	moved := scaled(u, 1)
	scatter(moved, e.dst, scaled(eachRow(push.Data, w), -1/e.c))

	return moved, func(gu, gm matrix) matrix {
		g := scaled(gather(gu, e.dst), -1/e.c) // of w_ij φ_x f
		gPush := newMatrix(w.Rows, 1)
		for k := range w.Rows {
			gPush.Data[k] = dot(row(g, k), row(w, k))
			e.gf[k] += gPush.Data[k] * phi.Data[k]
		}
		add(gm.Data, backPhi(eachRow(e.f, gPush)).Data)
		return eachRow(push.Data, g)
	}
}
