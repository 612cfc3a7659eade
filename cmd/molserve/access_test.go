package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molserve/serve"
	"molserve/serve/auth"
)

// command runs the binary's command line.
func command(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&errs)
	if err := root.Execute(); err != nil {
		errs.WriteString(err.Error())
		code = exitCode(err)
	}
	return out.String(), errs.String(), code
}

func TestAddressesOfTheNetworkWantAnAnswerToWhoAsks(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	for _, c := range []struct {
		args string
		want string // in the refusal; empty: it is none
	}{
		{"--addr 127.0.0.1:0", ""},
		{"--addr localhost:0 --grpc-addr [::1]:0", ""},
		{"--addr 0.0.0.0:0", "--addr 0.0.0.0:0: other machines"},
		{"--addr :0", "--addr :0: other machines"},
		{"--addr [::]:0", "other machines"},
		{"--addr example.org:0", "other machines"},
		{"--addr 10.0.0.1:0", "other machines"},
		{"--addr nowhere", "--addr: address nowhere: missing port"},
		{"--grpc-addr 0.0.0.0:0", "--grpc-addr 0.0.0.0:0: other machines"},
		{"--admin-addr 0.0.0.0:0", "the admin listener asks nobody"},
		{"--insecure --addr 0.0.0.0:0 --grpc-addr :0", ""},
		{"--insecure --admin-addr 0.0.0.0:0", "the admin listener asks nobody"},
		{"--insecure --tokens " + tokens, "choose"},
		{"--tokens " + tokens + " --addr 0.0.0.0:0 --admin-addr 0.0.0.0:0 --grpc-addr 0.0.0.0:0", ""},
		{"--tls-cert c --tls-key k --tls-client-ca ca --addr 0.0.0.0:0 --admin-addr 0.0.0.0:0", ""},
		{"--tls-cert c --tls-key k --addr 0.0.0.0:0", "other machines"},
		{"--tls-cert c", "go together"},
		{"--tls-key k", "go together"},
		{"--tls-client-ca ca", "needs --tls-cert"},
		{"--tls-cert c --tls-key k --tls-client-auth optional", "needs --tls-client-ca"},
		{"--tls-client-auth never", "require or optional"},
	} {
		var o serveOptions
		cmd := serveCommand()
		cmd.RunE = nil
		f := cmd.Flags()
		if err := f.Parse(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		o.addr, _ = f.GetString("addr")
		o.adminAddr, _ = f.GetString(adminFlag)
		o.grpcAddr, _ = f.GetString("grpc-addr")
		o.access.tokens, _ = f.GetString("tokens")
		o.access.keys.Certificate, _ = f.GetString("tls-cert")
		o.access.keys.Key, _ = f.GetString("tls-key")
		o.access.keys.ClientCA, _ = f.GetString("tls-client-ca")
		o.access.clientAuth, _ = f.GetString("tls-client-auth")
		o.access.insecure, _ = f.GetBool("insecure")
		err := o.checkAccess()
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || exitCode(err) != exitUsage) {
			t.Errorf("%s: %v, want %s", c.args, err, c.want)
		}
	}
	if _, why, code := command("serve", "--addr", "0.0.0.0:0"); code != exitUsage || !strings.Contains(why, "--tokens FILE") {
		t.Errorf("%d %s", code, why)
	}
}

func TestWrongFilesOfAccessAreRefused(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	os.WriteFile(bad, []byte("a roles=all\nb"), 0o600)
	for want, args := range map[string][]string{
		"line 1: needs either":                      {"--tokens", bad},
		"no such file":                              {"--tokens", bad + "x"},
		"--tls-client-ca: open " + dir + "/c: no s": {"--tls-cert", dir + "/c", "--tls-key", dir + "/k"},
	} {
		_, why, code := command(append([]string{"serve", "--models", dir}, args...)...)
		if code != exitUsage || !strings.Contains(why, want) {
			t.Errorf("%v: %d %s", args, code, why)
		}
	}
}

func TestSettingsThatMayNotBeMeantAreWarnedOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(path, []byte("a certificate=a roles=read\n"), 0o600)
	for want, o := range map[string]accessOptions{
		"tokens cross the network in clear": {tokens: path},
		"known by its certificate":          {tokens: path},
		"nobody is asked who asks":          {insecure: true},
	} {
		var log bytes.Buffer
		c := serve.Config{Log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := o.settle(&c, "0.0.0.0:80", "off"); err != nil || !strings.Contains(log.String(), want) {
			t.Errorf("%v, %s: no %s", err, log.String(), want)
		}
	}
}

func TestTokenIsShownOnceAndItsHashIsTheEntry(t *testing.T) {
	line, shown, code := command("token", "new", "--name", "a", "--role", "infer,read", "--model", "m", "--molecules-per-second", "2.5",
		"--atoms-per-second", "1e3", "--burst", "5s", "--expires", "2099-01-01")
	_, token, _ := strings.Cut(shown, "this once: ")
	token, _, _ = strings.Cut(token, "\n")
	want := "a sha256=" + auth.Hash(token) + " roles=infer,read models=m molecules_per_second=2.5 atoms_per_second=1000 burst=5s expires=2099-01-01\n"
	if code != 0 || line != want || strings.Contains(line, token) || !strings.HasPrefix(token, "molserve_") {
		t.Errorf("%d %q %q, want %q", code, line, shown, want)
	}
}

func TestTokensAreAddedToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	first, shown, code := command("token", "new", "--file", path, "--name", "a", "--role", "read")
	if code != 0 || shown != "" || !strings.HasPrefix(first, "molserve_") || strings.Count(first, "\n") != 1 {
		t.Fatalf("%d %q %q", code, first, shown)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	text, _ := os.ReadFile(path)
	os.WriteFile(path, bytes.TrimSpace(text), 0o600) // as an editor may leave it
	if _, why, code := command("token", "new", "--file", path, "--name", "b", "--role", "admin"); code != 0 {
		t.Fatal(why)
	}
	before, _ := os.ReadFile(path)
	if _, why, code := command("token", "new", "--file", path, "--name", "b", "--role", "admin"); code != exitFailed || !strings.Contains(why, "line 3: the name stands on line 2 too") {
		t.Errorf("%d %s", code, why)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
	table, why, code := command("token", "check", path)
	if code != 0 || strings.Count(table, "\n") != 3 || !strings.Contains(table, "admin") {
		t.Errorf("%d %s %s", code, table, why)
	}
	if strings.Contains(table, strings.TrimSpace(first)) {
		t.Error("a token is shown")
	}
}

func TestWrongTokensAreRefused(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	os.WriteFile(bad, []byte("a roles=all\nb"), 0o600)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"new", exitUsage, "--name NAME"},
		{"new --name a", exitUsage, "--role ROLE"},
		{"new --name a --role write", exitUsage, `roles has "write"`},
		{"new --name -- --role read", exitUsage, "the name is not"},
		{"new --name a --role read --model ../m", exitUsage, "no model's name"},
		{"new --name a --role read --atoms-per-second -1", exitUsage, "atoms_per_second is not"},
		{"new --name a --role read --burst 5s", exitUsage, "burst without a rate"},
		{"new --name a --role read --expires soon", exitUsage, "expires is not"},
		{"new --name a --role read more", exitUsage, "\"more\" is too much"},
		{"new --name a --role read --file " + bad, exitFailed, "is left as it was"},
		{"new --name a --role read --file " + dir, exitFailed, "is a directory"},
		{"check", exitUsage, "accepts 1 arg"},
		{"check " + bad, exitFailed, "line 2: needs roles="},
		{"check " + bad + "x", exitFailed, "no such file"},
		{"sign", exitUsage, "unknown command"},
	} {
		out, why, code := command(append([]string{"token"}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(why, c.want) || out != "" {
			t.Errorf("%s: %d %q %q", c.args, code, out, why)
		}
	}
}

func TestExpiredTokensAreSaidToBeOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(path, []byte("a certificate=* roles=read models=m,n molecules_per_second=2 expires=2020-01-01\n"), 0o600)
	table, _, code := command("token", "check", path)
	for _, want := range []string{"certificate *", "m,n", "2 (20 at once)", "(over)"} {
		if code != 0 || !strings.Contains(table, want) {
			t.Errorf("%d %s, without %s", code, table, want)
		}
	}
}
