package harness

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"stallproof/kit/world"
)

// A sending is a connection with a deadline that nobody extends, and no guards besides.
type sending struct{ timeoutUS int64 }

func (s sending) Send(line *Line, frame []byte) (err error) {
	line.Lock()
	defer line.Unlock()
	untilUS := line.NowUS() + s.timeoutUS
	line.Attempt(untilUS, func(write world.Write) bool {
		for len(frame) > 0 && line.NowUS() < untilUS && err == nil {
			n, failed := write(frame)
			if errors.Is(failed, world.ErrWouldBlock) {
				return false
			}
			if err = failed; n > 0 {
				frame = frame[n:]
			}
		}
		return true
	})
	if err == nil && len(frame) > 0 {
		err = syscall.ETIMEDOUT
		line.Shutdown("send_timeout")
	}
	return err
}

func (s sending) Close(line *Line) { line.Shutdown("local") }

var tested = Plain{
	Name: "tested", Version: "1", Features: []string{"unix"}, Frames: Fields{"prefix_bytes": 4},
	Over: func(timeoutUS int64) Guarded { return sending{timeoutUS} },
	Machines: Machines{"start_gate": func(input json.RawMessage) (any, error) {
		if string(input) == `{"phase":"odd"}` {
			return nil, errors.New("no such phase")
		}
		return Fields{"action": "go_on"}, nil
	}},
}

func begun(t *testing.T, requests ...Fields) (*Session, []Fields) {
	t.Helper()
	session, _, err := NewSession(tested.Loop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.End)
	var said []Fields
	for _, request := range requests {
		reply, events, err := session.Ask(request)
		if err != nil || reply["ok"] != true {
			t.Fatalf("%v: %v, %v", request, reply, err)
		}
		said = append(said, events...)
	}
	return session, said
}

func named(events []Fields, fields ...string) (found [][]string) {
	for _, event := range events {
		var one []string
		for _, field := range fields {
			text, _ := json.Marshal(event[field])
			one = append(one, strings.Trim(string(text), `"`))
		}
		found = append(found, one)
	}
	return found
}

var stalled = []Fields{
	{"op": "config", "knobs": Fields{SendTimeout: 0.5}},
	{"op": "open", "conn": "a", "transport": "virtual", "room_bytes": 3},
	{"op": "send", "conn": "a", "send": 1, "size_bytes": 10},
	{"op": "send", "conn": "a", "send": 2, "size_bytes": 10},
	{"op": "advance", "to_us": 499_999},
}

func TestAPlainHarnessSaysWhatASendDidAndWhen(t *testing.T) {
	session, said := begun(t, stalled...)
	expected := [][]string{
		{"opened", "0", "null", "null"}, {"send_started", "0", "1", "null"}, {"lock_taken", "0", "1", "null"},
		{"written", "0", "1", "3"}, {"send_started", "0", "2", "null"},
	}
	if found := named(said, "event", "at_us", "send", "wrote_bytes"); !reflect.DeepEqual(expected, found) {
		t.Errorf("before the deadline:\nexpected %v\ngot      %v", expected, found)
	}
	_, said, err := session.Ask(Fields{"op": "advance", "to_us": 500_000})
	expected = [][]string{
		{"closing", "500000", "null", "null"}, {"closed", "500000", "null", "null"},
		{"send_ended", "500000", "1", "timeout"}, {"lock_taken", "500000", "2", "null"},
		{"send_ended", "500000", "2", "closed"},
	}
	if found := named(said, "event", "at_us", "send", "outcome"); err != nil || !reflect.DeepEqual(expected, found) {
		t.Errorf("at the deadline (%v):\nexpected %v\ngot      %v", err, expected, found)
	}
}

func TestAMachineIsAskedByItsName(t *testing.T) {
	session, _ := begun(t)
	for _, each := range []struct {
		machine string
		input   any
		refusal any
	}{
		{"start_gate", Fields{"phase": "start"}, nil},
		{"start_gate", Fields{"phase": "odd"}, "failed"},
		{"start_gate", []int{1}, "failed"},
		{"start_gate", nil, "failed"},
		{"dead_client", Fields{}, "unsupported"},
	} {
		request := Fields{"op": "decide", "machine": each.machine, "input": each.input}
		reply, events, err := session.Ask(request)
		if err != nil || !reflect.DeepEqual(each.refusal, reply["error"]) || (each.refusal == nil) != (len(events) == 1) {
			t.Errorf("%v: %v, %v, %v", request, reply, events, err)
		}
	}
}

func TestNonsenseIsAnsweredAndSurvived(t *testing.T) {
	session, _ := begun(t, stalled...)
	for _, each := range []struct {
		request Fields
		refusal string
	}{
		{Fields{"op": "juggle"}, "unsupported"},
		{Fields{"op": 5}, "failed"},
		{Fields{"op": "open", "conn": "b", "transport": "unix"}, "unsupported"},
		{Fields{"op": "open", "conn": "b", "transport": "virtual", "role": "accept"}, "unsupported"},
		{Fields{"op": "open", "conn": "b", "transport": "virtual", "role": 5}, "failed"},
		{Fields{"op": "send", "conn": "b", "send": 1, "size_bytes": 1}, "failed"},
		{Fields{"op": "send", "conn": "a", "send": 1, "size_bytes": -1}, "failed"},
		{Fields{"op": "send", "conn": "a", "send": 1, "size_bytes": 1e18}, "failed"},
		{Fields{"op": "send", "conn": "a", "send": 1}, "failed"},
		{Fields{"op": "send", "conn": "a", "send": 1, "size_bytes": 1, "kind": "heartbeat"}, "unsupported"},
		{Fields{"op": "fail", "conn": "a", "cause": "ENONSENSE"}, "unsupported"},
		{Fields{"op": "accept", "conn": "nobody", "wrote_bytes": 1}, "failed"},
		{Fields{"op": "config", "knobs": Fields{SendTimeout: 0}}, "refused"},
		{Fields{"op": "config", "knobs": Fields{SendTimeout: true}}, "refused"},
		{Fields{"op": "config", "knobs": Fields{SendTimeout: 0.0000004}}, "refused"},
		{Fields{"op": "config", "file": "{}"}, "unsupported"},
	} {
		reply, _, err := session.Ask(each.request)
		if err != nil || reply["error"] != each.refusal {
			t.Errorf("%v: expected %s, got %v, %v", each.request, each.refusal, reply, err)
		}
	}
}

func TestWhoHasNoVirtualTimeIsAskedForNothing(t *testing.T) {
	real := Plain{Name: "real", Version: "1"}
	if _, _, err := NewSession(real.Loop()); err == nil {
		t.Error("there is no virtual time, and nobody said so")
	}
}

func TestALineMayComeInPiecesOrBeTooLong(t *testing.T) {
	in, out := &pieces{text: `{"id":1,"op":"hello","protocol":1}` + "\n" +
		`{"id":2,"op":"` + strings.Repeat("y", lineBytes) + `"}` + "\n" + `{"id":3,"op":"stop"}` + "\n"}, &strings.Builder{}
	loop := tested.Loop()
	loop.Run(in, out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var found [][]string
	for _, line := range lines {
		var reply Fields
		if err := Decode([]byte(line), &reply); err != nil {
			t.Fatal(err)
		}
		found = append(found, named([]Fields{reply}, "id", "error")...)
	}
	expected := [][]string{{"1", "null"}, {"0", "failed"}, {"3", "null"}}
	if !reflect.DeepEqual(expected, found) {
		t.Errorf("expected %v, got %v", expected, found)
	}
}

// pieces is a pipe that cuts where it likes.
type pieces struct{ text string }

func (p *pieces) Read(into []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(into[:min(len(into), 7001)], p.text)
	p.text = p.text[n:]
	return n, nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
