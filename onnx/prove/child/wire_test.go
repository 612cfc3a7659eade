package child

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestAModelGoesOverThePipe(t *testing.T) {
	want := read(t, "esol-gcn")
	var pipe bytes.Buffer
	if err := send(&pipe, job{Level: 1, Memory: 7}, want); err != nil {
		t.Fatal(err)
	}
	whole := pipe.Bytes()
	j, err := receiveJob(&pipe)
	if err != nil || j.Level != 1 || j.Memory != 7 {
		t.Fatalf("%+v, %v", j, err)
	}
	got, err := receiveBundle(&pipe)
	if err != nil || got.SHA256() != want.SHA256() || got.Size() != want.Size() {
		t.Fatalf("%v, %v", got, err)
	}
	for _, at := range []int{3, 20, 200, len(whole) - 100, len(whole) - 1} {
		torn := bytes.Clone(whole)
		torn[at] ^= 1
		r := bytes.NewReader(torn)
		if _, err = receiveJob(r); err == nil {
			_, err = receiveBundle(r)
		}
		if err == nil {
			t.Errorf("byte %d of %d may be any", at, len(whole))
		}
	}
	r := bytes.NewReader(whole[:len(whole)-1])
	receiveJob(r)
	if _, err := receiveBundle(r); err == nil || !strings.Contains(err.Error(), "weights.safetensors: unexpected EOF") {
		t.Errorf("cut off: %v", err)
	}
}
