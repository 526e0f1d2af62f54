package harness

import (
	"fmt"
	"math"
	"sync"

	"stallproof/kit/virtual"
	"stallproof/kit/world"
)

// SendTimeout is the one knob that a Plain harness has, in seconds.
const SendTimeout = "streaming_send_timeout"

const defaultTimeoutUS = 30_000_000

// A Connection is anything with a blocking send. One that also is a Receiver tells what comes in, and one that is
// SelfClosing when it ends.
type Connection interface {
	// Send returns when the frame of this payload was handed over, or why it was not.
	Send(payload []byte) error
	// Close returns when the call that closes has returned.
	Close() error
}

// A Receiver reads frames.
type Receiver interface {
	// Receive calls each for every frame that came whole, and returns when the peer ends: io.EOF for an announced
	// end, io.ErrUnexpectedEOF for one that was not.
	Receive(each func()) error
}

// A SelfClosing connection also ends when nobody asks it to, as after a time-out. Who does not say so cannot be shown
// to have closed once (SD-5).
type SelfClosing interface {
	// OnClosing is called before anything is sent. The connection calls what it is given each time it begins to shut
	// down, with the cause (such as local or send_timeout), and what that returns when the shutdown is over.
	OnClosing(closing func(cause string) (closed func()))
}

// A Guarded takes its clock, its turn and its transport from a Line, and so lives in virtual time too.
type Guarded interface {
	Send(line *Line, frame []byte) error
	Close(line *Line)
}

// Plain makes a harness of a transport that connects, sends and closes. Either Dial or Over has to be there.
//
// It does not help: what a call returned is what the oracle is told.
type Plain struct {
	// Name and Version say who is judged.
	Name, Version string
	// Features are the transports that it has, descriptor and accepting; what follows from the other fields is added.
	Features []string
	// Frames is the layout of a frame (spec/protocol.md).
	Frames Fields
	// Notes are for the reader of the report.
	Notes []string
	// Outcome tells an error of Send in the words of the protocol; nil: OutcomeOf.
	Outcome func(error) string
	// Machines are the pure machines that it has.
	Machines Machines

	// Dial connects to where the request says. The descriptor is -1 where it is not known.
	Dial func(r *Request, timeoutUS int64) (conn Connection, descriptor int, err error)
	// Over makes a connection that takes everything from its lines.
	Over func(timeoutUS int64) Guarded
	// Framed makes the frame of a payload, for Over; in virtual time a frame is as long as its payload.
	Framed func(payload []byte) []byte
}

// Main answers the oracle until it has enough.
func (p Plain) Main() {
	loop := p.Loop()
	loop.Main()
}

// Loop is the harness, for Main or for a test.
func (p Plain) Loop() Loop {
	if p.Outcome == nil {
		p.Outcome = OutcomeOf
	}
	return Loop{Virtual: p.Over != nil, Make: func(w world.World, say Say) Implementation {
		clock, _ := w.(*virtual.World)
		return &plain{
			Plain: p, world: w, clock: clock, say: say, timeoutUS: defaultTimeoutUS,
			links: make(map[string]*link), scripted: make(Scripted),
		}
	}}
}

// A plain is one case of a Plain harness.
type plain struct {
	Plain
	world     world.World
	clock     *virtual.World // nil on the real clock
	say       Say
	timeoutUS int64
	scripted  Scripted
	mu        sync.Mutex // of links
	links     map[string]*link
}

// Hello says who it is and what it has.
func (p *plain) Hello() Fields {
	features := append([]string{}, p.Features...)
	if p.Over != nil {
		features = append(features, "virtual_time")
	}
	if len(p.Machines) > 0 {
		features = append(features, "decide")
	}
	return Fields{
		"name": p.Name, "version": p.Version, "language": "go", "features": features,
		"clock":  Fields{"name": "CLOCK_MONOTONIC", "resolution_us": 1, "shared": true},
		"frames": p.Frames, "monitor": nil, "machines": p.Machines.Names(), "notes": append([]string{}, p.Notes...),
	}
}

// Operations are those that everybody has to have, and what the features ask for.
func (p *plain) Operations() map[string]Operation {
	operations := map[string]Operation{
		"config":   {Do: p.config},
		"open":     {Do: p.open, Beside: true},
		"send":     {Do: p.send},
		"received": {Do: p.received},
		"close":    {Do: p.close, Beside: true},
	}
	if len(p.Machines) > 0 {
		operations["decide"] = Operation{Do: func(r *Request) (Fields, error) {
			return p.Machines.Decide(r, p.say, p.world.NowUS())
		}}
	}
	if p.clock != nil {
		for name, operation := range p.scripted.Operations() {
			operations[name] = operation
		}
	}
	return operations
}

func (p *plain) config(r *Request) (Fields, error) {
	if r.Has("file") {
		return nil, Unsupported("it reads no configuration file")
	}
	var knobs map[string]any
	if r.Into("knobs", &knobs); r.Err() != nil {
		return nil, r.Err()
	}
	if value, given := knobs[SendTimeout]; given {
		seconds, isNumber := value.(float64)
		timeoutUS := math.Round(seconds * 1_000_000)
		if !isNumber || timeoutUS < 1 || timeoutUS > 1<<53 {
			return nil, Refused(fmt.Sprintf("%s is %v, and has to be a positive number", SendTimeout, value), Fields{
				"knob": SendTimeout, "value": value, "allowed": "a positive number of seconds",
			})
		}
		p.timeoutUS = int64(timeoutUS)
	}
	effective := Fields{SendTimeout: float64(p.timeoutUS) / 1_000_000}
	return Fields{"effective": effective, "notes": []string{}}, nil
}

func (p *plain) find(r *Request) (*link, error) {
	name := r.Text("conn")
	if r.Err() != nil {
		return nil, r.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if found, known := p.links[name]; known {
		return found, nil
	}
	return nil, fmt.Errorf("no connection is called %q", name)
}

func (p *plain) send(r *Request) (Fields, error) {
	l, err := p.find(r)
	first, size, repeat := r.Int("send"), r.Int("size_bytes"), r.IntOr("repeat", 1)
	kind := r.TextOr("kind", "data")
	switch {
	case r.Err() != nil:
		return nil, r.Err()
	case err != nil:
		return nil, err
	case kind != "data":
		return nil, Unsupported(fmt.Sprintf("frames of the kind %q", kind))
	case first < 0 || size < 0 || size > math.MaxInt32 || repeat < 1:
		return nil, fmt.Errorf("send %d of %d bytes, %d times: that is no send", first, size, repeat)
	}
	p.world.Go(func() { l.sendAll(first, size, repeat) })
	return nil, nil
}

func (p *plain) received(r *Request) (Fields, error) {
	l, err := p.find(r)
	switch {
	case err != nil:
		return nil, err
	case p.clock != nil:
		l.arrived() // A frame arrives now, and nothing that a send does keeps it from being read.
	case !l.receives:
		return nil, Unsupported("it does not count what comes in")
	}
	return Fields{"frames": l.frames.Load()}, nil
}

func (p *plain) close(r *Request) (Fields, error) {
	l, err := p.find(r)
	if err == nil {
		l.close()
	}
	return nil, err
}
