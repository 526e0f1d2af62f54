package harness

import (
	"encoding/json"
	"fmt"
	"runtime"
)

// A Session asks a harness in this process, in virtual time, without pipes: for tests.
type Session struct {
	loop *Loop
	said said
	id   int64
	// processors are as many as before.
	processors int
}

// said keeps the lines since the last request, as they would have gone out.
type said [][]byte

func (s *said) Put(value any) { *s = append(*s, encoded(value)) }

// NewSession begins with a hello. It returns what the harness says of itself.
func NewSession(loop Loop) (*Session, Fields, error) {
	// One task runs at a time, and to hand over to another processor takes longer.
	s := &Session{loop: &loop, processors: runtime.GOMAXPROCS(1)}
	s.loop.lines = &s.said
	hello, _, err := s.Ask(Fields{"op": "hello", "protocol": 1, "clock": "virtual"})
	if err != nil {
		s.End()
		return nil, nil, err
	}
	if hello["ok"] != true {
		s.End()
		return nil, nil, fmt.Errorf("the harness does not live in virtual time: %v", hello["message"])
	}
	return s, hello, nil
}

// Ask has one request carried out, and returns its reply and the events before it.
//
// Numbers are json.Number, as they would have gone out. The error says that there were not these lines.
func (s *Session) Ask(request Fields) (reply Fields, events []Fields, err error) {
	s.id++
	whole := Fields{"id": s.id}
	whole.add(request)
	line, err := json.Marshal(whole)
	if err != nil {
		return nil, nil, err
	}
	s.said = nil
	s.loop.takeLine(line, nil)
	for _, line := range s.said {
		var fields Fields
		if err := Decode(line, &fields); err != nil {
			return nil, nil, fmt.Errorf("it said %q: %w", line, err)
		}
		if _, isEvent := fields["event"]; isEvent {
			events = append(events, fields)
		} else if reply != nil {
			return nil, nil, fmt.Errorf("%v was answered twice", request["op"])
		} else {
			reply = fields
		}
	}
	if reply == nil {
		return nil, nil, fmt.Errorf("%v was not answered", request["op"])
	}
	return reply, events, nil
}

// End ends the tasks of the case that is going on. It has to be called, and once.
func (s *Session) End() {
	runtime.GOMAXPROCS(s.processors)
	if s.loop.clock != nil {
		s.loop.clock.End()
		s.loop.clock = nil
	}
}
