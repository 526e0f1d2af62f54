package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"guarded/guard"
	"guarded/harness"
)

func (s *subject) open(r *harness.Request) (harness.Fields, error) {
	name, transport := r.Text("conn"), r.Text("transport")
	options := guard.Options{Heartbeats: true}
	r.Into("heartbeats", &options.Heartbeats)
	if r.Err() != nil {
		return nil, r.Err()
	}
	switch {
	case s.virtual != nil && transport == "virtual":
		return s.openVirtual(r, name, options)
	case s.virtual == nil && (transport == "unix" || transport == "tcp" || transport == "tls"):
		return s.openSocket(r, name, transport, options)
	}
	return nil, harness.Unsupported(fmt.Sprintf("the transport %q", transport))
}

func (s *subject) openVirtual(r *harness.Request, name string, options guard.Options) (harness.Fields, error) {
	room := r.IntOr("room_bytes", 0)
	if r.Err() != nil {
		return nil, r.Err()
	}
	options.Virtual = true
	transport := guard.NewSimulated(s.virtual, room, !r.Has("room_bytes"))
	s.simulated[name] = transport
	s.add(guard.NewConn(name, s.world, s.policy, s.tell, transport, options))
	s.say("opened", s.world.NowUS(), harness.Fields{"conn": name, "descriptor": nil})
	return harness.Fields{"descriptor": nil}, nil
}

func (s *subject) openSocket(
	r *harness.Request, name, transport string, options guard.Options,
) (harness.Fields, error) {
	descriptor, err := dial(r, transport)
	if err != nil {
		return nil, err
	}
	socket, err := guard.NewSocket(s.world, descriptor)
	if err != nil {
		return nil, err
	}
	var incoming io.Reader = socket
	if transport == "tls" {
		secure, err := secured(r, socket)
		if err != nil {
			socket.Shutdown()
			return nil, err
		}
		options.Layer, incoming = secure, secure
	}
	conn := guard.NewConn(name, s.world, s.policy, s.tell, socket, options)
	s.add(conn)
	s.say("opened", s.world.NowUS(), harness.Fields{"conn": name, "descriptor": descriptor})
	s.world.Go(func() { conn.Receive(incoming) })
	return harness.Fields{"descriptor": descriptor}, nil
}

func secured(r *harness.Request, socket *guard.Socket) (*guard.Secure, error) {
	pem, err := os.ReadFile(r.Text("certificate_authority"))
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %q", r.Text("certificate_authority"))
	}
	return guard.NewSecure(socket, &tls.Config{
		RootCAs: trusted, ServerName: r.Text("host"), MinVersion: tls.VersionTLS13,
	})
}

// dial connects. It is not net.Dial, for that takes no wish for the number of a descriptor.
func dial(r *harness.Request, transport string) (int, error) {
	family, address, err := addressOf(r, transport)
	if err != nil {
		return -1, err
	}
	descriptor, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if descriptor, err = raised(descriptor, r.IntOr("lowest_descriptor", 0)); err != nil {
		return -1, err
	}
	if bytes := r.IntOr("send_buffer_bytes", 0); bytes > 0 {
		err = syscall.SetsockoptInt(descriptor, syscall.SOL_SOCKET, syscall.SO_SNDBUF, int(bytes))
	}
	if err == nil && family != syscall.AF_UNIX {
		err = syscall.SetsockoptInt(descriptor, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	}
	if err == nil {
		err = r.Err()
	}
	if err == nil {
		err = syscall.Connect(descriptor, address)
	}
	if err != nil {
		syscall.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

func addressOf(r *harness.Request, transport string) (int, syscall.Sockaddr, error) {
	if transport == "unix" {
		path := r.Text("path")
		return syscall.AF_UNIX, &syscall.SockaddrUnix{Name: path}, r.Err()
	}
	host, port := r.Text("host"), r.Int("port")
	if r.Err() != nil {
		return 0, nil, r.Err()
	}
	found, err := net.ResolveIPAddr("ip", host)
	if err != nil {
		return 0, nil, err
	}
	if four := found.IP.To4(); four != nil {
		address := &syscall.SockaddrInet4{Port: int(port)}
		copy(address.Addr[:], four)
		return syscall.AF_INET, address, nil
	}
	address := &syscall.SockaddrInet6{Port: int(port)}
	copy(address.Addr[:], found.IP.To16())
	return syscall.AF_INET6, address, nil
}

// raised gives the socket a number that is not lower than lowest.
func raised(descriptor int, lowest int64) (int, error) {
	if int64(descriptor) >= lowest {
		return descriptor, nil
	}
	defer syscall.Close(descriptor)
	higher, _, errno := syscall.Syscall(
		syscall.SYS_FCNTL, uintptr(descriptor), syscall.F_DUPFD_CLOEXEC, uintptr(lowest))
	if errno != 0 {
		return -1, errno
	}
	return int(higher), nil
}
