package world

import "sync"

// A Lock is handed over in the order of arrival (CX-4), in real and in virtual time.
//
// sync.Mutex is neither fair nor known to a world of virtual time, which has to see who waits.
type Lock struct {
	world World
	mu    sync.Mutex
	held  bool
	queue []Parker
}

// NewLock makes a lock for the tasks of a world.
func NewLock(w World) *Lock { return &Lock{world: w} }

// Lock waits for its turn.
func (l *Lock) Lock() {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return
	}
	turn := l.world.Parker()
	l.queue = append(l.queue, turn)
	l.mu.Unlock()
	turn.Park(Never)
}

// Unlock hands over to whoever waits longest.
func (l *Lock) Unlock() {
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
