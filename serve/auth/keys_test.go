package auth

import (
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"molserve/serve/internal/keytest"
)

func keyFiles(dir string) KeyFiles {
	return KeyFiles{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), ClientCA: filepath.Join(dir, "ca.pem")}
}

func TestWrongKeysAreRefused(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	keytest.NewAuthority(t).WriteServer(dir)
	keytest.NewAuthority(t).WriteServer(other)
	good := keyFiles(dir)
	for want, change := range map[string]func(*KeyFiles){
		"no such file":                func(f *KeyFiles) { f.Certificate += "x" },
		"private key does not match":  func(f *KeyFiles) { f.Key = keyFiles(other).Key },
		"rather than a key":           func(f *KeyFiles) { f.Key = f.Certificate },
		"holds no certificate in PEM": func(f *KeyFiles) { f.ClientCA = f.Key },
	} {
		f := good
		change(&f)
		if _, err := OpenKeys(f, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestKeysSayWhatTheyAskOfClients(t *testing.T) {
	dir := t.TempDir()
	keytest.NewAuthority(t).WriteServer(dir)
	for _, c := range []struct {
		change func(*KeyFiles)
		want   tls.ClientAuthType
	}{
		{func(f *KeyFiles) {}, tls.RequireAndVerifyClientCert},
		{func(f *KeyFiles) { f.Optional = true }, tls.VerifyClientCertIfGiven},
		{func(f *KeyFiles) { f.ClientCA = "" }, tls.NoClientCert},
	} {
		f := keyFiles(dir)
		c.change(&f)
		k, err := OpenKeys(f, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		now, err := k.Config().GetConfigForClient(nil)
		if err != nil || now.ClientAuth != c.want || now.MinVersion != tls.VersionTLS12 || now.SessionTicketsDisabled != (f.ClientCA != "") {
			t.Errorf("%+v: %v %v", f, now.ClientAuth, err)
		}
		if until := time.Until(k.Expires()); until < 23*time.Hour || until > 24*time.Hour {
			t.Errorf("expires in %s", until)
		}
	}
}

func TestChangedKeysAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	a := keytest.NewAuthority(t)
	first := a.WriteServer(dir)
	var log text
	synctest.Test(t, func(t *testing.T) {
		k, err := OpenKeys(keyFiles(dir), slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		go k.Run(t.Context())
		serial := func() int64 {
			time.Sleep(2*Interval + Interval/2)
			synctest.Wait()
			return k.config.Load().Certificates[0].Leaf.SerialNumber.Int64()
		}
		if got := serial(); got != first {
			t.Errorf("%d, want %d", got, first)
		}
		second := a.WriteServer(dir)
		if got := serial(); got != second || second == first {
			t.Errorf("%d, want %d", got, second)
		}
		os.WriteFile(filepath.Join(dir, "key.pem"), []byte("half"), 0o600)
		got, said := serial(), log.take()
		if got != second || !strings.Contains(said, "was refused") {
			t.Errorf("%d, want %d: %s", got, second, said)
		}
	})
}
