package scan

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var two = []int64{2}

func TestScanRefuses(t *testing.T) {
	x := input("x", -1, 4)
	index := value(11, "index", "E", -1, 1)
	good := node("Relu", []string{"x"})
	nested := []byte(nil)
	for range 9 {
		nested = node("If", []string{"x"}, attrGraph("then_branch", nested))
	}
	for name, c := range map[string]struct {
		data []byte
		o    Options
		want []string
	}{
		"no protobuf":          {data: []byte("PK\x03\x04 not a network"), want: []string{"is not an ONNX file"}},
		"nothing":              {data: nil, want: []string{"is not an ONNX file"}},
		"cut off":              {data: file(18, x, good)[:30], want: []string{"is not an ONNX file"}},
		"groups":               {data: append(file(18, x, good), 1<<3|3, 1<<3|4), want: []string{"is not an ONNX file"}},
		"two graphs":           {data: append(file(18, x, good), message(7, good)...), want: []string{"is not an ONNX file"}},
		"two tensors":          {data: file(18, node("Constant", nil, message(5, text(1, "value"), ints("", two, 1, 2), ints("", two, 1, 2)))), want: []string{"is not an ONNX file"}},
		"a large file":         {data: file(18, x, good), o: Options{MaxBytes: 10}, want: []string{"at most 10 are taken"}},
		"many nodes":           {data: file(18, x, bytes.Repeat(good, 4)), o: Options{MaxNodes: 3}, want: []string{"more than 3 nodes"}},
		"deep":                 {data: file(18, nested), o: Options{Operators: []string{"If"}}, want: []string{"nests graphs deeper than 8"}},
		"old IR":               {data: append(varint(1, 10), bytes.Replace(file(18, x, good), varint(1, 10), varint(1, 2), 1)...), want: []string{"has IR version 2"}},
		"new IR":               {data: bytes.Replace(file(18, x, good), varint(1, 10), varint(1, 99), 1), want: []string{"has IR version 99"}},
		"no opset":             {data: append(varint(1, 10), message(7, x, good)...), want: []string{"has opset 0"}},
		"two opsets":           {data: append(file(18, x, good), message(8, text(1, "ai.onnx"), varint(2, 11))...), want: []string{"two opsets of ONNX, 18 and 11"}},
		"new opset":            {data: file(99, x, good), want: []string{"has opset 99", "export with opset 18"}},
		"function":             {data: append(file(18, x, good), message(25, text(1, "f"), text(10, "mine"))...), want: []string{`local function "f" of domain "mine"`, "onnx.inliner"}},
		"training":             {data: append(file(18, x, good), message(20, nil)...), want: []string{"training information"}},
		"domain":               {data: file(18, x, node("FusedMatMul", []string{"x"}, text(7, "com.microsoft"))), want: []string{`node "here" (FusedMatMul): is of domain "com.microsoft"`, "without offline optimisation"}},
		"unknown operator":     {data: file(18, x, node("StringNormalizer", []string{"x"})), want: []string{`node "here" (StringNormalizer): is no operator that is run here; docs/onnx.md`}},
		"a sequence":           {data: file(18, x, node("SequenceEmpty", []string{"x"})), want: []string{"without lists of tensors"}},
		"control flow":         {data: file(18, x, node("Loop", []string{"x"})), want: []string{`(Loop): is run only if the manifest names it; add "Loop" to "operators"`}},
		"random":               {data: file(18, x, node("RandomUniformLike", []string{"x"})), want: []string{`add "RandomUniformLike"`}},
		"hidden within":        {data: file(18, x, node("If", []string{"x"}, attrGraph("then_branch", node("Evil", nil)))), o: Options{Operators: []string{"If"}}, want: []string{"(Evil)"}},
		"graph in Relu":        {data: file(18, x, node("Relu", []string{"x"}, attrGraph("body", nil))), want: []string{"has a graph within"}},
		"Einsum":               {data: file(18, x, node("Einsum", []string{"x"})), want: []string{"(Einsum): ONNX Runtime can end the process"}},
		"GRU":                  {data: file(18, value(11, "x", "E", 1, -1, 4), node("GRU", []string{"x"})), o: Options{NeverEmpty: map[string][]bool{"x": {true, false}}}, want: []string{"(GRU): its batch may be empty", "torch.nn.GRUCell"}},
		"GRU of E as N":        {data: file(18, value(11, "e", "N", -1), input("x", 1, -1, 4), node("GRU", []string{"x"})), o: Options{NeverEmpty: map[string][]bool{"x": {false, true}}}, want: []string{"(GRU): its batch may be empty"}},
		"LSTM":                 {data: file(18, node("LSTM", []string{"unknown"})), want: []string{"(LSTM): its batch may be empty"}},
		"reduction of old":     {data: file(16, x, index, node("ScatterND", []string{"x", "index", "x"}, attrText("reduction", "add"))), want: []string{`has reduction "add" in opset 16`}},
		"lost reduction":       {data: file(18, x, index, made("i", "Expand", []string{"index", "s"}), node("ScatterElements", []string{"x", "i", "x"})), want: []string{"(ScatterElements): has no reduction", `come from "index"`, "index_add"}},
		"constant twice":       {data: file(18, x, ints("i", []int64{2, 1}, 3, 3), node("ScatterND", []string{"x", "i", "x"})), want: []string{"writes a place twice"}},
		"counted from behind":  {data: file(18, input("d", 4), ints("i", []int64{2, 1}, 3, -1), node("ScatterND", []string{"d", "i", "x"})), want: []string{"writes a place twice"}},
		"elements from behind": {data: file(18, input("d", 4), ints("i", []int64{2}, -4, 0), node("ScatterElements", []string{"d", "i", "x"})), want: []string{"writes a place twice"}},
		"many indices":         {data: file(18, x, tensor("i", 7, []int64{maxIndices, 1}, message(9, make([]byte, 8*maxIndices))), node("ScatterND", []string{"x", "i", "x"}), node("ScatterND", []string{"x", "i", "x"})), want: []string{"more than 1048576 of them to compare"}},
		"a shape that is none": {data: file(18, ints("s", []int64{40}, make([]int64, 40)...), node("ConstantOfShape", []string{"s"})), want: []string{"fills 40 dimensions"}},
		"elements twice":       {data: file(18, x, ints("i", []int64{2, 2}, 0, 1, 0, 0), node("ScatterElements", []string{"x", "i", "x"})), want: []string{"writes a place twice"}},
		"huge fill":            {data: file(18, ints("s", two, 1<<30, 1<<30), node("ConstantOfShape", []string{"s"})), want: []string{"fills [1073741824 1073741824] elements"}},
		"huge initializer":     {data: file(18, x, good, tensor("w", 1, []int64{1 << 30, 1 << 20})), want: []string{`initializer "w": declares`, "at most 1073741824 bytes"}},
		"lying":                {data: file(18, x, good, ints("w", []int64{1000, 1000}, 1)), want: []string{`initializer "w": declares [1000 1000], 1000000 elements of 8 bytes, and has 8 bytes`}},
		"lying when empty":     {data: file(18, x, good, ints("w", []int64{0}, 1)), want: []string{"declares [0]"}},
		"part of a number":     {data: file(18, x, good, tensor("w", 1, two, message(9, make([]byte, 7)))), want: []string{"declares [2]"}},
		"overflow":             {data: file(18, x, good, tensor("w", 1, []int64{1 << 32, 1 << 32})), want: []string{"whose product is no size"}},
		"beside nothing":       {data: file(18, x, good, tensor("w", 1, []int64{0, 1 << 60, 1 << 60})), want: []string{"whose product is no size"}},
		"negative":             {data: file(18, x, good, tensor("w", 1, []int64{-1})), want: []string{"has dimensions [-1]"}},
		"many dimensions":      {data: file(18, x, good, tensor("w", 1, make([]int64, 40))), want: []string{"more than 32 dimensions"}},
		"text":                 {data: file(18, x, good, tensor("w", 8, two)), want: []string{"elements of type 8"}},
		"segment":              {data: file(18, x, good, tensor("w", 1, two, message(3, nil))), want: []string{"is a segment"}},
		"external":             {data: file(18, x, node("Constant", nil, message(5, text(1, "value"), tensor("", 1, two, varint(14, 1))))), want: []string{`node "here" (Constant): its data is in another file`}},
		"sparse":               {data: file(18, x, good, message(15, nil)), want: []string{"1 sparse initializers"}},
		"sparse constant":      {data: file(18, x, node("Constant", nil, message(5, text(1, "sparse_value"), message(22, nil)))), want: []string{"has a sparse tensor"}},
		"a function's":         {data: file(18, x, node("Relu", []string{"x"}, message(5, text(1, "a"), text(21, "b")))), want: []string{`attribute "a" is that of a function`}},
	} {
		_, err := Scan(c.data, c.o)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
	}
}

func TestScanTakes(t *testing.T) {
	x := input("x", -1, 4)
	index := value(11, "index", "E", -1, 1)
	for name, c := range map[string]struct {
		data []byte
		o    Options
	}{
		"scatter of constants":    {data: file(18, x, ints("i", []int64{2, 1}, 3, 1), node("ScatterND", []string{"x", "i", "x"}))},
		"columns of a scatter":    {data: file(18, x, ints("i", []int64{2, 2}, 0, 1, 1, 0), node("ScatterElements", []string{"x", "i", "x"}))},
		"counted from behind":     {data: file(18, input("d", 4), ints("i", []int64{2, 1}, 2, -1), node("ScatterND", []string{"d", "i", "x"}))},
		"scatter over a range":    {data: file(18, x, made("i", "Range", []string{"a", "x", "b"}), node("ScatterND", []string{"x", "i", "x"}))},
		"scatter of one number":   {data: file(18, x, index, made("z", "ConstantOfShape", []string{"s"}), node("ScatterElements", []string{"x", "index", "z"}))},
		"scatter with reduction":  {data: file(18, x, index, node("ScatterND", []string{"x", "index", "x"}, attrText("reduction", "add")))},
		"declared control flow":   {data: file(18, x, node("If", []string{"x"}, attrGraph("then_branch", node("Relu", []string{"x"})))), o: Options{Operators: []string{"If"}}},
		"Einsum to be rewritten":  {data: file(18, x, node("Einsum", []string{"x"})), o: Options{Einsum: true}},
		"GRU of atoms":            {data: file(18, input("x", 1, -1, 4), node("GRU", []string{"x"})), o: Options{NeverEmpty: map[string][]bool{"x": {false, true}}}},
		"GRU of a fixed batch":    {data: file(18, input("x", -1, 2, 4), node("GRU", []string{"x"}))},
		"the name of ONNX itself": {data: file(18, x, node("Relu", []string{"x"}, text(7, "ai.onnx")))},
		"no elements":             {data: file(18, x, tensor("w", 1, []int64{0, 5}))},
	} {
		if _, err := Scan(c.data, c.o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScanReportsAllFaultsAtOnce(t *testing.T) {
	data := file(99, input("x", -1, 4), node("Evil", nil), node("Loop", nil), tensor("w", 8, two))
	_, err := Scan(data, Options{})
	faults, ok := err.(Faults)
	if !ok || len(faults) != 4 {
		t.Fatalf("got %v", err)
	}
	many := bytes.Repeat(node("Evil", nil), 100)
	if _, err := Scan(file(18, many), Options{}); !strings.HasSuffix(err.Error(), "and 36 more") {
		t.Errorf("a hundred faults are listed as %v", err)
	}
}

func TestShippedNetworksAreTaken(t *testing.T) {
	shipped, err := filepath.Glob("../../exported_models/*/*/model.onnx")
	if err != nil || len(shipped) == 0 {
		t.Fatal("no networks", err)
	}
	for _, path := range shipped {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Scan(data, Options{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzScan(f *testing.F) {
	files, _ := filepath.Glob("../testdata/*.onnx")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(file(18, input("x", -1, 4), ints("i", []int64{2, 1}, 3, 1), node("ScatterND", []string{"x", "i", "x"})))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Scan(data, Options{Operators: Declared(), Einsum: true})
		if err == nil && External(data) != nil {
			t.Error("a tensor outside the file was taken")
		}
		if m == nil {
			return
		}
		again, _ := Scan(m.Bytes(), Options{Operators: Declared(), Einsum: true})
		if again == nil || len(again.Graph.Nodes) != len(m.Graph.Nodes) || len(again.Graph.Initializers) != len(m.Graph.Initializers) {
			t.Error("what is written is not what was read")
		}
	})
}
