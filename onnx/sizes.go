package onnx

// sizes are the numbers behind the symbols of shapes. There are few: looking through them is quicker than a map.
type sizes []symbolSize

type symbolSize struct {
	symbol string
	n      int64
}

// find returns the size of a symbol, and whether a tensor told it.
func (s sizes) find(symbol string) (int64, bool) {
	for i := range s {
		if s[i].symbol == symbol {
			return s[i].n, true
		}
	}
	return 0, false
}

// of is the size of a symbol, 0 when no tensor told it.
func (s sizes) of(symbol string) int64 {
	n, _ := s.find(symbol)
	return n
}

// learn notes a size and returns the one that stood there before.
func (s *sizes) learn(symbol string, n int64) (before int64, known bool) {
	for i := range *s {
		if (*s)[i].symbol == symbol {
			before, (*s)[i].n = (*s)[i].n, n
			return before, true
		}
	}
	if *s == nil {
		*s = make(sizes, 0, 8)
	}
	*s = append(*s, symbolSize{symbol, n})
	return 0, false
}
