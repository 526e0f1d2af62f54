package harness

import (
	"io"
	"sync"
)

// Lines hands lines to a goroutine that writes them, so that a full pipe delays nobody.
type Lines struct {
	out     io.Writer
	mu      sync.Mutex
	changed *sync.Cond
	waiting []byte
	writing bool
}

// NewLines begins to write to out.
func NewLines(out io.Writer) *Lines {
	lines := &Lines{out: out}
	lines.changed = sync.NewCond(&lines.mu)
	go lines.write()
	return lines
}

// Put adds one line. It never waits.
func (l *Lines) Put(value any) {
	line := encoded(value)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(append(l.waiting, line...), '\n')
	l.changed.Broadcast()
}

// Flush waits until every line is written.
func (l *Lines) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 || l.writing {
		l.changed.Wait()
	}
}

func (l *Lines) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for len(l.waiting) == 0 {
			l.changed.Wait()
		}
		batch := l.waiting
		l.waiting = nil
		l.writing = true
		l.mu.Unlock()
		_, err := l.out.Write(batch)
		l.mu.Lock()
		l.writing = false
		if err != nil {
			l.waiting = nil // Nobody listens any more.
		}
		l.changed.Broadcast()
	}
}
