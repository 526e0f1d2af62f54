package main

import (
	"encoding/json"
	"fmt"

	"guarded/guard"
	"guarded/retry"
	"stallproof/kit/harness"
)

// fewFrames: of no more frames than this in one send, what each one did is said.
const fewFrames = 64

func (s *subject) send(r *harness.Request) (harness.Fields, error) {
	conn, err := s.conn(r)
	number, size, repeat := r.Int("send"), r.Int("size_bytes"), r.IntOr("repeat", 1)
	kind := r.TextOr("kind", "data")
	switch {
	case r.Err() != nil:
		return nil, r.Err()
	case err != nil:
		return nil, err
	case kind != "data":
		return nil, harness.Unsupported(fmt.Sprintf("frames of the kind %q", kind))
	case size < 0 || size > guard.MostPayload || repeat < 1:
		return nil, fmt.Errorf("%d bytes, %d times: that is no send", size, repeat)
	}
	giveUp := &guard.GiveUp{}
	s.mu.Lock()
	s.callers[caller{conn.Name, number}] = giveUp
	s.mu.Unlock()
	s.world.Go(func() { s.sendAll(conn, number, size, repeat, giveUp) })
	return nil, nil
}

// giveUp is what the caller of a send does that does not want it any more. Who has no such caller is let be.
func (s *subject) giveUp(r *harness.Request) (harness.Fields, error) {
	name, number := r.Text("conn"), r.Int("send")
	if r.Err() != nil {
		return nil, r.Err()
	}
	s.mu.Lock()
	giveUp := s.callers[caller{name, number}]
	s.mu.Unlock()
	if giveUp != nil {
		giveUp.Give()
	}
	return nil, nil
}

func (s *subject) sendAll(conn *guard.Conn, first, size, repeat int64, giveUp *guard.GiveUp) {
	frame := s.frame(first, size)
	s.say("send_started", s.world.NowUS(), harness.Fields{"conn": conn.Name, "send": first})
	var result guard.Result
	completed := int64(0)
	for completed < repeat {
		if completed > 0 {
			frame = s.frame(first+completed, size)
		}
		result = conn.Send(guard.Sending{
			Frame: frame, Number: first + completed, Quiet: repeat > fewFrames, GiveUp: giveUp,
		})
		if result.Outcome != guard.OK {
			break
		}
		completed++
	}
	fields := harness.Fields{
		"conn": conn.Name, "send": first, "outcome": string(result.Outcome), "raised": result.Raised(),
		"completed": completed,
	}
	if result.Sequence >= 0 {
		fields["sequence"] = result.Sequence
	}
	if result.Cause != nil {
		fields["detail"] = result.Cause.Error()
	}
	s.say("send_ended", s.world.NowUS(), fields)
}

func (s *subject) frame(number, size int64) guard.Frame {
	if s.virtual != nil {
		return guard.Bare(size)
	}
	return guard.NewFrame(guard.Data, 0, size, func(payload []byte) {
		harness.Blocks(payload, uint32(number), 0)
	})
}

func (s *subject) received(r *harness.Request) (harness.Fields, error) {
	conn, err := s.conn(r)
	if err != nil {
		return nil, err
	}
	if s.virtual != nil {
		conn.Received(guard.Data)
	}
	return harness.Fields{"frames": conn.Frames()}, nil
}

func (s *subject) close(r *harness.Request) (harness.Fields, error) {
	conn, err := s.conn(r)
	if err == nil {
		conn.Close("local")
	}
	return nil, err
}

func (s *subject) check(*harness.Request) (harness.Fields, error) {
	beganUS, endedUS := s.monitor.Pass()
	return harness.Fields{"began_us": beganUS, "ended_us": endedUS}, nil
}

func (s *subject) schedule(r *harness.Request) (harness.Fields, error) {
	periodUS := r.IntOr("period_us", 0)
	switch {
	case r.Err() != nil:
		return nil, r.Err()
	case r.Has("period_us") && periodUS < 1:
		return nil, fmt.Errorf("a period of %d us is none", periodUS)
	}
	s.monitor.Schedule(periodUS)
	if periodUS == 0 {
		periodUS = guard.PeriodUS // That of the next one, if nobody asks for another.
	}
	return harness.Fields{"form": "b", "slack_us": guard.SlackOf(periodUS)}, nil
}

func (s *subject) jump(r *harness.Request) (harness.Fields, error) {
	byUS := r.Int("by_us")
	if r.Err() != nil {
		return nil, r.Err()
	}
	before, after := s.world.JumpWall(byUS)
	fields := harness.Fields{"before_us": before, "after_us": after}
	s.say("wall_jumped", s.world.NowUS(), fields)
	return fields, nil
}

// machines are what it is asked to decide.
var machines = harness.Machines{"download_retry": decideRetry}

func (s *subject) decide(r *harness.Request) (harness.Fields, error) {
	return machines.Decide(r, s.say, s.world.NowUS())
}

func decideRetry(raw json.RawMessage) (any, error) {
	var input struct {
		MaxRetries *int64    `json:"max_retries"`
		Outcomes   *[]string `json:"outcomes"`
	}
	if err := json.Unmarshal(raw, &input); err != nil {
		return nil, err
	}
	if input.MaxRetries == nil || input.Outcomes == nil {
		return nil, fmt.Errorf("the input has no max_retries or no outcomes")
	}
	return retry.Decide(*input.MaxRetries, *input.Outcomes)
}
