package molfile

// groups are the substance groups of a block.
type groups struct{}

func (g *groups) lineV2000(b *block, head, text string) error { return nil }
func (g *groups) finish(b *block) error                       { return nil }
