package world

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// A Socket is a real transport. Go's poller waits; this file only says what for, and until when.
type Socket struct {
	clock World
	file  *os.File
	raw   syscall.RawConn
}

// NewSocket takes over a connected socket, with its descriptor.
func NewSocket(clock World, descriptor int) (*Socket, error) {
	if err := syscall.SetNonblock(descriptor, true); err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(descriptor), "socket")
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &Socket{clock: clock, file: file, raw: raw}, nil
}

// Attempt lets step write whenever there may be room.
//
// RawConn.Write calls it, waits for the poller when it is not done, and calls it again. So each write is one that
// never waits, and step looks at the clock before it: Conn.Write would not.
func (s *Socket) Attempt(untilUS int64, step func(Write) bool) {
	for done := false; !done; {
		left := time.Duration(untilUS-s.clock.NowUS()) * time.Microsecond
		s.file.SetWriteDeadline(time.Now().Add(left))
		err := s.raw.Write(func(descriptor uintptr) bool {
			done = step(func(bytes []byte) (int, error) { return syscall.Write(int(descriptor), bytes) })
			return done
		})
		if err == nil || done {
			continue
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = ErrWouldBlock
		}
		done = step(func([]byte) (int, error) { return -1, err }) // It is too late, or the socket is closed.
	}
}

// Wake makes it too late for the wait that is going on. The next one has a deadline of its own.
func (s *Socket) Wake() { s.file.SetWriteDeadline(time.Unix(1, 0)) }

// Shutdown ends both directions at once, and closes the descriptor when nobody uses it any more.
func (s *Socket) Shutdown() {
	s.raw.Control(func(descriptor uintptr) { syscall.Shutdown(int(descriptor), syscall.SHUT_RDWR) })
	s.file.Close()
}

// NowUS is the time by the clock that the deadlines of this socket count in.
func (s *Socket) NowUS() int64 { return s.clock.NowUS() }

// Read waits for bytes of the peer.
func (s *Socket) Read(into []byte) (int, error) { return s.file.Read(into) }
