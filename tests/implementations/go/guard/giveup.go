package guard

import "sync"

// A GiveUp is what a caller gives its send up by, like a context that is cancelled: from any goroutine, and for good.
//
// A send waits in one place at a time, and leaves word here of how to wake it. A nil GiveUp is never given.
type GiveUp struct {
	mu    sync.Mutex
	given bool
	wake  func()
}

// Give gives the send up. It never waits for its end, and a second time changes nothing.
func (g *GiveUp) Give() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.given = true
	if g.wake != nil {
		g.wake()
	}
}

// Given tells whether the send was given up.
func (g *GiveUp) Given() bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.given
}

// waking has wake called when the send is given up, at once if it was, until the function that it returns is called.
func (g *GiveUp) waking(wake func()) func() {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wake = wake; g.given {
		wake()
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.wake = nil
	}
}
