package proto

// Smallest is a file with one node, y[N] = x[N] + x[N] in float32.
func Smallest() []byte {
	port := func(name string) []byte { // ValueInfoProto
		shape := appendMessage(nil, 1, appendText(nil, 2, "N"))
		tensor := appendMessage(appendVarint(nil, 1, 1), 2, shape)
		return appendMessage(appendText(nil, 1, name), 2, appendMessage(nil, 1, tensor))
	}
	node := &Node{Op: "Add", Name: "add", In: []string{"x", "x"}, Out: []string{"y"}}
	graph := appendMessage(nil, 1, node.bytes())
	graph = appendText(graph, 2, "smallest")
	graph = appendMessage(graph, 11, port("x"))
	graph = appendMessage(graph, 12, port("y"))
	out := appendVarint(nil, 1, 8) // of IR
	out = appendMessage(out, 8, appendVarint(appendText(nil, 1, ""), 2, 18))
	return appendMessage(out, 7, graph)
}
