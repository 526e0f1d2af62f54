package harness

import (
	"context"
	"fmt"
	"net"
	"syscall"
)

// accepts tells whether a request to open asks for the side that accepts (spec/protocol.md, "Accepting").
//
// It is played without TLS; any other role than the two is unsupported.
func accepts(r *Request) (bool, error) {
	role := r.TextOr("role", "connect")
	if r.Err() != nil || role == "connect" {
		return false, r.Err()
	}
	if role != "accept" || r.Text("transport") == "tls" {
		return false, Unsupported(fmt.Sprintf("the role %q over %s", role, r.Text("transport")))
	}
	return true, nil
}

// acceptNet returns the first connection to an address; then nobody listens there any more.
func acceptNet(config net.ListenConfig, network, address string) (net.Conn, error) {
	listener, err := config.Listen(context.Background(), network, address)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	return listener.Accept()
}

// accepted returns the first connection to an address, to which nobody has bound the listening socket yet.
func accepted(listener int, address syscall.Sockaddr) (int, error) {
	defer syscall.Close(listener)
	err := syscall.SetsockoptInt(listener, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = syscall.Bind(listener, address)
	}
	if err == nil {
		err = syscall.Listen(listener, 1)
	}
	descriptor := -1
	for err == nil {
		if descriptor, _, err = syscall.Accept4(listener, syscall.SOCK_CLOEXEC); err == nil {
			break
		}
		if err == syscall.EINTR { // So it ends in a process that was suspended meanwhile.
			err = nil
		}
	}
	return descriptor, err
}
