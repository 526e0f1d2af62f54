package harness

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
)

// DialNet connects as a request to open asks, the way of the standard library: net.Dialer, crypto/tls for tls, and
// net.Listen for the role accept. It returns the descriptor too.
func DialNet(r *Request) (net.Conn, int, error) {
	isToAccept, err := accepts(r)
	if err != nil {
		return nil, -1, err
	}
	network, address := "unix", r.TextOr("path", "")
	if r.Text("transport") != "unix" {
		network, address = "tcp", net.JoinHostPort(r.Text("host"), strconv.FormatInt(r.Int("port"), 10))
	}
	var config *tls.Config
	if r.Text("transport") == "tls" {
		if config, err = Trusting(r); err != nil {
			return nil, -1, err
		}
	}
	var conn net.Conn
	if isToAccept {
		conn, err = acceptNet(net.ListenConfig{Control: bufferedNet(r)}, network, address)
	} else {
		conn, err = (&net.Dialer{Control: bufferedNet(r)}).Dial(network, address)
	}
	if err != nil {
		return nil, -1, err
	}
	conn, descriptor, err := raisedNet(conn, int(r.IntOr("lowest_descriptor", 0)))
	if err != nil || config == nil {
		return conn, descriptor, err
	}
	secured := tls.Client(conn, config)
	if err := secured.Handshake(); err != nil {
		conn.Close()
		return nil, -1, err
	}
	return secured, descriptor, nil
}

// bufferedNet gives a socket the buffer that is asked for, before it connects or listens.
func bufferedNet(r *Request) func(_, _ string, raw syscall.RawConn) error {
	buffer := int(r.IntOr("send_buffer_bytes", 0))
	return func(_, _ string, raw syscall.RawConn) (err error) {
		if buffer <= 0 {
			return nil
		}
		controlled := raw.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, buffer)
		})
		if err == nil {
			err = controlled
		}
		return err
	}
}

// raisedNet gives a connection a number that is not lower than lowest, and returns that.
//
// A copy has the lowest number that is free, and the numbers of what is too low are taken until one is high enough.
// Whatever else opens and closes descriptors meanwhile can only make it take more copies.
func raisedNet(conn net.Conn, lowest int) (net.Conn, int, error) {
	for {
		descriptor := -1
		raw, err := conn.(syscall.Conn).SyscallConn()
		if err == nil {
			err = raw.Control(func(fd uintptr) { descriptor = int(fd) })
		}
		if err == nil && descriptor >= lowest {
			return conn, descriptor, nil
		}
		defer conn.Close()
		if err != nil {
			return nil, -1, err
		}
		file, err := conn.(interface{ File() (*os.File, error) }).File()
		if err != nil {
			return nil, -1, err
		}
		defer file.Close()
		if conn, err = net.FileConn(file); err != nil {
			return nil, -1, err
		}
	}
}

// Trusting is what TLS needs to know of a request to open: whom to trust, and by which name.
func Trusting(r *Request) (*tls.Config, error) {
	file, host := r.Text("certificate_authority"), r.Text("host")
	if r.Err() != nil {
		return nil, r.Err()
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %q", file)
	}
	return &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS13}, nil
}
