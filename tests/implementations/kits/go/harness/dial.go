package harness

import (
	"fmt"
	"net"
	"syscall"
)

// Dial connects to where a request to open says, or is connected to there, and returns the descriptor of the socket.
//
// It is not net.Dial, for that takes no wish for the number of a descriptor. TLS is the caller's, over what it returns.
func Dial(r *Request) (int, error) {
	isToAccept, err := accepts(r)
	if err != nil {
		return -1, err
	}
	family, address, err := addressOf(r)
	if err != nil {
		return -1, err
	}
	descriptor, err := buffered(r, family)
	if err != nil {
		return -1, err
	}
	if isToAccept {
		descriptor, err = accepted(descriptor, address)
	}
	if err == nil {
		descriptor, err = raised(descriptor, r.IntOr("lowest_descriptor", 0))
	}
	if err != nil {
		return -1, err
	}
	if family != syscall.AF_UNIX {
		err = syscall.SetsockoptInt(descriptor, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	}
	if err == nil {
		err = r.Err()
	}
	if err == nil && !isToAccept {
		err = syscall.Connect(descriptor, address)
	}
	if err != nil {
		syscall.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

// buffered makes a socket with the buffer that is asked for. What listens has it for all that it accepts.
func buffered(r *Request, family int) (int, error) {
	descriptor, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if bytes := r.IntOr("send_buffer_bytes", 0); bytes > 0 {
		err = syscall.SetsockoptInt(descriptor, syscall.SOL_SOCKET, syscall.SO_SNDBUF, int(bytes))
	}
	if err != nil {
		syscall.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

func addressOf(r *Request) (int, syscall.Sockaddr, error) {
	transport := r.Text("transport")
	switch {
	case transport == "unix":
		path := r.Text("path")
		return syscall.AF_UNIX, &syscall.SockaddrUnix{Name: path}, r.Err()
	case transport != "tcp" && transport != "tls":
		return 0, nil, Unsupported(fmt.Sprintf("the transport %q", transport))
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
