package vectors

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"

	"stallproof/kit/harness"
)

const sendTimeout = "streaming_send_timeout"

// inForce are the knobs that a vector leaves out.
var inForce = harness.Fields{
	sendTimeout:                             30.0,
	"streaming_ack_progress_timeout":        60.0,
	"streaming_ack_progress_check_interval": 5.0,
	"sfm_send_stall_timeout":                45.0,
	"sfm_close_stalled_connection":          false,
	"sfm_send_stall_consecutive_checks":     3,
	"streaming_ack_wait":                    300.0,
	"streaming_window_size":                 16777216,
	"streaming_chunk_size":                  1048576,
	"heartbeat_interval":                    60,
}

// Play puts the vector to a harness in this process. It returns what came out otherwise than the law demands, a
// sentence each; nothing if all is right.
//
// An error says that the harness could not be asked. Which words a reason has is not looked at: the oracle does that.
func (v Vector) Play(loop harness.Loop) ([]string, error) {
	session, hello, err := harness.NewSession(loop)
	if err != nil {
		return nil, err
	}
	defer session.End()
	if len(v.Steps) > 0 && v.Steps[0].Do["op"] == "config" {
		return v.configure(session)
	}
	if err := v.begin(session); err != nil {
		return nil, err
	}
	open, sequence := openIn(v), newSequences(v, hello)
	var wrong []string
	for _, step := range v.Steps {
		said, refusal, err := carryOut(session, step)
		if err != nil {
			return nil, err
		}
		if refusal != "" {
			wrong = append(wrong, refusal)
		}
		open.enter(step)
		wrong = append(wrong, differences(step.AtUS, open.decisions(step.Expect), open.decisions(said))...)
		open.leave(step)
		sequence.take(step, said)
		if len(wrong) > 0 {
			return wrong, nil // The rest is consequence.
		}
	}
	return sequence.wrong, nil
}

// begin puts the knobs in force. A script of nothing but decisions needs none.
func (v Vector) begin(session *harness.Session) error {
	knobs := harness.Fields{}
	for _, step := range v.Steps {
		if step.Do != nil && step.Do["op"] != "decide" {
			for name, value := range inForce {
				knobs[name] = value
			}
		}
	}
	for name, value := range v.Knobs {
		knobs[name] = value
	}
	reply, _, err := session.Ask(harness.Fields{"op": "config", "knobs": knobs, "environment": harness.Fields{}})
	if err != nil {
		return err
	}
	if reply["ok"] != true {
		return fmt.Errorf("its knobs are not in force: %v", reply["message"])
	}
	effective, _ := reply["effective"].(map[string]any)
	wanted, value := knobs[sendTimeout], effective[sendTimeout]
	if wanted != nil && !isSame(value, wanted) { // Others may be clamped, or be none of its knobs.
		return fmt.Errorf("%s is %v in force, and was to be %v", sendTimeout, value, wanted)
	}
	return nil
}

// carryOut advances the clock to a step, and asks what it asks. It returns what was said, and how it was refused.
func carryOut(session *harness.Session, step Step) (said []harness.Fields, refusal string, err error) {
	requests := []harness.Fields{{"op": "advance", "to_us": step.AtUS}}
	if step.Do != nil {
		requests = append(requests, step.Do)
	}
	for _, request := range requests {
		reply, events, err := session.Ask(request)
		if err != nil {
			return nil, "", err
		}
		said = append(said, events...)
		switch {
		case reply["ok"] == true:
		case request["op"] == "ack" && reply["error"] == "refused":
			said = append(said, harness.Fields{
				"event": "ack_received", "at_us": json.Number(strconv.FormatInt(step.AtUS, 10)), "conn": request["conn"],
				"stream": request["stream"], "accepted": false,
			})
		default:
			refusal = fmt.Sprintf("at %d us %v was answered with %v: %v",
				step.AtUS, request["op"], reply["error"], reply["message"])
		}
	}
	return said, refusal, nil
}

// differences are the decisions that are missing, and those that are one too many.
func differences(atUS int64, expected, said map[string]int) []string {
	var wrong []string
	for decision, times := range expected {
		for ; times > said[decision]; times-- {
			wrong = append(wrong, fmt.Sprintf("by %d us this is missing: %s", atUS, decision))
		}
	}
	for decision, times := range said {
		for ; times > expected[decision]; times-- {
			wrong = append(wrong, fmt.Sprintf("by %d us this is one too many: %s", atUS, decision))
		}
	}
	sort.Strings(wrong)
	return wrong
}
