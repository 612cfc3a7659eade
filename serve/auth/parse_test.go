package auth

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sum is the hash of the token "a".
var sum = Hash("a")

func TestFileOfClientsIsRead(t *testing.T) {
	set, err := Parse([]byte("\n# screening\r\n  screening\tsha256=" + strings.ToUpper(sum) + "  roles=infer,read models=m,n-2 molecules_per_second=5 atoms_per_second=1e3 burst=2s expires=2027-01-31\r\n" +
		"gate certificate=spiffe://example.org/gate roles=admin expires=2027-01-31T18:00:00+02:00"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := set.Clients[0], set.Clients[1]
	if a.Name != "screening" || a.Roles != Infer|Read || !a.MayUse("m") || a.MayUse("o") || a.May(Admin) || !a.May(Read) || a.Certificate != "" {
		t.Errorf("%+v", a)
	}
	if rate, burst := a.Molecules.Limits(); rate != 5 || burst != 10 {
		t.Errorf("molecules: %g, %g", rate, burst)
	}
	if rate, burst := a.Atoms.Limits(); rate != 1000 || burst != 2000 {
		t.Errorf("atoms: %g, %g", rate, burst)
	}
	if want := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC); !a.Expires.Equal(want) || !b.Expires.Equal(want.Add(16*time.Hour)) {
		t.Errorf("%s %s", a.Expires, b.Expires)
	}
	if b.Certificate != "spiffe://example.org/gate" || b.Roles != Admin || b.May(Infer) || !b.MayUse("m") || b.Molecules != nil {
		t.Errorf("%+v", b)
	}
}

func TestWrongEntriesAreRefusedWithTheirLine(t *testing.T) {
	ok := "a sha256=" + sum + " roles=read"
	for _, c := range []struct{ text, want string }{
		{"", "no client is named"},
		{"# nothing\n\n", "no client is named"},
		{"\xff", "not UTF-8"},
		{ok + "\x00", "line 1: has a control character"},
		{strings.Repeat("#", maxFile+1), "more than 1048576 bytes"},
		{"-a" + ok[1:], "line 1: the name is not"},
		{strings.Repeat("a", 65) + ok[1:], "the name is not"},
		{"ü" + ok[1:], "the name is not"},
		{ok + "\n" + "a certificate=x roles=read", "line 2: the name stands on line 1 too"},
		{ok + "\n" + "b" + ok[1:], "line 2: the token is that of line 1"},
		{"a certificate=x roles=read\nb certificate=x roles=read", "line 2: the certificate is that of line 1"},
		{"a roles=read", "needs either sha256=, of a token, or certificate="},
		{ok + " certificate=x", "needs either"},
		{"a sha256=12 roles=read", "not 64 hexadecimal digits"},
		{"a sha256=" + strings.Repeat("g", 64) + " roles=read", "not 64 hexadecimal digits"},
		{"a sha256=" + sum + "00 roles=read", "not 64 hexadecimal digits"},
		{"a certificate= roles=read", "certificate is not"},
		{"a sha256=" + sum, "needs roles=, of infer, read, admin"},
		{ok + ",", `roles has ""`},
		{ok + ",write", `roles has "write"`},
		{ok + ",READ", `roles has "READ"`},
		{ok + " roles=read", "roles stands twice"},
		{ok + " rôle=read", "word 4 is not KEY=VALUE"},
		{ok + " role=read", "unknown key role"},
		{ok + " models", "word 4 is not KEY=VALUE"},
		{ok + " models=", "no model's name"},
		{ok + " models=m,", "no model's name"},
		{ok + " models=../m", "no model's name"},
		{ok + " molecules_per_second=0", "molecules_per_second is not a number of 0.001"},
		{ok + " molecules_per_second=-1", "molecules_per_second is not"},
		{ok + " molecules_per_second=NaN", "molecules_per_second is not"},
		{ok + " atoms_per_second=Inf", "atoms_per_second is not"},
		{ok + " atoms_per_second=1e300", "atoms_per_second is not"},
		{ok + " atoms_per_second=many", "atoms_per_second is not"},
		{ok + " atoms_per_second=5 burst=-1s", "burst is not"},
		{ok + " atoms_per_second=5 burst=25h", "burst is not"},
		{ok + " atoms_per_second=5 burst=5", "burst is not"},
		{ok + " burst=5s", "burst without a rate"},
		{ok + " expires=tomorrow", "expires is not"},
		{ok + " expires=2027-02-30", "expires is not"},
	} {
		_, err := Parse([]byte(c.text))
		var faults Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestEveryFaultIsTold(t *testing.T) {
	_, err := Parse([]byte("a roles=x\n\nb sha256=1 models=m\n"))
	for _, want := range []string{"line 1: needs either", `line 1: roles has "x"`, "line 3: sha256 is not", "line 3: needs roles"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, without %s", err, want)
		}
	}
	if _, err := Parse([]byte(strings.Repeat("x\n", 10000))); len(err.(Faults)) != maxFaults {
		t.Errorf("%d faults", len(err.(Faults)))
	}
}

func TestClientsAreBounded(t *testing.T) {
	var b strings.Builder
	for k := range maxClients + 1 {
		fmt.Fprintf(&b, "c%d sha256=%s roles=read\n", k, Hash(fmt.Sprint(k)))
	}
	if _, err := Parse([]byte(b.String())); err == nil || !strings.Contains(err.Error(), "line 1001: is the client after the 1000th") {
		t.Error(err)
	}
}

// A token in a wrong place is a secret still.
func TestFaultsRepeatNoSecret(t *testing.T) {
	token := NewToken()
	for _, text := range []string{token, token + " roles=read", "a " + token, "a sha256=" + token + " roles=read", "a token=" + token + " roles=read",
		"a " + token + "=x roles=read", "a expires=" + token + " roles=read sha256=" + sum, "a burst=" + token + " roles=read sha256=" + sum,
		"a sha256=" + sum + " atoms_per_second=" + token + " roles=read"} {
		_, err := Parse([]byte(text))
		if err == nil || strings.Contains(err.Error(), token[len(tokenPrefix):len(tokenPrefix)+12]) {
			t.Errorf("%v", err)
		}
	}
}

func TestTokensAreFresh(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || len(a) != len(tokenPrefix)+43 || !strings.HasPrefix(a, tokenPrefix) {
		t.Errorf("%d %d characters", len(a), len(b))
	}
	if got := Hash("a"); got != "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" { // printf a | sha256sum
		t.Error(got)
	}
}

// Whatever is read either has faults or clients that hold together.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a sha256=" + sum + " roles=infer models=m molecules_per_second=1 burst=1s expires=2027-01-31\nb certificate=* roles=admin"))
	f.Add([]byte("#\n\n x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Parse(data)
		if err != nil {
			if set != nil || err.Error() == "" {
				t.Fatal(set, err)
			}
			return
		}
		names := map[string]bool{}
		for _, c := range set.Clients {
			if c.Roles == 0 || names[c.Name] || c.Name == "" || c.Usage == nil || (c.Certificate == "") == (c.hash == [32]byte{}) && c.Certificate != "" {
				t.Fatalf("%+v", c)
			}
			names[c.Name] = true
			if c.Take(1e6) != 0 {
				t.Fatalf("%+v: a full bucket is empty", c)
			}
			c.Spend(1, 1e9)
			if c.Take(1) < 0 {
				t.Fatalf("%+v: a negative wait", c)
			}
		}
		if len(names) == 0 {
			t.Fatal("no clients")
		}
	})
}
