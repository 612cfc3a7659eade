package rewrite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// equation is that of an Einsum: the labels of the axes of each operand and of the result.
type equation struct {
	operands []string
	out      string
}

// parseEquation reads "ij,jk->ik". Without an arrow the result has the labels that stand once, in the
// order of the alphabet.
func parseEquation(text string, operands int) (equation, error) {
	text = strings.ReplaceAll(text, " ", "")
	in, out, explicit := strings.Cut(text, "->")
	q := equation{operands: strings.Split(in, ","), out: out}
	if strings.Contains(text, ".") {
		return q, errors.New("has an ellipsis")
	}
	if len(q.operands) != operands {
		return q, fmt.Errorf("is of %d operands, and the node has %d", len(q.operands), operands)
	}
	for _, labels := range append(slices.Clone(q.operands), out) {
		for i, l := range labels {
			if !(l >= 'a' && l <= 'z' || l >= 'A' && l <= 'Z') {
				return q, fmt.Errorf("has the label %q", l)
			}
			if strings.ContainsRune(labels[:i], l) {
				return q, fmt.Errorf("has %q twice in %q: a diagonal", l, labels)
			}
		}
	}
	if !explicit {
		q.out = once(in)
	}
	for _, l := range q.out {
		if !strings.ContainsRune(in, l) {
			return q, fmt.Errorf("has %q in the result alone", l)
		}
	}
	return q, nil
}

// once returns the letters that stand once, sorted.
func once(in string) string {
	var out []rune
	for _, l := range in {
		if l != ',' && strings.Count(in, string(l)) == 1 {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return string(out)
}

// both returns the labels of a that are in b, without those not in b.
func both(a, b string) string {
	return keep(a, func(l rune) bool { return strings.ContainsRune(b, l) })
}

// without returns the labels of a that are not in b.
func without(a, b string) string {
	return keep(a, func(l rune) bool { return !strings.ContainsRune(b, l) })
}

func keep(labels string, f func(rune) bool) string {
	return strings.Map(func(l rune) rune {
		if f(l) {
			return l
		}
		return -1
	}, labels)
}
