package knobs

import (
	"fmt"
	"sort"
	"strings"
)

// A Schedule is when the monitor looks: each check at most SlackUS after a multiple of the period (SC-9, form b).
type Schedule struct {
	PeriodUS int64
	SlackUS  int64
}

// Around is what relations are judged with besides the knobs.
type Around struct {
	GraceUS  int64
	MarginUS int64
	OuterUS  map[string]int64
	Schedule Schedule
}

// A Relation is one row of CF-5: whether it holds, and if not, what follows.
type Relation struct {
	Name  string `json:"relation"`
	Holds bool   `json:"holds"`
	Text  string `json:"text"`
}

// Relations checks what the values are to each other.
func (v Values) Relations(with Around) []Relation {
	send, stall := v.Micros("streaming_send_timeout"), v.Micros("sfm_send_stall_timeout")
	closing := v["sfm_close_stalled_connection"].(bool)
	period, slack := with.Schedule.PeriodUS, with.Schedule.SlackUS
	checks := int64(v.Number("sfm_send_stall_consecutive_checks"))
	defined := stall >= period+slack
	lower, upper := stall, stall+checks*period+slack
	if before := (checks-1)*period - slack; before > 0 {
		lower += before
	}
	late := ""
	for _, name := range sortedKeys(with.OuterUS) {
		if with.OuterUS[name] <= upper+with.MarginUS {
			late += fmt.Sprintf(" %s = %v s", name, inSeconds(with.OuterUS[name]))
		}
	}
	grace := fmt.Sprintf("with a grace of %v s", inSeconds(with.GraceUS))
	window := fmt.Sprintf("(the monitor may close from %v s to %v s)", inSeconds(lower), inSeconds(upper))
	return []Relation{
		v.relation("no_warning", send+with.GraceUS <= stall,
			grace+" slow sends that end by their own deadline are warned about",
			"streaming_send_timeout", "sfm_send_stall_timeout"),
		v.relation("no_close", !closing || send+with.GraceUS <= lower,
			grace+" the monitor can close before the deadline ends the send "+window,
			"streaming_send_timeout", "sfm_send_stall_timeout", "sfm_send_stall_consecutive_checks",
			"sfm_close_stalled_connection"),
		v.relation("progress_before_ack_wait",
			v.Micros("streaming_ack_progress_timeout") <= v.Micros("streaming_ack_wait"),
			"the ACK wait is over first, and a lack of progress is never seen",
			"streaming_ack_progress_timeout", "streaming_ack_wait"),
		v.relation("ack_interval_in_window", v.Number("streaming_ack_interval") <= v.Number("streaming_window_size"),
			"the sender can stop at the window before the receiver owes an ACK, and the stream stalls for good",
			"streaming_ack_interval", "streaming_window_size"),
		v.relation("window_holds_chunk", v.Number("streaming_chunk_size") <= v.Number("streaming_window_size"),
			"each chunk waits for the ACK of the one before it", "streaming_chunk_size", "streaming_window_size"),
		v.relation("outer_timeouts", !closing || late == "",
			"the caller gives up before the connection is closed, and retries into the same stall:"+late+" "+window,
			"sfm_send_stall_timeout", "sfm_send_stall_consecutive_checks", "sfm_close_stalled_connection"),
		v.relation("close_window_defined", !closing || defined,
			fmt.Sprintf("the close window is not defined with a period of %v s, and its ends are not promised",
				inSeconds(period)),
			"sfm_send_stall_timeout", "sfm_close_stalled_connection"),
	}
}

func (v Values) relation(name string, holds bool, follows string, of ...string) Relation {
	effective := v.Effective()
	sort.Strings(of)
	said := make([]string, len(of))
	for i, knob := range of {
		said[i] = fmt.Sprintf("%s = %s", knob, plainly(effective[knob]))
	}
	text := strings.Join(said, ", ")
	if !holds {
		text += ": " + follows
	}
	return Relation{Name: name, Holds: holds, Text: text}
}

func inSeconds(us int64) string { return plainly(float64(us) / 1e6) }
