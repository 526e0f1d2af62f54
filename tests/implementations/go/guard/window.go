package guard

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
)

// await waits while more than the window is outstanding, and tells whether the chunk may begin.
func (s *Stream) await() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	beganUS := s.world.NowUS()
	waited := false
	for s.end == "" && s.outstanding() > s.policy.WindowBytes {
		if !waited {
			waited = true
			s.tell("wait_begun", map[string]any{"outstanding_bytes": s.outstanding()})
		}
		nowUS := s.world.NowUS()
		noProgressUS, ackWaitUS := s.dueUS(beganUS)
		if nowUS >= noProgressUS {
			s.finishLocked(NoProgress)
			break
		}
		if nowUS >= ackWaitUS {
			s.finishLocked(AckWait)
			break
		}
		untilUS := min(nowUS+s.policy.CheckIntervalUS, min(noProgressUS, ackWaitUS))
		s.parkUnlocked(untilUS)
	}
	if waited {
		s.tell("wait_ended", map[string]any{"outstanding_bytes": s.outstanding()})
	}
	return s.end == ""
}

// parkUnlocked gives mu back while it waits, also where the task is ended in the meantime.
func (s *Stream) parkUnlocked(untilUS int64) {
	s.mu.Unlock()
	defer s.mu.Lock()
	s.parker.Park(untilUS)
}

func (s *Stream) outstanding() int64 { return s.sent - s.acked }

// dueUS is when a wait that began then fails: for lack of progress, and for its length. A pause before the wait is no
// stall, so the clock begins anew with it (AP-4).
func (s *Stream) dueUS(beganUS int64) (noProgressUS, ackWaitUS int64) {
	clockUS := s.progressUS
	if beganUS > clockUS {
		clockUS = beganUS
	}
	return clockUS + s.policy.ProgressTimeoutUS, beganUS + s.policy.AckWaitUS
}

// An Acknowledgement is an ACK as it came.
type Acknowledgement struct {
	Offset json.RawMessage
	Over   *Conn   // what it came over
	Origin *string // nil: the receiver of this stream
	Error  *string // nil: an ordinary ACK
}

var integer = regexp.MustCompile(`^-?[0-9]+$`)

// Acknowledge takes an ACK in. One that cannot be true is reported and changes nothing (AP-10).
func (s *Stream) Acknowledge(ack Acknowledgement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	offset, why := s.believe(ack)
	s.tell("ack_received", map[string]any{
		"offset": ack.Offset, "origin": ack.Origin, "accepted": why == "", "why": why,
	})
	switch {
	case why != "":
	case ack.Error != nil:
		s.finishLocked(AckError)
	case s.end == "" && offset > s.acked:
		s.acked, s.progressUS = offset, s.world.NowUS()
		s.parker.Unpark()
	}
}

// believe returns the offset, or why the ACK cannot be true. An error ACK counts whatever its offset.
func (s *Stream) believe(ack Acknowledgement) (offset int64, why string) {
	if ack.Origin != nil {
		return 0, fmt.Sprintf("it comes from %q", *ack.Origin)
	}
	if ack.Over != s.conn {
		return 0, "it comes over another connection"
	}
	if ack.Error != nil {
		return 0, ""
	}
	if !integer.Match(ack.Offset) {
		return 0, "its offset is no integer"
	}
	exact, _ := new(big.Int).SetString(string(ack.Offset), 10)
	switch {
	case exact.Sign() < 0:
		return 0, "its offset is negative"
	case exact.Cmp(big.NewInt(s.sent)) > 0:
		return 0, "its offset is beyond what was sent"
	}
	return exact.Int64(), ""
}
