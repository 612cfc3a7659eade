package main

import (
	"net"
	"strings"
	"testing"

	"molserve/onnx"
)

func TestServeRefusesWrongSettings(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--queue", "0"}, {"serve", "--max-body", "-1"}, {"serve", "--timeout", "0s"}, {"serve", "--log-format", "xml"},
		{"serve", "--log-level", "loud"}, {"serve", "extra"}, {"serve", "--verify", "some"}, {"serve", "--scheduling", "rr"},
		{"serve", "--models", shippedModels, "--proof-timeout", "0s"}, {"serve", "--models", shippedModels, "--proof-memory", "1000"},
		{"serve", "--models", shippedModels, "--verify-budget", "0s"},
		{"serve", "--stop-delay", "-1s"}, {"serve", "--addr", "127.0.0.1:99999", "--models", shippedModels, "--state", "none"},
		{"serve", "--keep-loaded", "-1"}, {"serve", "--pin", "a"}, {"serve", "--pin", "a@x"},
		{"serve", "--pin", "a@1", "--pin", "a@2"}, {"serve", "--pin", "../a@1"},
		{"serve", "--admin-addr", "0.0.0.0:0"}, {"serve", "--admin-addr", "example.org:1"}, {"serve", "--admin-addr", "on"},
		{"serve", "--trace-ratio", "1.5"}, {"serve", "--trace-ratio", "-0.1"}, {"serve", "--trace-ratio", "NaN"}, {"serve", "--trace-ratio", "all"},
		{"serve", "--otlp-endpoint", "localhost:4318"}, {"serve", "--otlp-endpoint", "http://"}, {"serve", "--otlp-endpoint", "ftp://a"}, {"serve", "--otlp-endpoint", "http://a/?b"},
	} {
		root := rootCommand()
		root.SetArgs(args)
		root.SetErr(&strings.Builder{})
		if err := root.Execute(); err == nil || exitCode(err) != exitUsage {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestServeNamesTheFlagWhenTheFolderIsMissing(t *testing.T) {
	root := rootCommand()
	root.SetArgs([]string{"serve", "--models", "no-such-folder"})
	err := root.Execute()
	if err == nil || exitCode(err) != exitFailed || !strings.Contains(err.Error(), "--models") {
		t.Error(err)
	}
}

func TestGreetingShowsTheFirstRequest(t *testing.T) {
	var out strings.Builder
	var o accessOptions
	addr := o.curl(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})
	space := &onnx.Manifest{Name: "a", Accepts: []string{"atoms"}}
	greet(&out, addr, []*onnx.Manifest{space, {Name: "b", Accepts: []string{"smiles"}}})
	if !strings.Contains(out.String(), "curl -s http://127.0.0.1:8080/v1/models/b/predict") || !strings.Contains(out.String(), "[a b]") {
		t.Error(out.String())
	}
	out.Reset()
	if greet(&out, addr, []*onnx.Manifest{space}); !strings.Contains(out.String(), `{"atoms": {"symbols": ["C", "C"], "positions"`) {
		t.Error(out.String())
	}
	out.Reset()
	if greet(&out, addr, nil); !strings.Contains(out.String(), "/v1/models says why") {
		t.Error(out.String())
	}
}

func TestBusyAddressIsToldWithItsCure(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, err = listenAdmin(busy.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "is in use") || !strings.Contains(err.Error(), "--admin-addr off") {
		t.Error(err)
	}
	if _, err = listen("addr", busy.Addr().String()); err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Error(err)
	}
	if l, err := listenAdmin("off"); l != nil || err != nil {
		t.Error(l, err)
	}
}
