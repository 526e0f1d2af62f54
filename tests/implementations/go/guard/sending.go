package guard

import (
	"errors"
	"syscall"

	"stallproof/kit/world"
)

// A flight is one frame under the send lock, from taking it to the end of the send.
type flight struct {
	conn       *Conn
	number     int64 // of the send, or -1: nobody asked for it by number
	takenUS    int64
	deadlineUS int64
	written    int64
	begun      bool // bytes of it were written, or given to a layer
	broke      bool // the layer itself failed, and can carry nothing more (SD-8)
	giveUp     *GiveUp
	failed     error
	reported   bool
}

// A Sending is what a caller wants sent.
type Sending struct {
	Frame Frame
	// Number is the number that events name, or -1.
	Number int64
	// Quiet: what each write took is not said.
	Quiet bool
	// GiveUp is what the caller gives it up by, or nil.
	GiveUp *GiveUp
}

// Send waits for the lock, and then for the peer until the deadline, which counts from taking the lock (SD-1).
func (c *Conn) Send(s Sending) Result {
	if !c.lock.lock(c.world, s.GiveUp) {
		if c.IsClosing() {
			return Result{Outcome: Suppressed, Sequence: -1, Cause: errClosing}
		}
		return Result{Outcome: GivenUp, Sequence: -1, Cause: errGivenUp}
	}
	defer c.lock.unlock()
	return c.sendLocked(s)
}

func (c *Conn) sendLocked(s Sending) Result {
	f, sequence := c.take(s)
	if f == nil {
		return Result{Outcome: Suppressed, Sequence: -1, Cause: errClosing}
	}
	s.Frame.number(sequence)
	awake := s.GiveUp.waking(c.transport.Wake)
	if f.failed = f.stopped(); f.failed == nil {
		err := c.layer.Carry(s.Frame.bytes, f.pass)
		if f.failed == nil && err != nil {
			f.failed, f.broke = err, true
		}
	}
	awake()
	return c.settle(f, sequence)
}

// take publishes who holds the lock since when, unless closing has begun.
func (c *Conn) take(s Sending) (*flight, uint16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil, 0
	}
	now := c.world.NowUS()
	f := &flight{conn: c, number: s.Number, takenUS: now, deadlineUS: now + c.policy.SendTimeoutUS}
	f.giveUp = s.GiveUp
	f.reported = s.Number >= 0 && !s.Quiet
	c.holder = f
	if f.reported {
		c.tellAt("lock_taken", now, map[string]any{"send": f.number})
	}
	return f, c.sequence
}

// pass hands bytes to the transport until all are taken or the send has failed.
func (f *flight) pass(bytes []byte) error {
	if f.failed != nil {
		return f.failed
	}
	if !f.conn.layer.Counts() {
		f.begun = true // A layer has made a record of them, and that record has to leave (SD-6).
	}
	f.conn.transport.Attempt(f.deadlineUS, func(write world.Write) bool {
		var waits bool
		bytes, waits = f.step(bytes, write)
		return !waits
	})
	return f.failed
}

// step writes as long as there is room. It returns what is left, and whether to wait for room.
//
// Written bytes are applied first, then closing and expiry are looked at, then any error.
func (f *flight) step(bytes []byte, write world.Write) (left []byte, waits bool) {
	for {
		if f.failed = f.stopped(); f.failed != nil {
			return bytes, false
		}
		beganUS := f.conn.world.NowUS()
		n, err := write(bytes)
		if n > 0 {
			bytes = bytes[n:]
			f.took(n, beganUS)
			if len(bytes) == 0 {
				return bytes, false
			}
			continue
		}
		if err == nil {
			err = errNothing
		}
		if f.failed = f.stopped(); f.failed != nil {
			return bytes, false
		}
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if errors.Is(err, world.ErrWouldBlock) {
			return bytes, true
		}
		f.failed = err
		return bytes, false
	}
}

// stopped tells why no write may begin now, or nil. Expiry is inclusive (SD-2), and comes before a give-up (SD-18).
func (f *flight) stopped() error {
	if f.conn.IsClosing() {
		return errClosing
	}
	if f.conn.world.NowUS() >= f.deadlineUS {
		return errExpired
	}
	if f.giveUp.Given() {
		return errGivenUp
	}
	return nil
}

func (f *flight) took(n int, beganUS int64) {
	f.begun = true
	f.written += int64(n)
	if f.reported && f.conn.layer.Counts() {
		f.conn.tell("written", map[string]any{"send": f.number, "began_us": beganUS, "wrote_bytes": n})
	}
}

// settle ends the flight: its outcome, its sequence number, and the closing that it brings about.
func (c *Conn) settle(f *flight, sequence uint16) Result {
	result := Result{Outcome: outcomeOf(f.failed), Written: f.written, Sequence: -1, Cause: f.failed}
	c.mu.Lock()
	if f.begun {
		result.Sequence = int(sequence)
		c.sequence = sequence + 1
	}
	closes := false
	switch {
	case result.Outcome == OK || result.Outcome == Suppressed:
	case c.closing:
		if result.Outcome == Timeout {
			result.Outcome = Suppressed // Somebody else's closing came first.
		}
	case result.Outcome == Timeout:
		closes = c.beginClosing("send_timeout")
	case f.begun || f.broke:
		closes = c.beginClosing("torn_frame")
	}
	c.mu.Unlock()
	if closes {
		c.shutdown()
	}
	c.mu.Lock()
	c.holder = nil
	c.mu.Unlock()
	return result
}
