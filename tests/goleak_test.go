package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// starters are methods and functions that start a goroutine, beside the statement.
var starters = []string{"Go", "AfterFunc"}

// guards are calls that fail the tests of a package when a goroutine is left.
var guards = []string{"goleak.VerifyTestMain", "onnxtest.Main"}

// A goroutine that nobody waits for is found by the tests of the package that starts it, in its code or in them.
func TestPackagesThatStartGoroutinesLookForThoseThatAreLeft(t *testing.T) {
	starts := 0
	for _, p := range packages(t) {
		began, guarded := false, false
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				_, statement := n.(*ast.GoStmt)
				of, name := called(n)
				began = began || statement || of != "" && slices.Contains(starters, name)
				guarded = guarded || slices.Contains(guards, of+"."+name)
				return true
			})
		}
		if began {
			starts++
		}
		if began && !guarded {
			t.Errorf("%s starts goroutines; its TestMain needs goleak.VerifyTestMain", p.ImportPath)
		}
	}
	if starts < 10 {
		t.Errorf("%d packages start goroutines", starts)
	}
}

// called are the parts of a call such as group.Go(…): the last name before the dot, and the one behind it.
func called(n ast.Node) (of, name string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", ""
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	of = "value"
	if x, ok := selector.X.(*ast.Ident); ok {
		of = x.Name
	}
	return of, selector.Sel.Name
}
