// Package guard is a connection that one stalled peer cannot make everybody wait for: one deadline for each frame, a
// fair lock, one closing, a monitor that takes no lock, and streams with a watchdog.
package guard

import (
	"sync"

	"stallproof/kit/world"
)

// Say tells an observer what happened. It never waits.
type Say func(event string, atUS int64, fields map[string]any)

// A Conn carries the frames of many senders.
type Conn struct {
	Name string

	world     world.World
	policy    *Policy
	say       Say
	transport world.Transport
	layer     Layer
	// Beats: the transport allows heartbeats.
	beats bool
	// Silent: a heartbeat is decided and not written, as in virtual time.
	silent bool

	lock fairLock // the send lock

	mu         sync.Mutex // of what follows; nobody waits with it
	closing    bool
	holder     *flight
	sequence   uint16
	received   bool
	receivedUS int64
	frames     int64
	streams    []*Stream
	count      int64
	countedFor *flight
}

// Options are what may differ from connection to connection.
type Options struct {
	Heartbeats bool
	// Virtual: nothing is written for a heartbeat.
	Virtual bool
	// Layer is nil where frames go as they are.
	Layer Layer
}

// NewConn makes a connection of a transport that is connected.
func NewConn(name string, w world.World, policy *Policy, say Say, transport world.Transport, options Options) *Conn {
	layer := options.Layer
	if layer == nil {
		layer = plain{}
	}
	return &Conn{
		Name: name, world: w, policy: policy, say: say, transport: transport, layer: layer,
		beats: options.Heartbeats, silent: options.Virtual,
	}
}

func (c *Conn) tell(event string, fields map[string]any) { c.tellAt(event, c.world.NowUS(), fields) }

func (c *Conn) tellAt(event string, atUS int64, fields map[string]any) {
	if fields == nil {
		fields = map[string]any{}
	}
	fields["conn"] = c.Name
	c.say(event, atUS, fields)
}

// IsClosing tells whether closing has begun. It is never undone (CX-6).
func (c *Conn) IsClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// Frames is how many whole frames came in.
func (c *Conn) Frames() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frames
}

// Close ends the connection. A second call does nothing.
func (c *Conn) Close(cause string) {
	c.mu.Lock()
	begun := c.beginClosing(cause)
	c.mu.Unlock()
	if begun {
		c.shutdown()
	}
}

// beginClosing is called with mu held, and tells whether this call began it.
func (c *Conn) beginClosing(cause string) bool {
	if c.closing {
		return false
	}
	c.closing = true
	c.tell("closing", map[string]any{"cause": cause})
	return true
}

// shutdown is called by whoever began the closing, with mu not held. It never waits.
func (c *Conn) shutdown() {
	if c.lock.tryLock() {
		c.layer.Farewell()
		c.lock.unlock()
	}
	c.transport.Shutdown()
	c.tell("closed", nil)
	for _, s := range c.carried() {
		s.finish(SendFailed)
	}
}

// carry adds a stream, which does not outlive its connection.
func (c *Conn) carry(s *Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams = append(c.streams, s)
}

func (c *Conn) drop(s *Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, each := range c.streams {
		if each == s {
			c.streams = append(c.streams[:i], c.streams[i+1:]...)
			return
		}
	}
}

func (c *Conn) carried() []*Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*Stream(nil), c.streams...)
}
