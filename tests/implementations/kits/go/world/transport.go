package world

import "syscall"

// ErrWouldBlock says that a write has no room. It is no failure.
var ErrWouldBlock = syscall.EAGAIN

// A Write hands bytes to a transport and never waits: ErrWouldBlock says that there is no room.
type Write = func([]byte) (int, error)

// A Transport is what frames leave by: a Socket, or in virtual time a virtual.Transport.
type Transport interface {
	// Attempt calls step until it says that it is done. Between two calls it waits until there may be room, at most
	// until untilUS. A shutdown ends the wait.
	Attempt(untilUS int64, step func(Write) (done bool))
	// Wake ends the wait that is going on, if any, so that step is called. It never waits.
	Wake()
	// Shutdown ends both directions and wakes whoever waits. It never waits, and is called once.
	Shutdown()
}
