package featurize_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"molserve/preprocess/featurize"
	"molserve/preprocess/graph"
	"molserve/preprocess/smiles"
)

// TestFeaturizeDriver answers the SMILES on standard input, one a line, with the digest of each featurizer's rows on standard
// output ("": refused), for tests/parity/chemistry.py, which names the featurizers in FEATURIZE_DRIVER.
func TestFeaturizeDriver(t *testing.T) {
	if os.Getenv("FEATURIZE_DRIVER") == "" {
		t.Skip("set FEATURIZE_DRIVER to answer SMILES on standard input")
	}
	buffered := bufio.NewWriter(os.Stdout)
	out, in := json.NewEncoder(buffered), bufio.NewScanner(os.Stdin)
	for in.Buffer(nil, 1<<20); in.Scan(); {
		if err := out.Encode(digests(t, in.Text())); err != nil {
			t.Fatal(err)
		}
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
}

// digests holds the digest of each featurizer in FEATURIZE_DRIVER; none where the SMILES is refused.
func digests(t *testing.T, text string) []string {
	found := []string{}
	m, err := smiles.Parse(text, smiles.Options{})
	if err != nil {
		return found
	}
	for _, name := range strings.Split(os.Getenv("FEATURIZE_DRIVER"), ",") {
		f, err := featurize.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		digest := ""
		if g, err := f.Graph(m); err == nil {
			digest = graphDigest(g)
		}
		found = append(found, digest)
	}
	return found
}

// graphDigest is over rows, columns and float32 values of atoms, edges by source and target, rows of edges, little-endian.
func graphDigest(g *graph.Graph) string {
	var b []byte
	b = appendRows(b, g.N, g.NodeWidth, g.NodeFeatures)
	for _, ends := range [][]int32{g.Src, g.Dst} {
		for _, i := range ends {
			b = binary.LittleEndian.AppendUint32(b, uint32(i))
		}
	}
	b = appendRows(b, g.E, g.EdgeWidth, g.EdgeFeatures)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func appendRows(b []byte, rows, columns int, values []float32) []byte {
	if len(values) == 0 {
		rows, columns = 0, 0
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(rows))
	b = binary.LittleEndian.AppendUint32(b, uint32(columns))
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v+0)) // no negative zero
	}
	return b
}
