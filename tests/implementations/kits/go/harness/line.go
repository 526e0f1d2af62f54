package harness

import "stallproof/kit/world"

// A Line is all that a guarded connection may know of the outside during one call: the time, its turn, its transport.
//
// It says on the way what the oracle likes to know. A connection need not import this package: an interface of its own
// with these methods will do.
type Line struct {
	link      *link
	lock      *world.Lock
	transport world.Transport
	number    int64 // of the send, or -1: nothing is said of it
}

// NowUS is the time in microseconds.
func (l *Line) NowUS() int64 { return l.link.of.world.NowUS() }

// Lock waits for its turn, behind all that asked before.
func (l *Line) Lock() {
	l.lock.Lock()
	if l.number >= 0 {
		l.link.tell("lock_taken", Fields{"send": l.number})
	}
}

// Unlock ends the turn.
func (l *Line) Unlock() { l.lock.Unlock() }

// Attempt calls step until it is done, and waits for room between two calls, at most until untilUS.
//
// A write never waits: without room it returns world.ErrWouldBlock, which is syscall.EAGAIN.
func (l *Line) Attempt(untilUS int64, step func(write world.Write) (done bool)) {
	l.transport.Attempt(untilUS, func(write world.Write) bool {
		return step(func(bytes []byte) (int, error) {
			beganUS := l.NowUS()
			n, err := write(bytes)
			if n > 0 && l.number >= 0 {
				l.link.tell("written", Fields{"send": l.number, "began_us": beganUS, "wrote_bytes": n})
			}
			return n, err
		})
	})
}

// Shutdown ends the transport in both directions, and wakes whoever waits for room. It never waits; a second one does
// nothing.
func (l *Line) Shutdown(cause string) { l.link.shutDown(cause, l.transport.Shutdown) }
