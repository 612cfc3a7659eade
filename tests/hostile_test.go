package tests

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"molserve/preprocess"
	"molserve/preprocess/graph"
	"molserve/preprocess/molecule"
)

var hostileSpec = &preprocess.Spec{Featurizer: "chemprop_v2", MaxAtoms: 1000}

// answer builds one record and checks that it is either a graph or a refusal with a code.
func answer(t *testing.T, text string) (*graph.Graph, time.Duration) {
	t.Helper()
	start := time.Now()
	g, err := preprocess.Build(preprocess.Record{Kind: preprocess.SMILES, Text: text}, hostileSpec)
	spent := time.Since(start)
	var refusal *molecule.Error
	switch {
	case err == nil && g.N == 0:
		t.Fatalf("%.60q gives a graph without atoms", text)
	case err != nil && !errors.As(err, &refusal):
		t.Fatalf("%.60q: %v is no refusal", text, err)
	case err != nil && (refusal.Code == "" || refusal.Offset < -1 || refusal.Offset > len(text)):
		t.Fatalf("%.60q of %d bytes: code %q, offset %d", text, len(text), refusal.Code, refusal.Offset)
	}
	return g, spent
}

// A million strings: half of any bytes, half of the characters of SMILES, which get further.
func TestAMillionRandomStringsAreAnsweredOrRefused(t *testing.T) {
	const alphabet = "CNOPSFIclnosp()[]=#$:/\\@+-.%0123456789HBr*~>"
	rng := rand.New(rand.NewPCG(1, 2))
	var slowest time.Duration
	read := 0
	for i := range 1_000_000 {
		text := make([]byte, 1+rng.IntN(40))
		for j := range text {
			if text[j] = byte(rng.Uint32()); i%2 == 0 {
				text[j] = alphabet[rng.IntN(len(alphabet))]
			}
		}
		g, spent := answer(t, string(text))
		slowest = max(slowest, spent)
		if g != nil {
			read++
		}
	}
	t.Logf("%d were molecules; the slowest took %v", read, slowest)
}

func TestBombsAreRefusedOrAnswered(t *testing.T) {
	const million = 1_000_000
	rings := new(strings.Builder)
	for i := range 1000 {
		rings.WriteString("C%(" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)) + ")")
	}
	bombs := map[string]string{
		"branches":          strings.Repeat("(", million),
		"branches in limit": strings.Repeat("C(", 49_000),
		"closed branches":   strings.Repeat("C(", 900) + "C" + strings.Repeat(")", 900),
		"atoms":             strings.Repeat("C", million),
		"atoms in limit":    strings.Repeat("C", 1000),
		"brackets":          strings.Repeat("[", million),
		"bracket in limit":  strings.Repeat("[", 99_999),
		"bracket digits":    "[" + strings.Repeat("9", 99_000) + "C]",
		"hydrogens":         "[CH" + strings.Repeat("9", 99_000) + "]",
		"charges":           "[C" + strings.Repeat("+", 99_000) + "]",
		"ring digits":       "C" + strings.Repeat("1", million),
		"ring digits twice": "C" + strings.Repeat("1", 99_000),
		"open rings":        strings.Repeat("C%99", 20_000),
		"thousand rings":    rings.String() + rings.String(),
		"fragments":         strings.Repeat("C.", 499) + "C",
		"bonds":             strings.Repeat("=", million),
		"dots":              strings.Repeat(".", 99_999),
		"polyacene":         "c1ccc2" + strings.Repeat("cc3ccc2", 0) + "ccccc2c1",
		"aromatic chain":    strings.Repeat("c", 1000),
		"ladder":            ladder(450),
		"aromatic ladder":   strings.ToLower(ladder(450)),
		"chiral chain":      strings.Repeat("[C@H](O)", 490) + "C",
		"double bonds":      strings.Repeat(`C/C=C/`, 300) + "C",
		"nul":               "C\x00C",
		"not UTF-8":         "C\xff\xfe",
		"line break":        "C\nC",
		"nothing":           "",
	}
	for name, text := range bombs {
		t.Run(name, func(t *testing.T) {
			before := new(runtime.MemStats)
			runtime.ReadMemStats(before)
			_, spent := answer(t, text)
			after := new(runtime.MemStats)
			runtime.ReadMemStats(after)
			t.Logf("%d bytes: %v", len(text), spent)
			// Rings of a thousand atoms need their lists; a gigabyte would mean a list of lists of them.
			if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
				t.Errorf("allocated %d MiB", used>>20)
			}
		})
	}
}

// ladder is n rungs of fused four-membered rings: C1CC2CCC2…, as one closure a rung.
func ladder(n int) string {
	var b strings.Builder
	b.WriteString("C1C2")
	for i := range n {
		if i%2 == 0 {
			b.WriteString("C1C1")
		} else {
			b.WriteString("C2C2")
		}
	}
	return b.String() + "C1C2"
}
