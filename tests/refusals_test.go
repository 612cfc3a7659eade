package tests

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"molserve/onnx/proto"
	"molserve/onnx/prove/child"
	"molserve/serve"
)

// refusal is a way to be wrong.
type refusal struct {
	name  string // its row in docs/gate.md, which says what the refusal is
	spoil func(*testing.T, *modelCopy)
	place func(t *testing.T, c *modelCopy, root string, version int) // instead of publish
}

// Files of the folder.

func sealed(change func(c *modelCopy)) func(*testing.T, *modelCopy) {
	return func(_ *testing.T, c *modelCopy) { change(c); c.seal() }
}

// listed gives golden.json another name in the manifest.
func listed(name string) func(*testing.T, *modelCopy) {
	return func(_ *testing.T, c *modelCopy) {
		files := c.seal().manifest["files"].(map[string]any)
		files[name] = files["golden.json"]
	}
}

// linked puts a link in the place of a file of the folder, after the fashion of make.
func linked(make func(t *testing.T, c *modelCopy, dir string)) func(*testing.T, *modelCopy, string, int) {
	return func(t *testing.T, c *modelCopy, root string, version int) {
		dir := filepath.Join(root, swapModel, strconv.Itoa(version))
		make(t, c, dir)
		c.publish(t, root, version)
	}
}

// linkedFolder publishes elsewhere and links to it.
func linkedFolder(t *testing.T, c *modelCopy, root string, version int) {
	out := t.TempDir()
	c.publish(t, out, version)
	if err := os.Symlink(filepath.Join(out, swapModel, strconv.Itoa(version)), filepath.Join(root, swapModel, strconv.Itoa(version))); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, to, at string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// Networks.

// network replaces the model's. A liar of onnx/prove/testdata computes something else, by a law that it breaks.
func network(data func(*testing.T, *modelCopy) []byte) func(*testing.T, *modelCopy) {
	return func(t *testing.T, c *modelCopy) { c.files["model.onnx"] = data(t, c); c.seal() }
}

func liar(name string) func(*testing.T, *modelCopy) {
	return network(func(t *testing.T, c *modelCopy) []byte {
		c.manifest["architecture"] = nil
		return readFile(t, "../onnx/prove/testdata/"+name+".onnx")
	})
}

// file is a network of one graph, written field by field.
func file(opset byte, graph ...[]byte) func(*testing.T, *modelCopy) {
	return network(func(*testing.T, *modelCopy) []byte {
		return bytes.Join([][]byte{{1 << 3, 10}, field(8, field(1), []byte{2 << 3, opset}), field(7, graph...)}, nil)
	})
}

// field is a field of protobuf with a length, of what is given.
func field(number byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(body))), body...)
}

func words(number byte, s string) []byte { return field(number, []byte(s)) }

// spliced is the model's network with nodes before its first Relu, whose output gets the number that they
// make, "extra" [1], added.
func spliced(nodes func(t *testing.T, m *proto.Model) []*proto.Node) func(*testing.T, *modelCopy) {
	return network(func(t *testing.T, c *modelCopy) []byte {
		m, err := proto.Parse(c.files["model.onnx"], proto.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		g := m.Graph
		at := slices.IndexFunc(g.Nodes, func(n *proto.Node) bool { return n.Op == "Relu" })
		in, out := g.Nodes[at].In[0], g.Nodes[at].Out[0]
		fresh := append(nodes(t, m), made("Relu", "lean", in), made("Add", out, "lean", "extra"))
		g.Nodes = slices.Concat(g.Nodes[:at], fresh, g.Nodes[at+1:])
		return m.Bytes()
	})
}

func made(op, out string, in ...string) *proto.Node {
	return &proto.Node{Name: "made " + out, Op: op, In: in, Out: []string{out}}
}

// overflows ends the process: ONNX Runtime guards a division of integers against 0, not against a quotient
// that is no int64.
func overflows(_ *testing.T, m *proto.Model) []*proto.Node {
	m.Graph.Initializers = append(m.Graph.Initializers, proto.Int64Tensor("least", []int64{math.MinInt64}), proto.Int64Tensor("minus", []int64{-1}))
	cast := made("Cast", "float", "quotient")
	cast.Attrs = []*proto.Attr{{Name: "to", Int: 1}}
	return []*proto.Node{made("Shape", "size", "x"), made("Sub", "nothing", "size", "size"), made("Add", "divisor", "nothing", "minus"),
		made("Div", "quotient", "least", "divisor"), cast, made("ReduceSum", "extra", "float")}
}

// diagonal is an Einsum that is neither rewritten nor run.
func diagonal(*testing.T, *proto.Model) []*proto.Node {
	n := made("Einsum", "extra", "x")
	n.Attrs = []*proto.Attr{{Name: "equation", String: []byte("ii->i")}}
	return []*proto.Node{n}
}

// takesAll repeats the input ten million times: 2.9 GB for one atom.
func takesAll(_ *testing.T, m *proto.Model) []*proto.Node {
	m.Graph.Initializers = append(m.Graph.Initializers, proto.Int64Tensor("many", []int64{10_000_000, 1, 1, 1}), proto.Int64Tensor("one", []int64{1}))
	return []*proto.Node{made("Expand", "crowd", "x", "many"), made("ReduceSum", "sum", "crowd"), made("Reshape", "extra", "sum", "one")}
}

// neverEnds is the loop of endless.onnx, whose output is called w here.
func neverEnds(t *testing.T, m *proto.Model) []*proto.Node {
	data := bytes.Replace(readFile(t, "../onnx/testdata/endless.onnx"), words(2, "y"), words(2, "w"), 1)
	endless, err := proto.Parse(data, proto.Limits{})
	if err != nil || endless.Graph.Nodes[0].Out[0] != "w" {
		t.Fatal(err)
	}
	m.Graph.Initializers = append(m.Graph.Initializers, append(endless.Graph.Initializers, proto.Int64Tensor("one", []int64{1}))...)
	return []*proto.Node{endless.Graph.Nodes[0], made("ReduceSum", "sum", "w"), made("Reshape", "extra", "sum", "one")}
}

// taking is a network of the model's tensors but for x, the node features, which are float32 [B,n,72].
func taking(name string, dtype byte, sizes ...[]byte) func(*testing.T, *modelCopy) {
	return file(18, field(1, words(3, "flat"), words(4, "Flatten"), words(1, "adjacency"), words(2, "y")),
		port(11, name, dtype, sizes...), port(11, "adjacency", 1, symbol("B"), symbol("n"), symbol("n")), port(11, "atom_mask", 9, symbol("B"), symbol("n")),
		port(12, "y", 1, symbol("B"), symbol("m")))
}

// port is an input (11) or output (12) of a graph.
func port(number byte, name string, dtype byte, sizes ...[]byte) []byte {
	return field(number, words(1, name), field(2, field(1, []byte{1 << 3, dtype}, field(2, sizes...))))
}

func symbol(s string) []byte { return field(1, words(2, s)) }

func size(n byte) []byte { return field(1, []byte{1 << 3, n}) }

func lets(operator string, spoil func(*testing.T, *modelCopy)) func(*testing.T, *modelCopy) {
	return func(t *testing.T, c *modelCopy) {
		c.manifest["operators"] = []string{operator}
		spoil(t, c)
	}
}

// weight is an initializer of these sizes, float32, with data for one number.
func weight(dims ...[]byte) []byte { // float32, four bytes of data
	return field(5, append(dims, []byte{2 << 3, 1}, words(8, "w"), field(9, make([]byte, 4)))...)
}

// dim is a size of a tensor.
func dim(n uint64) []byte { return binary.AppendUvarint([]byte{1 << 3}, n) }

var refusals = []refusal{
	{name: "a corrupt file", spoil: func(_ *testing.T, c *modelCopy) { c.seal().files["model.onnx"][1000] ^= 1 }},
	{name: "a truncated file", spoil: func(_ *testing.T, c *modelCopy) { c.seal().files["model.onnx"] = c.files["model.onnx"][:1000] }},
	{name: "files that changed places", spoil: func(_ *testing.T, c *modelCopy) {
		c.seal()
		c.files["golden.json"], c.files["weights.safetensors"] = c.files["weights.safetensors"], c.files["golden.json"]
	}},
	{name: "a missing file", spoil: func(_ *testing.T, c *modelCopy) { c.seal(); delete(c.files, "golden.json") }},
	{name: "a path upwards", spoil: listed("../golden.json")},
	{name: "an absolute path", spoil: listed("/etc/passwd")},
	{name: "a path into a folder", spoil: listed("more/golden.json")},
	{name: "a path that comes back", spoil: listed("more/../golden.json")},
	{name: "a file that is a link", place: linked(func(t *testing.T, c *modelCopy, dir string) {
		out := filepath.Join(t.TempDir(), "golden.json")
		writeFile(t, out, c.files["golden.json"])
		delete(c.files, "golden.json")
		symlink(t, out, filepath.Join(dir, "golden.json"))
	})},
	{name: "a file that is a link within the folder", place: linked(func(t *testing.T, c *modelCopy, dir string) {
		writeFile(t, filepath.Join(dir, "real.json"), c.files["golden.json"])
		delete(c.files, "golden.json")
		symlink(t, "real.json", filepath.Join(dir, "golden.json"))
	})},
	{name: "a folder that is a link", place: linkedFolder},
	{name: "an unknown key", spoil: sealed(func(c *modelCopy) { c.manifest["colour"] = "red" })},
	{name: "another version's manifest", spoil: sealed(func(c *modelCopy) { c.manifest["version"] = "77" })},

	{name: "no network", spoil: network(func(*testing.T, *modelCopy) []byte { return []byte("not an ONNX file") })},
	{name: "external data", spoil: network(func(t *testing.T, _ *modelCopy) []byte { return readFile(t, "../onnx/testdata/external.onnx") })},
	{name: "a huge initializer", spoil: file(18, weight(dim(1<<30), dim(1<<20)))},
	{name: "a lying initializer", spoil: file(18, weight(dim(1000), dim(1000)))},
	{name: "another domain", spoil: file(18, field(1, words(3, "here"), words(4, "FusedMatMul"), words(7, "com.microsoft")))},
	{name: "an operator that is not known", spoil: file(18, field(1, words(3, "here"), words(4, "StringNormalizer")))},
	{name: "control flow that was not allowed", spoil: spliced(neverEnds)},
	{name: "a reduction of an old opset", spoil: file(16, field(1, words(3, "here"), words(4, "ScatterND"), field(5, words(1, "reduction"), words(4, "add"))))},
	{name: "a scatter that lost its reduction", spoil: file(18, field(1, words(3, "here"), words(4, "ScatterND"), words(1, "x"), words(1, "i"), words(1, "x")),
		port(11, "i", 7, symbol("E"), size(1)))},
	{name: "an Einsum that cannot be rewritten", spoil: spliced(diagonal)},

	{name: "a tensor of another name", spoil: taking("nodes_of_old", 1, symbol("B"), symbol("n"), size(72))},
	{name: "a tensor of another type", spoil: taking("x", 11, symbol("B"), symbol("n"), size(72))},
	{name: "a tensor of another rank", spoil: taking("x", 1, symbol("B"), size(72))},
	{name: "a size where the manifest has a symbol", spoil: taking("x", 1, size(3), symbol("n"), size(72))},
	{name: "one symbol for two sizes", spoil: taking("x", 1, symbol("B"), symbol("B"), size(72))},
	{name: "another width", spoil: taking("x", 1, symbol("B"), symbol("n"), size(71))},

	{name: "a wrong golden value", spoil: func(t *testing.T, c *modelCopy) { c.golden(t, func(v float64) float64 { return v + 0.01 }); c.seal() }},
	{name: "a wrong weight", spoil: sealed((*modelCopy).nudgeWeight)},
	{name: "a wrong transform", spoil: sealed(func(c *modelCopy) {
		c.manifest["outputs"].([]any)[0].(map[string]any)["transform"].(map[string]any)["scale"] = 7.0
	})},
	{name: "a broken symmetry", spoil: liar("first_atom")},
	{name: "a batch that leaks", spoil: liar("batch_mean")},
	{name: "padding that leaks", spoil: liar("mean_over_slots")},
	{name: "padding that is multiplied away", spoil: liar("multiplied_mask")},
	{name: "a lone atom that is infinite", spoil: liar("one_atom_is_infinite")},

	{name: "a network that ends the process", spoil: spliced(overflows)},
	{name: "a network that takes all memory", spoil: spliced(takesAll)},
	{name: "a network that never ends", spoil: lets("Loop", spliced(neverEnds))},
}

// said reads the table of refusals in docs/gate.md: what is wrong, what the refusal says.
func said(t *testing.T) map[string]string {
	t.Helper()
	rows := map[string]string{}
	_, section, ok := strings.Cut(string(readFile(t, "../docs/gate.md")), "## Every way to be refused")
	if !ok {
		t.Fatal("docs/gate.md has no such section")
	}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) == 2 && strings.HasPrefix(cells[1], "`") {
			rows[strings.TrimPrefix(cells[0], "| ")] = strings.Trim(cells[1], " |`")
		}
	}
	return rows
}

// Each kind of bad folder is dropped beside the version that serves, while requests go on: it is refused for
// the reason that the docs tell, and every request is answered.
func TestEveryWayToBeRefusedWhileTheServerAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("proves some twenty models")
	}
	proof := &serve.Proof{Child: child.Prover{Timeout: 20 * time.Second, Memory: 1 << 30}, Log: slog.New(slog.DiscardHandler)}
	s := startSwapServerWith(t, proof.Load)
	reasons := said(t)
	answered := keepAsking(t, s)
	for i, c := range refusals {
		version := i + 2
		m := copyModel(t, version)
		switch {
		case c.place != nil:
			c.place(t, m.seal(), s.root, version)
		default:
			c.spoil(t, m)
			m.publish(t, s.root, version)
		}
		reason, before := s.eventually(version, "refused"), answered.Load()
		want, ok := reasons[c.name]
		if delete(reasons, c.name); !ok || !strings.Contains(reason, want) || strings.Contains(reason, s.root) {
			t.Errorf("| %s | `%s` |\nis not what docs/gate.md says: %q", c.name, reason, want)
		}
		for answered.Load() == before { // no refusal has ended the server
			time.Sleep(time.Millisecond)
		}
	}
	for name := range reasons {
		t.Errorf("docs/gate.md has %q, which nothing tries", name)
	}
}

// keepAsking asks for predictions until the test ends; each must be version 1's.
func keepAsking(t *testing.T, s *swapServer) *atomic.Int64 {
	t.Helper()
	first := s.mustPredict()
	var answered atomic.Int64
	var group sync.WaitGroup
	stop := make(chan struct{})
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			a, err := s.predict()
			if err == nil {
				err = a.consistent(first)
			}
			if err != nil || a.Version != "1" {
				t.Errorf("version %s: %v", a.Version, err)
			}
			answered.Add(1)
		}
	})
	t.Cleanup(func() { close(stop); group.Wait() })
	return &answered
}
