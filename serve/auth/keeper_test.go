package auth

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// text is what was logged, by whichever goroutine.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// take returns what was logged since the last take.
func (l *text) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.b.Reset()
	return l.b.String()
}

func openText(t *testing.T, lines string) (k *Keeper, path string, log *text) {
	t.Helper()
	path, log = filepath.Join(t.TempDir(), "tokens"), &text{}
	write(t, path, lines)
	k, err := Open(path, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return k, path, log
}

func TestTokensAreTold(t *testing.T) {
	k, _, _ := openText(t, "a sha256="+Hash("secret a")+" roles=read\nold sha256="+Hash("old")+" roles=read expires=2020-01-01\nc certificate=c roles=read")
	for _, c := range []struct {
		header []string
		name   string
		err    error
	}{
		{[]string{"Bearer secret a"}, "a", nil},
		{[]string{"bearer  secret a "}, "a", nil},
		{nil, "", ErrNone},
		{[]string{""}, "", ErrMalformed},
		{[]string{"Bearer"}, "", ErrMalformed},
		{[]string{"Bearer "}, "", ErrMalformed},
		{[]string{"Basic c2VjcmV0"}, "", ErrMalformed},
		{[]string{"secret a"}, "", ErrMalformed},
		{[]string{"Bearer secret a", "Bearer secret a"}, "", ErrMalformed},
		{[]string{"Bearer secret"}, "", ErrUnknown},
		{[]string{"Bearer Secret a"}, "", ErrUnknown},
		{[]string{"Bearer " + Hash("secret a")}, "", ErrUnknown},
		{[]string{"Bearer old"}, "", ErrExpired},
		{[]string{"Bearer \x00"}, "", ErrUnknown},
	} {
		client, byToken, err := k.Identify(c.header, nil)
		if !errors.Is(err, c.err) || err == nil && (client.Name != c.name || !byToken) || err != nil && (client != nil || byToken) {
			t.Errorf("%q: %v %v %v", c.header, client, byToken, err)
		}
	}
	// What a client without a token has for a hash is nobody's token.
	if _, err := k.byToken([]string{"Bearer " + string(make([]byte, 32))}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestTokenEndsWithItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, _, _ := openText(t, "a sha256="+sum+" roles=read expires="+time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		ask := func() error { _, _, err := k.Identify([]string{"Bearer a"}, nil); return err }
		time.Sleep(time.Hour - 1)
		if err := ask(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Nanosecond)
		if err := ask(); !errors.Is(err, ErrExpired) {
			t.Error(err)
		}
	})
}

func TestCertificatesAreToldByTheirNames(t *testing.T) {
	leaf := &x509.Certificate{NotAfter: time.Now().Add(time.Hour), Subject: pkix.Name{CommonName: "cn"}, DNSNames: []string{"dns.example.org"}, EmailAddresses: []string{"a@example.org"},
		URIs: []*url.URL{{Scheme: "spiffe", Host: "example.org", Path: "/x"}}}
	for lines, want := range map[string]string{
		"a certificate=cn roles=read":                                  "a",
		"a certificate=dns.example.org roles=read":                     "a",
		"a certificate=a@example.org roles=read":                       "a",
		"a certificate=spiffe://example.org/x roles=read":              "a",
		"all certificate=* roles=infer\na certificate=cn roles=read":   "a",
		"x certificate=x roles=read\nall certificate=* roles=infer":    "all",
		"x certificate=CN roles=read\ny sha256=" + sum + " roles=read": "",
	} {
		k, _, _ := openText(t, lines)
		client, byToken, err := k.Identify(nil, leaf)
		if byToken || want == "" && !errors.Is(err, ErrCertificate) || want != "" && (err != nil || client.Name != want) {
			t.Errorf("%s: %v %v", lines, client, err)
		}
	}
	// Who sends a token is judged by it.
	k, _, _ := openText(t, "all certificate=* roles=admin\na sha256="+sum+" roles=read")
	if client, byToken, err := k.Identify([]string{"Bearer a"}, leaf); err != nil || client.Name != "a" || !byToken {
		t.Error(client, err)
	}
	if _, _, err := k.Identify([]string{"Bearer b"}, leaf); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	late := *leaf
	late.NotAfter = time.Now().Add(-time.Second)
	if _, _, err := k.Identify(nil, &late); !errors.Is(err, ErrExpired) {
		t.Error(err)
	}
	nobody := OpenCertificates(slog.New(slog.DiscardHandler))
	if client, _, err := nobody.Identify(nil, leaf); err != nil || client.Roles != Infer|Read {
		t.Error(client, err)
	}
}

func TestChangedFileIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, path, log := openText(t, "a sha256="+sum+" roles=read molecules_per_second=1 burst=0s")
		go k.Run(t.Context()) // the bubble waits for it
		settle := func() { time.Sleep(2*Interval + Interval/2); synctest.Wait() }
		name := func(token string) string {
			c, _, err := k.Identify([]string{"Bearer " + token}, nil)
			if err != nil {
				return err.Error()
			}
			return c.Name
		}
		before, _, _ := k.Identify([]string{"Bearer a"}, nil)
		before.Take(3600)

		write(t, path, "b sha256="+Hash("b")+" roles=read\na sha256="+Hash("a2")+" roles=infer molecules_per_second=2 burst=0s\n")
		settle()
		if name("a") != ErrUnknown.Error() || name("b") != "b" || name("a2") != "a" {
			t.Errorf("%s, %s, %s", name("a"), name("b"), name("a2"))
		}
		after, _, _ := k.Identify([]string{"Bearer a2"}, nil)
		if wait := after.Take(1); wait < 1700*time.Second || wait > 1800*time.Second || after.Usage != before.Usage {
			t.Errorf("the debt is gone or another: %s", wait)
		}

		log.take()
		for _, bad := range []string{"", "b sha256=1", "garbage", "# all gone\n"} { // refused: what was holds
			write(t, path, bad)
			settle()
			if name("b") != "b" || name("a2") != "a" {
				t.Errorf("after %q: %s, %s", bad, name("b"), name("a2"))
			}
			settle()
			if said := log.take(); strings.Count(said, "level=ERROR") != 1 {
				t.Errorf("after %q, in the log: %s", bad, said)
			}
		}
		os.Remove(path)
		settle()
		settle()
		if said := log.take(); name("b") != "b" || strings.Count(said, "cannot be read") != 1 {
			t.Errorf("after the end of the file: %s; %s", name("b"), said)
		}
		next := path + ".new"
		write(t, next, "c sha256="+Hash("c")+" roles=read\n")
		os.Rename(next, path)
		settle()
		if name("c") != "c" || name("b") != ErrUnknown.Error() {
			t.Errorf("after a rename: %s, %s", name("c"), name("b"))
		}
	})
}

// What two looks see differently is not read yet.
func TestHalfWrittenFileIsNotRead(t *testing.T) {
	k, path, _ := openText(t, "a sha256="+sum+" roles=read")
	write(t, path, "b sha256="+Hash("b")+" roles=read\n")
	k.look()
	write(t, path, "b sha256="+Hash("b")+" roles=read\nc sha256="+Hash("c")+" roles=read\n")
	k.look()
	if n := k.Clients(); len(n) != 1 || n[0].Name != "a" {
		t.Errorf("%d clients", len(n))
	}
	k.look()
	if n := k.Clients(); len(n) != 2 {
		t.Errorf("%d clients", len(n))
	}
}

func TestRightsOfTheFile(t *testing.T) {
	k, path, log := openText(t, "a sha256="+sum+" roles=read")
	if said := log.take(); said != "" {
		t.Error(said)
	}
	os.Chmod(path, 0o644)
	if _, err := Open(path, k.log); err != nil || !strings.Contains(log.take(), "may be read by everybody") {
		t.Errorf("%v: no warning", err)
	}
	os.Chmod(path, 0o646)
	if _, err := Open(path, k.log); err == nil || !strings.Contains(err.Error(), "chmod o-w") {
		t.Error(err)
	}
	if _, err := Open(path+".missing", k.log); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Open(filepath.Dir(path), k.log); err == nil {
		t.Error("a folder is a file of tokens")
	}
}

// A request costs a hash and a comparison with every client.
func BenchmarkIdentify(b *testing.B) {
	for _, n := range []int{1, 10, maxClients} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			var lines strings.Builder
			for k := range n {
				fmt.Fprintf(&lines, "c%d sha256=%s roles=infer\n", k, Hash(fmt.Sprint(k)))
			}
			set, err := Parse([]byte(lines.String()))
			if err != nil {
				b.Fatal(err)
			}
			k := OpenCertificates(slog.New(slog.DiscardHandler))
			k.turn(set)
			header := []string{"Bearer 0"}
			for b.Loop() {
				if _, _, err := k.Identify(header, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
