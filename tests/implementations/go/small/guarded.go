package main

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"syscall"
)

// How a send ends that did not go well.
var (
	ErrTimeout = errors.New("the send ran into its deadline")
	ErrClosing = errors.New("the connection is closing")
	errNothing = errors.New("a write took nothing")
)

// A Line is what a connection may know of the outside: the time, its turn, and its transport.
type Line interface {
	NowUS() int64
	Lock()
	Unlock()
	Attempt(untilUS int64, step func(write func([]byte) (int, error)) (done bool))
	Shutdown(cause string)
}

// A Guarded is a connection with one deadline for each frame, which closes when a frame was torn.
type Guarded struct {
	timeoutUS int64
	closing   atomic.Bool
}

// Send waits for its turn, and then for the peer until the deadline, which counts from then.
func (g *Guarded) Send(line Line, frame []byte) error {
	line.Lock()
	defer line.Unlock()
	deadlineUS := line.NowUS() + g.timeoutUS
	whole := len(frame)
	var failed error
	line.Attempt(deadlineUS, func(write func([]byte) (int, error)) bool {
		for len(frame) > 0 && failed == nil {
			if failed = g.stopped(line, deadlineUS); failed != nil {
				break
			}
			n, err := write(frame)
			if n > 0 {
				frame = frame[n:]
				continue
			}
			if failed = g.stopped(line, deadlineUS); failed != nil || errors.Is(err, syscall.EINTR) {
				continue
			}
			if errors.Is(err, syscall.EAGAIN) {
				return false
			}
			failed = failure(err)
		}
		return true
	})
	g.settle(line, failed, len(frame) < whole)
	return failed
}

// failure is what a write failed by. The transport may have a time-out of its own, and zero bytes are no success.
func failure(err error) error {
	switch {
	case err == nil:
		return errNothing
	case errors.Is(err, syscall.ETIMEDOUT):
		return ErrTimeout
	}
	return err
}

// stopped tells why no write may begin now, or nil.
func (g *Guarded) stopped(line Line, deadlineUS int64) error {
	if g.closing.Load() {
		return ErrClosing
	}
	if line.NowUS() >= deadlineUS {
		return ErrTimeout
	}
	return nil
}

// settle closes after a time-out, and after a frame of which only a part has left.
func (g *Guarded) settle(line Line, failed error, begun bool) {
	if failed == ErrTimeout || failed != nil && failed != ErrClosing && begun {
		g.shutDown(line, "send_timeout")
	}
}

// Close ends the connection: whoever waits for room, and all who wait behind it.
func (g *Guarded) Close(line Line) { g.shutDown(line, "local") }

func (g *Guarded) shutDown(line Line, cause string) {
	if !g.closing.Swap(true) {
		line.Shutdown(cause)
	}
}

// framed is a payload behind its length, in four bytes.
func framed(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...)
}
