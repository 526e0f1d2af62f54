package virtual

import (
	"errors"
	"syscall"

	"stallproof/kit/world"
)

// ErrUnknownCause says that a script named a cause that nobody here knows.
var ErrUnknownCause = errors.New("nobody knows this cause")

// errnos are the causes that a script may name, besides zero.
var errnos = map[string]syscall.Errno{
	"EPIPE": syscall.EPIPE, "ECONNRESET": syscall.ECONNRESET, "ENOTCONN": syscall.ENOTCONN,
	"ECONNABORTED": syscall.ECONNABORTED, "EBADF": syscall.EBADF, "ESHUTDOWN": syscall.ESHUTDOWN,
	"ETIMEDOUT": syscall.ETIMEDOUT, "EAGAIN": syscall.EAGAIN, "EWOULDBLOCK": syscall.EWOULDBLOCK,
	"EINTR": syscall.EINTR, "EIO": syscall.EIO, "ENOBUFS": syscall.ENOBUFS, "ENOMEM": syscall.ENOMEM,
	"EINVAL": syscall.EINVAL, "EMSGSIZE": syscall.EMSGSIZE, "EHOSTUNREACH": syscall.EHOSTUNREACH,
	"ENETUNREACH": syscall.ENETUNREACH, "ENETDOWN": syscall.ENETDOWN, "EACCES": syscall.EACCES,
	"EPERM": syscall.EPERM, "EFAULT": syscall.EFAULT, "ENOTSOCK": syscall.ENOTSOCK, "ENOSPC": syscall.ENOSPC,
	"ECONNREFUSED": syscall.ECONNREFUSED, "EDESTADDRREQ": syscall.EDESTADDRREQ, "EOPNOTSUPP": syscall.EOPNOTSUPP,
	"ENETRESET": syscall.ENETRESET, "EHOSTDOWN": syscall.EHOSTDOWN, "EPROTO": syscall.EPROTO,
	"ENODEV": syscall.ENODEV, "ENXIO": syscall.ENXIO, "EFBIG": syscall.EFBIG, "EDQUOT": syscall.EDQUOT,
}

// A Transport is the one of virtual time: so much room, failures that are asked for, and writes that return late.
type Transport struct {
	clock    *World
	parker   world.Parker
	endless  bool
	room     int64
	failure  func() (int, error)
	lateUS   int64
	waiting  bool
	shutdown bool
}

// NewTransport makes one with so much room; endless has always enough.
func NewTransport(clock *World, roomBytes int64, endless bool) *Transport {
	return &Transport{clock: clock, parker: clock.Parker(), room: roomBytes, endless: endless}
}

// Accept makes room. The write that it wakes returns lateUS after it began.
func (s *Transport) Accept(wroteBytes, lateUS int64) {
	s.room += wroteBytes
	if s.waiting {
		s.lateUS = lateUS
		s.parker.Unpark()
	}
}

// Fail has the next write fail, once.
func (s *Transport) Fail(cause string) error {
	errno, known := errnos[cause]
	switch {
	case cause == "zero":
		s.failure = func() (int, error) { return 0, nil }
	case known:
		s.failure = func() (int, error) { return -1, errno }
	default:
		return ErrUnknownCause
	}
	if s.waiting {
		s.parker.Unpark()
	}
	return nil
}

// Wake has whoever waits for room look again.
func (s *Transport) Wake() {
	if s.waiting {
		s.parker.Unpark()
	}
}

// Shutdown fails every write from now on.
func (s *Transport) Shutdown() {
	s.shutdown = true
	s.parker.Unpark()
}

// Attempt waits for room in virtual time.
func (s *Transport) Attempt(untilUS int64, step func(world.Write) bool) {
	for !step(s.write) {
		if s.mayWrite() {
			continue
		}
		s.waiting = true
		s.parker.Park(untilUS)
		s.waiting = false
	}
}

func (s *Transport) mayWrite() bool {
	return s.endless || s.room > 0 || s.failure != nil || s.shutdown
}

func (s *Transport) write(bytes []byte) (int, error) {
	if s.lateUS > 0 {
		s.clock.Late(s.lateUS)
		s.lateUS = 0
	}
	if s.shutdown {
		return -1, syscall.EPIPE
	}
	if fails := s.failure; fails != nil {
		s.failure = nil
		return fails()
	}
	if s.endless {
		return len(bytes), nil
	}
	if s.room == 0 {
		return -1, world.ErrWouldBlock
	}
	n := len(bytes)
	if int64(n) > s.room {
		n = int(s.room)
	}
	s.room -= int64(n)
	return n, nil
}
