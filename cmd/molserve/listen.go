package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// listen opens an address. One that is taken is told with the flag that names another.
func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use; name another address with --%s", addr, flag)
	}
	if wrong := (*net.AddrError)(nil); errors.As(err, &wrong) {
		return nil, usagef("--%s %s: %w; give ADDR:PORT, such as 127.0.0.1:8080", flag, addr, err)
	}
	return l, err
}

// adminFlag names the admin listener's address.
const adminFlag = "admin-addr"

// listenAdmin opens the address of the admin listener, nil for off.
func listenAdmin(addr string) (net.Listener, error) {
	if addr == "off" {
		return nil, nil
	}
	l, err := listen(adminFlag, addr)
	if err != nil {
		return nil, fmt.Errorf("the admin listener: %w, or turn it off with --admin-addr off", err)
	}
	return l, nil
}

// listenGRPC opens the address of gRPC, nil for off.
func listenGRPC(addr string) (net.Listener, error) {
	if addr == "off" {
		return nil, nil
	}
	return listen("grpc-addr", addr)
}
