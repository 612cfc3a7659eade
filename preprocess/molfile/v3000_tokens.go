package molfile

import "strings"

// tokens splits a line at blanks outside quotes and parentheses. A quoted token loses its quotes; two
// quotes in a row do not end it.
func tokens(line string) []string {
	var list []string
	quoted, depth, start := false, 0, 0
	at := 0
	for ; at < len(line); at++ {
		switch c := line[at]; {
		case (c == ' ' || c == '\t') && start == at:
			start++
		case (c == ' ' || c == '\t') && !quoted && depth == 0:
			list = append(list, line[start:at])
			start = at + 1
		case c == ')' && depth > 0:
			depth--
		case c == '(' && !quoted:
			depth++
		case c != '"' || depth > 0:
		case strings.HasPrefix(line[at+1:], `"`):
			at++
		case quoted:
			list = append(list, line[min(start+1, at):at])
			start, quoted = at+1, false
		default:
			quoted = true
		}
	}
	if start < len(line) {
		list = append(list, line[start:])
	}
	return list
}

// assignment splits KEY=value; there must be one = only.
func assignment(token string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(token, "=")
	return upper(key), value, ok && !strings.Contains(value, "=")
}
