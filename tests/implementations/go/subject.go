package main

import (
	"fmt"
	"runtime"
	"sync"

	"guarded/guard"
	"guarded/knobs"
	"stallproof/kit/harness"
	"stallproof/kit/virtual"
	"stallproof/kit/world"
)

// A subject is what is judged: in virtual time a new one for each case.
type subject struct {
	world   world.World
	virtual *virtual.World // nil on the real clock
	say     harness.Say
	values  knobs.Values
	policy  *guard.Policy
	monitor *guard.Monitor

	mu       sync.Mutex // of what follows
	conns    map[string]*guard.Conn
	scripted harness.Scripted
	streams  map[int64]*guard.Stream
	callers  map[caller]*guard.GiveUp
}

// A caller is that of one send.
type caller struct {
	conn string
	send int64
}

func newSubject(w world.World, say harness.Say) *subject {
	s := &subject{
		world: w, say: say, values: knobs.Defaults(),
		conns: make(map[string]*guard.Conn), scripted: make(harness.Scripted),
		streams: make(map[int64]*guard.Stream), callers: make(map[caller]*guard.GiveUp),
	}
	s.virtual, _ = w.(*virtual.World)
	s.policy = policyOf(s.values)
	s.monitor = guard.NewMonitor(w, s.tell)
	return s
}

func (s *subject) tell(event string, atUS int64, fields map[string]any) { s.say(event, atUS, fields) }

// Hello says who it is and what it has.
func (s *subject) Hello() harness.Fields {
	return harness.Fields{
		"name": "stallproof-go", "version": "1", "language": "go",
		"features": []string{
			"unix", "tcp", "tls", "descriptor", "checks", "monitor", "heartbeats", "wall_jump", "sequence", "streams",
			"config", "relations", "decide", "virtual_time", "give_up", "accepting",
		},
		"clock":    harness.Fields{"name": "CLOCK_MONOTONIC", "resolution_us": 1, "shared": true},
		"frames":   guard.Layout,
		"monitor":  harness.Fields{"form": "b", "slack_us": guard.SlackUS, "period_us": guard.PeriodUS},
		"machines": machines.Names(),
		"notes":    []string{runtime.Version() + " with its standard library only"},
	}
}

// Operations are what it has; those that may wait run beside the reader.
func (s *subject) Operations() map[string]harness.Operation {
	operations := map[string]harness.Operation{
		"config":    {Do: s.configure},
		"open":      {Do: s.open, Beside: true},
		"send":      {Do: s.send},
		"give_up":   {Do: s.giveUp},
		"received":  {Do: s.received},
		"close":     {Do: s.close, Beside: true},
		"check":     {Do: s.check, Beside: true},
		"monitor":   {Do: s.schedule},
		"wall_jump": {Do: s.jump},
		"stream":    {Do: s.stream},
		"ack":       {Do: s.acknowledge},
		"cancel":    {Do: s.cancel},
		"decide":    {Do: s.decide},
	}
	if s.virtual != nil {
		for name, operation := range s.scripted.Operations() {
			operations[name] = operation
		}
	}
	return operations
}

func (s *subject) conn(r *harness.Request) (*guard.Conn, error) {
	name := r.Text("conn")
	if r.Err() != nil {
		return nil, r.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if conn, known := s.conns[name]; known {
		return conn, nil
	}
	return nil, fmt.Errorf("no connection is called %q", name)
}

// add makes a connection known under its name, which may have been another one's before.
func (s *subject) add(conn *guard.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn.Name] = conn
	s.monitor.Watch(conn)
}
