package harness

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"stallproof/kit/world"
)

// fewFrames: of no more frames than this in one send, what each one did is said.
const fewFrames = 64

// A link is a connection under the name that the oracle gave it.
type link struct {
	of       *plain
	name     string
	pass     func(number int64, quiet bool, payload []byte) error
	end      func()
	receives bool
	frames   atomic.Int64
	closing  atomic.Bool
}

func (p *plain) open(r *Request) (Fields, error) {
	name, transport := r.Text("conn"), r.Text("transport")
	if r.Err() != nil {
		return nil, r.Err()
	}
	isVirtual := transport == "virtual"
	if isVirtual != (p.clock != nil) || !isVirtual && !p.has(transport) {
		return nil, Unsupported(fmt.Sprintf("the transport %q", transport))
	}
	if role := r.TextOr("role", "connect"); r.Err() == nil && role != "connect" && !p.declares("accepting") {
		return nil, Unsupported(fmt.Sprintf("the role %q", role))
	}
	l := &link{of: p, name: name}
	connect := p.connectOver
	if p.Over == nil {
		connect = p.connectByDialling
	}
	descriptor, err := connect(l, r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.links[name] = l
	p.mu.Unlock()
	p.say("opened", p.world.NowUS(), Fields{"conn": name, "descriptor": descriptor})
	return Fields{"descriptor": descriptor}, nil
}

func (p *plain) has(transport string) bool {
	return (transport == "unix" || transport == "tcp" || transport == "tls") && p.declares(transport)
}

func (p *plain) declares(name string) bool {
	for _, feature := range p.Features {
		if feature == name {
			return true
		}
	}
	return false
}

// connectByDialling returns the descriptor, or nil where it is not known.
func (p *plain) connectByDialling(l *link, r *Request) (any, error) {
	conn, descriptor, err := p.Dial(r, p.timeoutUS)
	if err != nil {
		return nil, err
	}
	l.pass = func(_ int64, _ bool, payload []byte) error { return conn.Send(payload) }
	if closing, itself := conn.(SelfClosing); itself {
		closing.OnClosing(l.closes)
		l.end = func() { conn.Close() }
	} else {
		l.end = func() { l.shutDown("local", func() { conn.Close() }) }
	}
	if receiver, receives := conn.(Receiver); receives {
		l.receives = true
		p.world.Go(func() { l.receive(receiver) })
	}
	if descriptor < 0 {
		return nil, nil
	}
	return descriptor, nil
}

func (p *plain) connectOver(l *link, r *Request) (any, error) {
	var transport world.Transport
	var known any
	if p.clock != nil {
		scripted, err := p.scripted.Open(r, p.clock)
		if err != nil {
			return nil, err
		}
		transport = scripted
	} else {
		descriptor, err := Dial(r)
		if err != nil {
			return nil, err
		}
		if transport, err = world.NewSocket(p.world, descriptor); err != nil {
			return nil, err
		}
		known = descriptor
	}
	conn, lock := p.Over(p.timeoutUS), world.NewLock(p.world)
	line := func(number int64) *Line { return &Line{link: l, lock: lock, transport: transport, number: number} }
	l.pass = func(number int64, quiet bool, payload []byte) error {
		if p.clock == nil && p.Framed != nil {
			payload = p.Framed(payload)
		}
		if quiet {
			number = -1
		}
		return conn.Send(line(number), payload)
	}
	l.end = func() { conn.Close(line(-1)) }
	return known, nil
}

func (l *link) close() { l.end() }

// shutDown says that closing begins and that it is done, the first time.
func (l *link) shutDown(cause string, shutDown func()) {
	if l.closing.Swap(true) {
		return
	}
	closed := l.closes(cause)
	shutDown()
	closed()
}

// closes says that closing begins, as often as it is said to begin; what it returns says that it is done.
func (l *link) closes(cause string) (closed func()) {
	l.closing.Store(true)
	l.tell("closing", Fields{"cause": cause})
	return func() { l.tell("closed", Fields{}) }
}

func (l *link) tell(event string, fields Fields) {
	fields["conn"] = l.name
	l.of.say(event, l.of.world.NowUS(), fields)
}

func (l *link) sendAll(first, size, repeat int64) {
	payload := Payload(first, size)
	l.tell("send_started", Fields{"send": first})
	completed := int64(0)
	var err error
	for completed < repeat {
		if err = l.pass(first+completed, repeat > fewFrames, payload); err != nil {
			break
		}
		completed++
		if completed < repeat {
			Blocks(payload, uint32(first+completed), 0)
		}
	}
	outcome := l.of.Outcome(err)
	fields := Fields{
		"send": first, "outcome": outcome, "completed": completed, "raised": err != nil && outcome != "suppressed",
	}
	if err != nil {
		fields["detail"] = err.Error()
	}
	l.tell("send_ended", fields)
}

func (l *link) arrived() {
	l.frames.Add(1)
	l.tell("received", Fields{"kind": "data"})
}

// receive tells what comes in, and how the peer ended, unless this side has closed.
func (l *link) receive(receiver Receiver) {
	err := receiver.Receive(l.arrived)
	if l.closing.Load() {
		return
	}
	how := "error"
	switch {
	case errors.Is(err, io.EOF):
		how = "orderly"
	case errors.Is(err, io.ErrUnexpectedEOF):
		how = "truncated"
	}
	l.tell("peer_ended", Fields{"how": how})
}
