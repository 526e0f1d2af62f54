package vectors

import (
	"encoding/json"
	"fmt"

	"stallproof/kit/harness"
)

const sequenceEnd = 1 << 16

// sequences looks whether the numbers of frames rise by one in the order of their first bytes (SD-14).
//
// Connections that carry streams are left out, since the numbers of chunks and notices are not said.
type sequences struct {
	has     bool
	streams map[string]bool
	order   map[string][]int64 // the sends of a connection, by their first bytes
	numbers map[sendOf]int64
	wrong   []string
}

func newSequences(v Vector, hello harness.Fields) *sequences {
	s := &sequences{streams: make(map[string]bool), order: make(map[string][]int64), numbers: make(map[sendOf]int64)}
	features, _ := hello["features"].([]any)
	for _, feature := range features {
		s.has = s.has || feature == "sequence"
	}
	for _, step := range v.Steps {
		if step.Do["op"] == "stream" {
			s.streams[text(step.Do, "conn")] = true
		}
	}
	return s
}

// take looks at what was said in a step, and once more at all numbers that are known by then.
func (s *sequences) take(step Step, said []harness.Fields) {
	if !s.has {
		return
	}
	for _, event := range said {
		conn, send := text(event, "conn"), number(event, "send")
		switch event["event"] {
		case "written":
			if !contains(s.order[conn], send) {
				s.order[conn] = append(s.order[conn], send)
			}
		case "send_ended":
			if _, isNumber := event["sequence"].(json.Number); isNumber {
				s.numbers[sendOf{conn, send}] = number(event, "sequence")
			} else if contains(s.order[conn], send) {
				s.wrong = append(s.wrong, fmt.Sprintf("send %d on %s wrote, and tells no sequence number", send, conn))
			}
		}
	}
	for conn := range s.order {
		s.compare(conn)
	}
	if step.Do["op"] == "open" {
		delete(s.order, text(step.Do, "conn")) // The name is that of another connection from now on.
	}
}

func (s *sequences) compare(conn string) {
	before, known := int64(0), false
	for _, send := range s.order[conn] {
		number, ended := s.numbers[sendOf{conn, send}]
		if !ended || s.streams[conn] {
			return
		}
		if known && number != (before+1)%sequenceEnd {
			s.wrong = append(s.wrong, fmt.Sprintf("send %d on %s has the number %d after %d", send, conn, number, before))
		}
		before, known = number, true
	}
}

func contains(numbers []int64, wanted int64) bool {
	for _, number := range numbers {
		if number == wanted {
			return true
		}
	}
	return false
}
