package serve

import "io"

// meter pays for a row that grows: what was read since the last row, beyond what a stream takes anyway, and
// up to the longest row that is held.
type meter struct {
	from io.Reader
	st   *streaming
	wait func(bytes int64) error // pays

	read, paid int64
}

// meterStep is how many bytes of a row are paid for at a time.
const meterStep = 64 << 10

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.read += int64(n)
	for err == nil && m.read > streamBytes+m.paid && m.paid < int64(m.st.bounds.bytes) {
		if err = m.wait(meterStep); err == nil {
			m.paid += meterStep
		}
	}
	return n, err
}

// row begins a new row; the last one is paid for by its size.
func (m *meter) row() {
	m.st.giveBack(m.paid)
	m.read, m.paid = 0, 0
}
