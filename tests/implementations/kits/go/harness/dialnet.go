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
	network, address := "unix", r.TextOr("path", "")
	transport := r.Text("transport")
	if transport != "unix" {
		network, address = "tcp", net.JoinHostPort(r.Text("host"), strconv.FormatInt(r.Int("port"), 10))
	}
	descriptor, buffer := -1, int(r.IntOr("send_buffer_bytes", 0))
	defer occupy(int(r.IntOr("lowest_descriptor", 0)))()
	control := func(_, _ string, raw syscall.RawConn) (err error) {
		controlled := raw.Control(func(fd uintptr) {
			descriptor = int(fd)
			if buffer > 0 {
				err = syscall.SetsockoptInt(descriptor, syscall.SOL_SOCKET, syscall.SO_SNDBUF, buffer)
			}
		})
		if err == nil {
			err = controlled
		}
		return err
	}
	isToAccept, err := accepts(r)
	if err != nil {
		return nil, -1, err
	}
	if isToAccept {
		return acceptNet(net.ListenConfig{Control: control}, network, address)
	}
	dialer := net.Dialer{Control: control}
	if transport != "tls" {
		conn, err := dialer.Dial(network, address)
		return conn, descriptor, err
	}
	config, err := Trusting(r)
	if err != nil {
		return nil, -1, err
	}
	conn, err := tls.DialWithDialer(&dialer, network, address, config)
	if err != nil {
		return nil, -1, err // Not conn: a nil of its type is no nil of net.Conn.
	}
	return conn, descriptor, nil
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

// occupy takes every descriptor below lowest until it is called off, so that the next socket gets a higher one.
func occupy(lowest int) func() {
	var taken []*os.File
	for lowest > 0 {
		file, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		taken = append(taken, file)
		if int(file.Fd()) >= lowest-1 {
			break
		}
	}
	return func() {
		for _, file := range taken {
			file.Close()
		}
	}
}
