package vectors

import (
	"encoding/json"
	"fmt"

	"stallproof/kit/harness"
)

// A sendOf is one send of one connection.
type sendOf struct {
	conn string
	send int64
}

// An open is what the law leaves open in one case, by what was asked for and what is expected.
type open struct {
	unwritten map[sendOf]int64 // when those sends end that write nothing
	closed    map[string]int64 // since when a connection is closing
	before    map[string]bool  // those whose closing began in an earlier step
	lingers   map[string]bool
	cancelled map[int64]int64  // since when
	ended     map[int64]bool   // in an earlier step
	over      map[int64]string // ended in this step, before anything that was asked for in it
}

func openIn(v Vector) *open {
	o := &open{
		unwritten: make(map[sendOf]int64), closed: make(map[string]int64), before: make(map[string]bool),
		lingers: make(map[string]bool), cancelled: make(map[int64]int64), ended: make(map[int64]bool),
	}
	writes := make(map[sendOf]bool)
	for _, step := range v.Steps {
		for _, event := range step.Expect {
			which := sendOf{text(event, "conn"), number(event, "send")}
			switch event["event"] {
			case "written":
				writes[which] = true
			case "send_ended":
				o.unwritten[which] = number(event, "at_us")
			}
		}
	}
	for which := range writes {
		delete(o.unwritten, which)
	}
	return o
}

// enter takes in what a step asks for and expects.
func (o *open) enter(step Step) {
	if step.Do["op"] == "cancel" {
		o.cancelled[number(step.Do, "stream")] = step.AtUS
	}
	o.over = make(map[int64]string)
	for _, event := range step.Expect {
		switch event["event"] {
		case "closing":
			if conn := text(event, "conn"); !o.isClosed(conn, number(event, "at_us")) {
				o.closed[conn] = number(event, "at_us")
			}
		case "stream_ended":
			o.over[number(event, "stream")] = text(event, "outcome")
		}
	}
}

// leave ends a step. A name that is opened in it is that of another connection from now on.
func (o *open) leave(step Step) {
	for conn := range o.closed {
		o.before[conn] = true
	}
	for stream := range o.over {
		o.ended[stream] = true
	}
	if conn := text(step.Do, "conn"); step.Do["op"] == "open" {
		delete(o.closed, conn)
		delete(o.before, conn)
		o.lingers[conn] = number(step.Do, "linger_us") > 0
	}
}

func (o *open) isClosed(conn string, atUS int64) bool {
	sinceUS, isClosing := o.closed[conn]
	return isClosing && sinceUS <= atUS
}

// isFree tells whether a decision may be said or not.
func (o *open) isFree(event harness.Fields) bool {
	conn, atUS := text(event, "conn"), number(event, "at_us")
	switch event["event"] {
	case "lock_taken":
		endUS, isUnwritten := o.unwritten[sendOf{conn, number(event, "send")}]
		return isUnwritten && endUS == atUS
	case "notice_sent":
		sinceUS, isCancelled := o.cancelled[number(event, "stream")]
		return isCancelled && sinceUS <= atUS || o.isClosed(conn, atUS)
	case "received":
		return o.isClosed(conn, atUS)
	case "checked":
		isNothing := number(event, "stall_us") == 0 && number(event, "count") == 0
		return isNothing && o.isClosed(conn, atUS) || o.lingers[conn] && o.before[conn]
	case "warned":
		return o.lingers[conn] && o.before[conn]
	}
	return false
}

// free takes out of a decision that has to be said what it may say as it likes.
func (o *open) free(decision, event harness.Fields) {
	switch event["event"] {
	case "send_ended":
		if event["outcome"] == "given_up" {
			delete(decision, "raised")
		}
	case "stream_ended":
		cutOff := event["outcome"] == "send_failed" || event["outcome"] == "cancelled"
		if cutOff && o.isClosed(text(event, "conn"), number(event, "at_us")) {
			decision["outcome"] = "send_failed or cancelled"
		}
	case "ack_received":
		stream := number(event, "stream")
		switch o.over[stream] { // What is due comes before what is asked for.
		case "no_progress", "ack_wait", "send_failed":
			delete(decision, "accepted")
		}
		if o.ended[stream] {
			delete(decision, "accepted")
		}
	}
}

// decisions are what counts of some events, as texts, each with how often it was said.
func (o *open) decisions(events []harness.Fields) map[string]int {
	found := make(map[string]int)
	for _, event := range together(events) {
		decision := counted(event)
		if decision == nil || o.isFree(event) {
			continue
		}
		o.free(decision, event)
		found[textOf(decision)]++
	}
	return found
}

// together makes one of several writes of one send that began and ended alike.
func together(events []harness.Fields) []harness.Fields {
	first := make(map[string]harness.Fields)
	var kept []harness.Fields
	for _, event := range events {
		if event["event"] != "written" {
			kept = append(kept, event)
			continue
		}
		which := fmt.Sprint(event["conn"], " ", event["send"], " ", event["began_us"], " ", event["at_us"])
		if one, known := first[which]; known {
			sum := number(one, "wrote_bytes") + number(event, "wrote_bytes")
			one["wrote_bytes"] = json.Number(fmt.Sprint(sum))
			continue
		}
		one := harness.Fields{}
		for name, value := range event {
			one[name] = value
		}
		first[which] = one
		kept = append(kept, one)
	}
	return kept
}
