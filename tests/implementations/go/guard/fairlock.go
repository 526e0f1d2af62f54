package guard

import (
	"sync"

	"guarded/world"
)

// A fairLock is served in order of arrival (CX-4).
//
// sync.Mutex is not: a goroutine that comes by takes it before one that was woken for it, for up to a millisecond, and
// so thousands of times in a row with small frames. Here whoever unlocks hands over to the first in the queue.
type fairLock struct {
	mu    sync.Mutex
	held  bool
	queue []world.Parker
}

func (l *fairLock) lock(w world.World) {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return
	}
	mine := w.Parker()
	l.queue = append(l.queue, mine)
	l.mu.Unlock()
	for !mine.Park(world.Never) {
	}
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
	next.Unpark()
}
