package xyz

import "molserve/preprocess/molecule"

// byLetters maps a symbol's letters, upper case folded away, to its atomic number plus 1. The second
// index is 0 for symbols of one letter.
var byLetters = func() (t [26][27]uint8) {
	for z := 1; z <= molecule.MaxZ; z++ {
		s := molecule.Symbol(uint8(z))
		second := 0
		if len(s) == 2 {
			second = int(s[1]-'a') + 1
		}
		t[s[0]-'A'][second] = uint8(z) + 1
	}
	t['X'-'A'][0] = 0 + 1 // ASE's X: no element
	return t
}()

// elementOf reads a symbol in any case, or an atomic number in digits.
func elementOf(b []byte) (uint8, bool) {
	if len(b) == 0 || len(b) > 3 {
		return 0, false
	}
	if b[0]-'0' <= 9 {
		z, ok := parseInt(b)
		return uint8(z), ok && z <= int64(molecule.MaxZ)
	}
	first, second := b[0]|0x20-'a', byte(0)
	if len(b) == 2 {
		if second = b[1] | 0x20 - 'a' + 1; second == 0 || second > 26 {
			return 0, false
		}
	}
	if first > 25 || len(b) > 2 {
		return 0, false
	}
	z := byLetters[first][second]
	return z - 1, z > 0
}

// symbolOf is the symbol that ASE has for z.
func symbolOf(z uint8) string {
	if z == 0 {
		return "X"
	}
	return molecule.Symbol(z)
}
