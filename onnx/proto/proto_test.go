package proto_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"molserve/onnx/proto"
)

func field(number protowire.Number, body ...byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), body)
}

// Fields that nobody knows yet stay, in every message.
func TestUnknownFieldsAreKept(t *testing.T) {
	unknown := field(1000, 'k', 'e', 'p', 't')
	node := field(1, append(field(4, []byte("Relu")...), unknown...)...)
	weight := field(5, append(field(8, 'w'), unknown...)...)
	graph := bytes.Join([][]byte{node, weight, field(2, 'g'), unknown}, nil)
	data := bytes.Join([][]byte{field(2, []byte("producer")...), field(7, graph...), unknown}, nil)
	m, err := proto.Parse(data, proto.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	written := m.Bytes()
	if len(written) != len(data) || bytes.Count(written, unknown) != 4 || !bytes.Contains(written, node) || !bytes.Contains(written, weight) {
		t.Errorf("wrote %q of %q", written, data)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	files, err := filepath.Glob("../rewrite/testdata/*.onnx")
	if err != nil || len(files) == 0 {
		t.Fatal("no networks", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := proto.Parse(data, proto.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := proto.Parse(m.Bytes(), proto.Limits{})
		if err != nil || len(m.Bytes()) != len(data) || !bytes.Equal(again.Bytes(), m.Bytes()) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(m.Bytes()), len(data), err)
		}
	}
}

func TestLimitsHold(t *testing.T) {
	many := field(7, bytes.Repeat(field(1), 100)...)
	if _, err := proto.Parse(many, proto.Limits{Items: 50}); err == nil {
		t.Error("101 things were kept where 50 are allowed")
	}
	if _, err := proto.Parse(many, proto.Limits{}); err != nil {
		t.Error(err)
	}
}

func TestProductsDoNotOverflow(t *testing.T) {
	for _, c := range []struct {
		dims []int64
		want int64
		ok   bool
	}{
		{nil, 1, true}, {[]int64{2, 3}, 6, true}, {[]int64{0, 5}, 0, true}, {[]int64{-1}, 0, false}, {[]int64{0, -1}, 0, false},
		{[]int64{math.MaxInt64, 1}, math.MaxInt64, true}, {[]int64{math.MaxInt64, 2}, 0, false}, {[]int64{1 << 32, 1 << 32}, 0, false},
	} {
		if n, ok := proto.Product(c.dims); ok != c.ok || ok && n != c.want {
			t.Errorf("%v: %d, %v", c.dims, n, ok)
		}
	}
}

func TestTheSmallestFileIsOne(t *testing.T) {
	m, err := proto.Parse(proto.Smallest(), proto.Limits{})
	if err != nil || len(m.Graph.Nodes) != 1 || m.Graph.Nodes[0].Op != "Add" || m.Opset() != 18 {
		t.Errorf("%+v, %v", m, err)
	}
}
