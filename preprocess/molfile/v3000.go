package molfile

func (b *block) readV3000() error { return b.bad("V3000") }
