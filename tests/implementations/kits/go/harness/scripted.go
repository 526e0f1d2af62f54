package harness

import (
	"fmt"

	"stallproof/kit/virtual"
)

// Scripted are the transports of one case of virtual time, by the names of their connections.
type Scripted map[string]*virtual.Transport

// Open makes the transport of a request to open in virtual time. A name that comes back is another connection.
func (s Scripted) Open(r *Request, clock *virtual.World) (*virtual.Transport, error) {
	name, room := r.Text("conn"), r.IntOr("room_bytes", 0)
	if isToAccept, err := accepts(r); isToAccept {
		return nil, Unsupported("the role accept in virtual time")
	} else if err != nil {
		return nil, err
	}
	s[name] = virtual.NewTransport(clock, room, !r.Has("room_bytes"))
	return s[name], nil
}

// Operations are those on the transports.
func (s Scripted) Operations() map[string]Operation {
	return map[string]Operation{"accept": {Do: s.accept}, "fail": {Do: s.fail}}
}

func (s Scripted) accept(r *Request) (Fields, error) {
	transport, err := s.find(r)
	wrote, late := r.Int("wrote_bytes"), r.IntOr("late_us", 0)
	if err == nil {
		err = r.Err()
	}
	if err == nil {
		transport.Accept(wrote, late)
	}
	return nil, err
}

func (s Scripted) fail(r *Request) (Fields, error) {
	transport, err := s.find(r)
	cause := r.Text("cause")
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		return nil, err
	}
	if transport.Fail(cause) != nil {
		return nil, Unsupported(fmt.Sprintf("the cause %q", cause))
	}
	return nil, nil
}

func (s Scripted) find(r *Request) (*virtual.Transport, error) {
	name := r.Text("conn")
	if r.Err() != nil {
		return nil, r.Err()
	}
	if transport, known := s[name]; known {
		return transport, nil
	}
	return nil, fmt.Errorf("no connection is called %q", name)
}
