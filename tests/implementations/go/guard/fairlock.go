package guard

import (
	"sync"

	"stallproof/kit/world"
)

// A fairLock is served in order of arrival (CX-4).
//
// sync.Mutex is not: a goroutine that comes by takes it before one that was woken for it, for up to a millisecond, and
// so thousands of times in a row with small frames. Here whoever unlocks hands over to the first in the queue.
type fairLock struct {
	mu    sync.Mutex
	held  bool
	queue []*waiter
}

// A waiter is in the queue until it is served, or leaves.
type waiter struct {
	parker world.Parker
	served bool
}

// lock waits for its turn, and tells whether it came before the caller gave up. Who leaves is in the queue no more, so
// that the turn comes to the next one.
func (l *fairLock) lock(w world.World, g *GiveUp) bool {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return true
	}
	mine := &waiter{parker: w.Parker()}
	l.queue = append(l.queue, mine)
	l.mu.Unlock()
	defer g.waking(mine.parker.Unpark)()
	for {
		mine.parker.Park(world.Never)
		if l.isServed(mine) {
			return true
		}
		if g.Given() && l.leave(mine) {
			return false
		}
	}
}

func (l *fairLock) isServed(mine *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return mine.served
}

// leave takes a waiter out of the queue. Whose turn has come meanwhile cannot leave any more.
func (l *fairLock) leave(mine *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, each := range l.queue {
		if each == mine {
			l.queue = append(l.queue[:i:i], l.queue[i+1:]...)
			return true
		}
	}
	return false
}

// tryLock never waits, and comes after everybody who does.
func (l *fairLock) tryLock() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held {
		return false
	}
	l.held = true
	return true
}

func (l *fairLock) unlock() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.held = false
		return
	}
	next := l.queue[0]
	l.queue = l.queue[1:]
	next.served = true
	next.parker.Unpark()
}
