package main

import (
	"fmt"
	"io"

	"guarded/guard"
	"stallproof/kit/harness"
	"stallproof/kit/world"
)

func (s *subject) open(r *harness.Request) (harness.Fields, error) {
	name, transport := r.Text("conn"), r.Text("transport")
	options := guard.Options{Heartbeats: true}
	r.Into("heartbeats", &options.Heartbeats)
	if r.Err() != nil {
		return nil, r.Err()
	}
	switch {
	case s.virtual != nil && transport == "virtual":
		return s.openVirtual(r, name, options)
	case s.virtual == nil && (transport == "unix" || transport == "tcp" || transport == "tls"):
		return s.openSocket(r, name, transport, options)
	}
	return nil, harness.Unsupported(fmt.Sprintf("the transport %q", transport))
}

func (s *subject) openVirtual(r *harness.Request, name string, options guard.Options) (harness.Fields, error) {
	transport, err := s.scripted.Open(r, s.virtual)
	if err != nil {
		return nil, err
	}
	options.Virtual = true
	s.add(guard.NewConn(name, s.world, s.policy, s.tell, transport, options))
	s.say("opened", s.world.NowUS(), harness.Fields{"conn": name, "descriptor": nil})
	return harness.Fields{"descriptor": nil}, nil
}

func (s *subject) openSocket(
	r *harness.Request, name, transport string, options guard.Options,
) (harness.Fields, error) {
	descriptor, err := harness.Dial(r)
	if err != nil {
		return nil, err
	}
	socket, err := world.NewSocket(s.world, descriptor)
	if err != nil {
		return nil, err
	}
	var incoming io.Reader = socket
	if transport == "tls" {
		secure, err := secured(r, socket)
		if err != nil {
			socket.Shutdown()
			return nil, err
		}
		options.Layer, incoming = secure, secure
	}
	conn := guard.NewConn(name, s.world, s.policy, s.tell, socket, options)
	s.add(conn)
	s.say("opened", s.world.NowUS(), harness.Fields{"conn": name, "descriptor": descriptor})
	s.world.Go(func() { conn.Receive(incoming) })
	return harness.Fields{"descriptor": descriptor}, nil
}

func secured(r *harness.Request, socket *world.Socket) (*guard.Secure, error) {
	config, err := harness.Trusting(r)
	if err != nil {
		return nil, err
	}
	return guard.NewSecure(socket, config)
}
