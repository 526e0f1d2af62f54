// Idiomatic is a harness around what a Go developer would write: net.Conn, sync.Mutex, SetWriteDeadline, crypto/tls.
//
// The deadline holds for the whole frame, so the lock is free again in time. What is missing is what happens then: part
// of a frame has left, and nobody closes.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"guarded/harness"
	"guarded/world"
)

const sendTimeout = "streaming_send_timeout"

func main() {
	loop := harness.Loop{Make: func(w world.World, say harness.Say) harness.Implementation {
		return &subject{world: w, say: say, timeout: 30 * time.Second, links: make(map[string]*link)}
	}}
	loop.Run(os.Stdin, os.Stdout)
}

type subject struct {
	world   world.World
	say     harness.Say
	timeout time.Duration
	mu      sync.Mutex
	links   map[string]*link
}

// A link is a bus under the name that the oracle gave it.
type link struct {
	*Bus
	name   string
	frames atomic.Int64
	closed atomic.Bool
}

func (s *subject) Hello() harness.Fields {
	return harness.Fields{
		"name": "net.Conn + SetWriteDeadline", "version": runtime.Version()[len("go"):], "language": "go",
		"features": []string{"unix", "tcp", "tls", "descriptor"},
		"clock":    harness.Fields{"name": "CLOCK_MONOTONIC", "resolution_us": 1, "shared": true},
		"frames": harness.Fields{
			"prefix_bytes": prefixBytes,
			"length":       harness.Fields{"at": 0, "bytes": 4, "counts_prefix": false},
		},
		"monitor": nil,
	}
}

func (s *subject) Operations() map[string]harness.Operation {
	return map[string]harness.Operation{
		"config":   {Do: s.config},
		"open":     {Do: s.open, Beside: true},
		"send":     {Do: s.send},
		"received": {Do: s.received},
		"close":    {Do: s.close, Beside: true},
	}
}

func (s *subject) config(r *harness.Request) (harness.Fields, error) {
	if r.Has("file") {
		return nil, harness.Unsupported("it reads no configuration file")
	}
	knobs := map[string]any{}
	r.Into("knobs", &knobs)
	seconds, given := knobs[sendTimeout].(float64)
	if given {
		s.timeout = time.Duration(seconds * float64(time.Second))
	}
	effective := harness.Fields{sendTimeout: s.timeout.Seconds()}
	return harness.Fields{"effective": effective, "notes": []string{}}, r.Err()
}

func (s *subject) open(r *harness.Request) (harness.Fields, error) {
	name, transport := r.Text("conn"), r.Text("transport")
	if r.Err() != nil {
		return nil, r.Err()
	}
	if transport != "unix" && transport != "tcp" && transport != "tls" {
		return nil, harness.Unsupported(fmt.Sprintf("the transport %q", transport))
	}
	conn, descriptor, err := s.dial(r, transport)
	if err != nil {
		return nil, err
	}
	opened := &link{Bus: &Bus{conn: conn, timeout: s.timeout}, name: name}
	s.mu.Lock()
	s.links[name] = opened
	s.mu.Unlock()
	s.say("opened", s.world.NowUS(), harness.Fields{"conn": name, "descriptor": descriptor})
	go s.receive(opened)
	return harness.Fields{"descriptor": descriptor}, nil
}

func (s *subject) dial(r *harness.Request, transport string) (net.Conn, int, error) {
	defer occupy(int(r.IntOr("lowest_descriptor", 0)))()
	network, address := "unix", r.TextOr("path", "")
	if transport != "unix" {
		network, address = "tcp", net.JoinHostPort(r.Text("host"), strconv.FormatInt(r.Int("port"), 10))
	}
	buffer := int(r.IntOr("send_buffer_bytes", 0))
	descriptor := -1
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) (err error) {
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
	}}
	if r.Err() != nil {
		return nil, -1, r.Err()
	}
	if transport != "tls" {
		conn, err := dialer.Dial(network, address)
		return conn, descriptor, err
	}
	config, err := trusting(r.Text("certificate_authority"))
	if err != nil {
		return nil, -1, err
	}
	conn, err := tls.DialWithDialer(&dialer, network, address, config)
	if err != nil {
		return nil, -1, err
	}
	return conn, descriptor, nil
}

func trusting(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %q", file)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, nil
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

func (s *subject) receive(l *link) {
	err := l.Receive(func() {
		l.frames.Add(1)
		s.say("received", s.world.NowUS(), harness.Fields{"conn": l.name, "kind": "data"})
	})
	if l.closed.Load() {
		return
	}
	how := "error"
	switch {
	case err == io.EOF:
		how = "orderly"
	case err == io.ErrUnexpectedEOF:
		how = "truncated"
	}
	s.say("peer_ended", s.world.NowUS(), harness.Fields{"conn": l.name, "how": how})
}

func (s *subject) link(r *harness.Request) (*link, error) {
	name := r.Text("conn")
	if r.Err() != nil {
		return nil, r.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, known := s.links[name]; known {
		return found, nil
	}
	return nil, fmt.Errorf("no connection is called %q", name)
}

func (s *subject) send(r *harness.Request) (harness.Fields, error) {
	l, err := s.link(r)
	first, size, repeat := r.Int("send"), r.Int("size_bytes"), r.IntOr("repeat", 1)
	if err == nil {
		err = r.Err()
	}
	if err == nil && (size < 0 || repeat < 1) {
		err = fmt.Errorf("%d bytes, %d times: that is no send", size, repeat)
	}
	if err == nil {
		go s.sendAll(l, first, size, repeat)
	}
	return nil, err
}

func (s *subject) sendAll(l *link, first, size, repeat int64) {
	payload := blocks(first, size)
	s.say("send_started", s.world.NowUS(), harness.Fields{"conn": l.name, "send": first})
	completed := int64(0)
	var err error
	for completed < repeat {
		if err = l.Send(payload); err != nil {
			break
		}
		completed++
		if completed < repeat {
			payload = blocks(first+completed, size)
		}
	}
	outcome := outcomeOf(err)
	fields := harness.Fields{
		"conn": l.name, "send": first, "outcome": outcome, "completed": completed,
		"raised": err != nil && outcome != "suppressed",
	}
	if err != nil {
		fields["detail"] = err.Error()
	}
	s.say("send_ended", s.world.NowUS(), fields)
}

// outcomeOf tells an error as the net package documents it. net.ErrClosed says that this side closed the connection,
// and nothing else: it is how Go tells a closing from a failure.
func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, net.ErrClosed):
		return "suppressed"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return "timeout"
	}
	for _, closed := range []error{
		io.ErrClosedPipe, syscall.EPIPE, syscall.ECONNRESET, syscall.ENOTCONN, syscall.ECONNABORTED, syscall.EBADF,
	} {
		if errors.Is(err, closed) {
			return "closed"
		}
	}
	return "error"
}

func blocks(send, size int64) []byte {
	whole := make([]byte, (size+7)/8*8)
	for index := 0; index*8 < len(whole); index++ {
		binary.BigEndian.PutUint32(whole[index*8:], uint32(send))
		binary.BigEndian.PutUint32(whole[index*8+4:], uint32(index))
	}
	return whole[:size]
}

func (s *subject) received(r *harness.Request) (harness.Fields, error) {
	l, err := s.link(r)
	if err != nil {
		return nil, err
	}
	return harness.Fields{"frames": l.frames.Load()}, nil
}

func (s *subject) close(r *harness.Request) (harness.Fields, error) {
	l, err := s.link(r)
	if err != nil {
		return nil, err
	}
	if !l.closed.Swap(true) {
		fields := harness.Fields{"conn": l.name, "cause": "local"}
		s.say("closing", s.world.NowUS(), fields)
		l.Close()
		s.say("closed", s.world.NowUS(), harness.Fields{"conn": l.name})
	}
	return nil, nil
}
