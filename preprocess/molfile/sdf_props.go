package molfile

func (b *block) readProps() ([]Prop, error) { return nil, nil }
