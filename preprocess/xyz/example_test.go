package xyz_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"molserve/preprocess/xyz"
)

func ExampleReader() {
	text := "2\nenergy=-1.5 Properties=species:S:1:pos:R:3\nO 0 0 0\nH 0 0 0.97\n" + "1\n\nQq 0 0 0\n" + "1\n\nHe 0 0 0\n"
	r := xyz.NewReader(strings.NewReader(text), xyz.Options{})
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(f.Line, f.Numbers, f.Positions)
	}
	// Output:
	// 1 [8 1] [[0 0 0] [0 0 0.97]]
	// bad_element: no element is called "Qq"
	// 8 [2] [[0 0 0]]
}

func ExampleWriter() {
	f, err := xyz.ParseAtoms([]byte(`{"numbers": [8, 1], "positions": [[0, 0, 0], [0, 0, 0.97]]}`))
	if err != nil {
		panic(err)
	}
	f.Info = append(f.Info, xyz.Named{Name: "energy", Array: xyz.Of(-1.5)})
	f.Columns = append(f.Columns, xyz.Named{Name: "forces", Array: xyz.Floats([]float64{0, 0, 1, 0, 0, -1}, 2, 3)})
	w := xyz.NewWriter(os.Stdout)
	if err := w.Write(f); err != nil {
		panic(err)
	}
	w.Flush()
	// Output:
	// 2
	// Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 pbc="F F F"
	// O 0.0 0.0 0.0 0.0 0.0 1.0
	// H 0.0 0.0 0.97 0.0 0.0 -1.0
}
