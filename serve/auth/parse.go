package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The most that a file of clients may hold. Every request is compared with all of them.
const (
	maxFile    = 1 << 20
	maxClients = 1000
	maxFaults  = 100
)

// Set is the clients of a file, in its order.
type Set struct{ Clients []*Client }

// Fault is one thing wrong with a file of clients. It never repeats what may be a secret.
type Fault struct {
	Line    int // from 1; 0: the whole file
	Message string
}

// Faults is everything that is wrong, in the order of the file.
type Faults []Fault

// Error lists every fault, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		if lines[i] = fault.Message; fault.Line > 0 {
			lines[i] = fmt.Sprintf("line %d: %s", fault.Line, fault.Message)
		}
	}
	return strings.Join(lines, "\n")
}

// Parse reads a file of clients: a line a client, its name and KEY=VALUE words; blank lines and those that
// begin with # are none. The error is Faults.
func Parse(data []byte) (*Set, error) {
	p := &parser{set: &Set{}}
	switch {
	case len(data) > maxFile:
		p.fail("the file has more than %d bytes", maxFile)
	case !utf8.Valid(data):
		p.fail("the file is not UTF-8")
	default:
		p.lines(string(data))
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return p.set, nil
}

type parser struct {
	set    *Set
	line   int
	faults Faults
}

func (p *parser) fail(format string, args ...any) {
	if len(p.faults) < maxFaults {
		p.faults = append(p.faults, Fault{p.line, fmt.Sprintf(format, args...)})
	}
}

func (p *parser) lines(text string) {
	for line := range strings.Lines(text) {
		p.line++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
			p.fail("has a control character")
			continue
		}
		if len(p.set.Clients) == maxClients {
			p.fail("is the client after the %dth, and no more are read", maxClients)
			return
		}
		p.client(strings.Fields(line))
	}
	p.line = 0
	if len(p.set.Clients) == 0 && len(p.faults) == 0 {
		p.fail("no client is named: nobody could use the server; molserve token new makes an entry")
	}
}

var (
	namePattern        = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	certificatePattern = regexp.MustCompile(`^[!-~]{1,256}$`)
	keyPattern         = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
)

// client reads the words of a line.
func (p *parser) client(words []string) {
	c := &Client{Name: words[0], Usage: &Usage{}, line: p.line}
	switch {
	case strings.HasPrefix(c.Name, tokenPrefix):
		p.fail("begins with a token; the name comes first, and of the token only its hash: sha256=…")
	case !namePattern.MatchString(c.Name):
		p.fail("the name is not %s", namePattern)
	}
	v := map[string]string{}
	for k, word := range words[1:] {
		key, value, ok := strings.Cut(word, "=")
		switch _, again := v[key]; {
		case !ok || !keyPattern.MatchString(key):
			p.fail("word %d is not KEY=VALUE", k+2)
			continue
		case !slices.Contains(keys, key):
			p.fail("unknown key %s; there are %s", key, strings.Join(keys, ", "))
		case again:
			p.fail("%s stands twice", key)
		}
		v[key] = value
	}
	p.identity(c, v)
	c.Roles, c.Models = p.roles(v), p.models(v)
	p.rates(c, v)
	p.expiry(c, v)
	p.set.Clients = append(p.set.Clients, c)
}

var keys = []string{"sha256", "certificate", "roles", "models", "molecules_per_second", "atoms_per_second", "burst", "expires"}

// identity reads how a client is known, and wants it known by that alone.
func (p *parser) identity(c *Client, v map[string]string) {
	sum, token := v["sha256"]
	name, certificate := v["certificate"]
	switch {
	case token == certificate:
		p.fail("needs either sha256=, of a token, or certificate=, a name in a client certificate")
	case token:
		b, err := hex.DecodeString(sum)
		if err != nil || len(b) != sha256.Size {
			p.fail("sha256 is not 64 hexadecimal digits; printf %%s TOKEN | sha256sum gives them")
		}
		copy(c.hash[:], b)
	case !certificatePattern.MatchString(name):
		p.fail("certificate is not a name of up to 256 printable ASCII characters, or *")
	default:
		c.Certificate = name
	}
	for _, other := range p.set.Clients {
		switch {
		case other.Name == c.Name:
			p.fail("the name stands on line %d too", other.line)
		case token && other.Certificate == "" && other.hash == c.hash:
			p.fail("the token is that of line %d", other.line)
		case c.Certificate != "" && other.Certificate == c.Certificate:
			p.fail("the certificate is that of line %d", other.line)
		}
	}
}

func (p *parser) roles(v map[string]string) (r Role) {
	if _, ok := v["roles"]; !ok {
		p.fail("needs roles=, of %s", strings.Join(roleNames, ", "))
		return 0
	}
	for word := range strings.SplitSeq(v["roles"], ",") {
		k := slices.Index(roleNames, word)
		if k < 0 {
			p.fail("roles has %.32q; there are %s", word, strings.Join(roleNames, ", "))
			continue
		}
		r |= 1 << k
	}
	return r
}

func (p *parser) models(v map[string]string) []string {
	if _, ok := v["models"]; !ok {
		return nil
	}
	names := strings.Split(v["models"], ",")
	for _, name := range names {
		if !namePattern.MatchString(name) {
			p.fail("models has %.64q, which is no model's name", name)
		}
	}
	return names
}

// Bounds of settings: of a rate, so that no debt outlasts a century; of a burst.
const (
	leastRate    = 1e-3
	mostRate     = 1e12
	defaultBurst = 10 * time.Second
	mostBurst    = 24 * time.Hour
)

func (p *parser) rates(c *Client, v map[string]string) {
	burst := defaultBurst
	if text, ok := v["burst"]; ok {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > mostBurst {
			p.fail("burst is not a time of 0s to %s, such as 10s", mostBurst)
		}
		burst = d
		if v["molecules_per_second"] == "" && v["atoms_per_second"] == "" {
			p.fail("burst without a rate")
		}
	}
	bucket := func(key string) *Bucket {
		text, ok := v[key]
		if !ok {
			return nil
		}
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(rate) || rate < leastRate || rate > mostRate {
			p.fail("%s is not a number of %g to %g", key, leastRate, mostRate)
			return nil
		}
		return newBucket(rate, burst)
	}
	c.Molecules, c.Atoms = bucket("molecules_per_second"), bucket("atoms_per_second")
}

func (p *parser) expiry(c *Client, v map[string]string) {
	text, ok := v["expires"]
	if !ok {
		return
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			c.Expires = t
			return
		}
	}
	p.fail("expires is not a time such as 2027-01-31 or 2027-01-31T18:00:00Z")
}
