package guard

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"stallproof/kit/world"
)

const handshakeTimeout = 5 * time.Second

// Secure is the layer of TLS over a socket. crypto/tls makes records, and the flight hands them to the socket.
type Secure struct {
	session *tls.Conn
	wire    *wire
}

// NewSecure goes through the handshake.
func NewSecure(socket *world.Socket, config *tls.Config) (*Secure, error) {
	w := &wire{socket: socket}
	session := tls.Client(w, config)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	if err := session.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return &Secure{session: session, wire: w}, nil
}

// Carry has crypto/tls cut the frame into records.
func (s *Secure) Carry(frame []byte, pass func([]byte) error) error {
	s.wire.carryBy(pass)
	defer s.wire.carryBy(nil)
	_, err := s.session.Write(frame)
	return err
}

// Farewell sends a close_notify, if there is room for it.
func (s *Secure) Farewell() { s.session.CloseWrite() }

// Counts is false: pass takes records.
func (s *Secure) Counts() bool { return false }

// Read reads what was decrypted.
//
// crypto/tls takes a transport that ends between two records for an orderly end, and says io.EOF for both. Only the
// socket knows: it has ended, or there was a close_notify before that.
func (s *Secure) Read(into []byte) (int, error) {
	n, err := s.session.Read(into)
	if errors.Is(err, io.EOF) && s.wire.hasEnded() {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// A wire is the socket as crypto/tls sees it.
type wire struct {
	socket *world.Socket
	mu     sync.Mutex
	pass   func([]byte) error // of the frame in flight
	ended  bool
}

func (w *wire) carryBy(pass func([]byte) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pass = pass
}

func (w *wire) hasEnded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

func (w *wire) Read(into []byte) (int, error) {
	n, err := w.socket.Read(into)
	if errors.Is(err, io.EOF) {
		w.mu.Lock()
		w.ended = true
		w.mu.Unlock()
	}
	return n, err
}

func (w *wire) Write(record []byte) (int, error) {
	w.mu.Lock()
	pass := w.pass
	w.mu.Unlock()
	if pass == nil {
		return w.writeAtOnce(record)
	}
	if err := pass(record); err != nil {
		return 0, err
	}
	return len(record), nil
}

// writeAtOnce is for the handshake and the close_notify, which no flight carries. It never waits: these few bytes fit
// into an empty buffer, and into a full one they do not belong.
func (w *wire) writeAtOnce(record []byte) (n int, err error) {
	w.socket.Attempt(w.socket.NowUS()+handshakeTimeout.Microseconds(), func(write world.Write) bool {
		n, err = write(record)
		return true
	})
	return n, err
}

func (w *wire) Close() error                       { w.socket.Shutdown(); return nil }
func (w *wire) LocalAddr() net.Addr                { return &net.TCPAddr{} }
func (w *wire) RemoteAddr() net.Addr               { return &net.TCPAddr{} }
func (w *wire) SetDeadline(t time.Time) error      { return nil }
func (w *wire) SetReadDeadline(t time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(t time.Time) error { return nil }
