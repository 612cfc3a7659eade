package reference_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"molserve/reference"
)

// file puts a header before a body.
func file(header string, body ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), body...)
}

func TestReadSafetensorsReadsEveryType(t *testing.T) {
	body := binary.LittleEndian.AppendUint32(nil, math.Float32bits(-1.5))
	body = binary.LittleEndian.AppendUint64(body, math.Float64bits(0.1))
	body = binary.LittleEndian.AppendUint64(body, uint64(1<<53))
	const header = `{"__metadata__":{"format":"pt"},"n":{"dtype":"I64","shape":[],"data_offsets":[12,20]},` +
		`"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},` +
		`"b":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}  `
	got, err := reference.ReadSafetensors(file(header, body...))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got["a"].Data[0] != -1.5 || got["b"].Data[0] != 0.1 || got["n"].Data[0] != 1<<53 || len(got["none"].Data) != 0 {
		t.Errorf("read %v", got)
	}
}

func TestReadSafetensorsRefuses(t *testing.T) {
	const a = `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	nan := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN())))
	big := binary.LittleEndian.AppendUint64(nil, 1<<53+1)
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"no length", "fewer than the 8", []byte{1, 2}},
		{"a header longer than the file", "more than the file", binary.LittleEndian.AppendUint64(nil, 1)},
		{"an absurd length", "more than the file or the limit", binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
		{"no object", "not a JSON object", file(`[]`)},
		{"half an object", "", file(`{"a":`)},
		{"two documents", "follows", file(`{} {}`)},
		{"a name twice", "stands twice", file(`{`+a+`,`+a+`}`, 0, 0, 0, 0)},
		{"an unknown type", "F16", file(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
		{"an unknown key", "unknown field", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 0, 0, 0, 0)},
		{"no shape", "missing", file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 0, 0, 0, 0)},
		{"null for a tensor", "", file(`{"a":null}`)},
		{"a shape that overflows", "too large", file(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`)},
		{"a negative size", "negative", file(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 0, 0, 0, 0)},
		{"offsets that run backwards", "do not hold", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 0, 0, 0, 0)},
		{"offsets past the end", "cover 4 bytes", file(`{` + a + `}`)},
		{"an overlap", "gap or an overlap", file(`{`+a+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, make([]byte, 6)...)},
		{"a gap", "gap or an overlap", file(`{`+a+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}`, make([]byte, 9)...)},
		{"bytes left over", "holds 5", file(`{`+a+`}`, make([]byte, 5)...)},
		{"not a number", "not finite", file(`{`+a+`}`, nan...)},
		{"an integer past 2^53", "no float64 holds", file(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, big...)},
	} {
		_, err := reference.ReadSafetensors(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzReadSafetensors(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0, 0))
	f.Add(file(`{"__metadata__":{}}`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := reference.ReadSafetensors(data)
		if err != nil {
			return
		}
		numbers := 0
		for _, x := range tensors {
			numbers += len(x.Data)
		}
		if numbers > len(data)/4 {
			t.Errorf("%d numbers out of %d bytes", numbers, len(data))
		}
	})
}
